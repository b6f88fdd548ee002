//! Malformed requests and those that two servers in a row would read differently, each with the
//! status that refuses it. What follows such a request on its connection is never answered.

#![forbid(unsafe_code)]

mod support;

use std::io::{Read as _, Write as _};

use support::{Server, exchange, on_every_driver, request};

/// What an attacker hopes to have answered as a request of its own.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

/// Request lines that no request has.
const LINES: &[(&str, u16)] = &[
    ("GET /\r\nHost: a\r\n\r\n", 400),
    ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET / x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\nHost: a\n\n", 400),
    ("GET / HTTP/1.1\rHost: a\r\r", 400),
    ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/11\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    ("\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n", 400),
];

/// Heads whose fields are no fields, or say too little or too much.
const FIELDS: &[(&str, u16)] = &[
    ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\n: nameless\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX@Y: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\nY: c\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\n\n", 400),
];

/// Lengths and codings that others may read in another way.
const FRAMING: &[(&str, u16)] = &[
    ("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    ("Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
    ("Content-Length: 1, 2\r\n\r\nab", 400),
    ("Content-Length: +1\r\n\r\na", 400),
    ("Content-Length: -1\r\n\r\na", 400),
    ("Content-Length: 0x1\r\n\r\na", 400),
    ("Content-Length: 1 1\r\n\r\na", 400),
    ("Content-Length: 1a\r\n\r\na", 400),
    ("Content-Length: \r\n\r\na", 400),
    ("Content-Length: 99999999999999999999999\r\n\r\na", 400),
    ("Content-Length : 1\r\n\r\na", 400),
    ("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding: br\r\n\r\n", 501),
    ("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    ("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501),
    ("Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 501),
    ("Content-Length: 2000000\r\n\r\n", 413),
];

/// Chunks that are none.
const CHUNKS: &[&str] = &[
    "x\r\n",
    "-1\r\na\r\n0\r\n\r\n",
    "+1\r\na\r\n0\r\n\r\n",
    "0x1\r\na\r\n0\r\n\r\n",
    " 1\r\na\r\n0\r\n\r\n",
    "\r\na\r\n0\r\n\r\n",
    "1\na\n0\n\n",
    "1\r\nab\r\n0\r\n\r\n",
    "1\r\na\n0\r\n\r\n",
    "1\r\na0\r\n\r\n",
    "1;a\nb\r\na\r\n0\r\n\r\n",
    "11111111111111111\r\na\r\n0\r\n\r\n",
    "0\r\nBad trailer\r\n\r\n",
    "0\r\nX: b\nY: c\r\n\r\n",
];

/// All that comes back until the server closes.
fn answer(server: &Server, bytes: &[u8]) -> String {
    let mut stream = server.connect();
    stream.write_all(bytes).expect("the server reads");
    let mut reply = Vec::new();
    // A server that closes with bytes unread resets the connection, behind its answer.
    let _ = stream.read_to_end(&mut reply);
    String::from_utf8_lossy(&reply).into_owned()
}

fn check(server: &Server, request: &str, status: u16) {
    let reply = answer(server, format!("{request}{SMUGGLED}").as_bytes());
    let wanted = format!("HTTP/1.1 {status} ");
    assert!(reply.starts_with(&wanted), "{request:?}: {reply}");
    assert_eq!(reply.matches("HTTP/1.1 ").count(), 1, "{request:?}: {reply}");
    assert!(reply.to_lowercase().contains("connection: close"), "{request:?}: {reply}");
}

#[test]
fn malformed_and_smuggling_requests_are_refused_and_their_connection_closed() {
    on_every_driver("everything.ts", &[], &[], |server| {
        for (request, status) in [LINES, FIELDS].concat() {
            check(&server, request, status);
        }
        for (fields, status) in FRAMING {
            check(&server, &format!("POST /echo HTTP/1.1\r\nHost: a\r\n{fields}"), *status);
        }
        for chunks in CHUNKS {
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            check(&server, &format!("{head}{chunks}"), 400);
        }
        assert_eq!(exchange(&server, &request("GET", "/sync", b"")).text(), "sync");
        assert_eq!(exchange(&server, &request("GET", "/pending", b"")).text(), "1");
    });
}

#[test]
fn a_head_over_the_limit_is_refused() {
    on_every_driver("everything.ts", &[], &[], |server| {
        let heads = [
            format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(20_000)),
            format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(20_000)),
            format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: b\r\n".repeat(5_000)),
        ];
        for head in heads {
            let reply = answer(&server, head.as_bytes());
            let status = reply.get(9..12).unwrap_or_default();
            assert!(["414", "431"].contains(&status), "{head:.40}: {reply}");
        }
        assert_eq!(exchange(&server, &request("GET", "/sync", b"")).text(), "sync");
    });
}
