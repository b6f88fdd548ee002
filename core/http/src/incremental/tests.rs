//! Whole connections, cut at every place.

use super::{Event, Follows, Kind, Parser, lenient};

/// What a parser says of `pieces`, an event a line.
fn events(kind: Kind, rules: u32, follows: Follows, pieces: &[&[u8]]) -> String {
    let mut parser = Parser::new(kind, rules, 16 * 1024);
    let mut log = Vec::new();
    let mut content = Vec::new();
    'pieces: for piece in pieces {
        let mut at = 0;
        loop {
            let event = parser.next(piece, &mut at, follows);
            if let Event::Content(range) = &event {
                content.extend_from_slice(&piece[range.clone()]);
                continue;
            }
            match event {
                Event::Need => break,
                Event::Head => {
                    let text = String::from_utf8_lossy(&parser.head().text).replace('\n', "|");
                    log.push(format!("{} {text}", parser.head().status));
                }
                Event::Complete => {
                    let text = String::from_utf8_lossy(&parser.head().text).replace('\n', "|");
                    let content =
                        String::from_utf8_lossy(&std::mem::take(&mut content)).into_owned();
                    log.push(format!("end {content} {text}"));
                }
                Event::Upgrade => {
                    log.push("upgrade".to_owned());
                    break 'pieces;
                }
                Event::Fault(fault) => {
                    log.push(format!("{} {}", fault.code, fault.reason));
                    break 'pieces;
                }
                Event::Content(_) => {}
            }
        }
    }
    match parser.finish() {
        Ok(true) => log.push(format!("end {}", String::from_utf8_lossy(&content))),
        Ok(false) => {}
        Err(fault) => log.push(fault.code.to_owned()),
    }
    log.join("\n")
}

/// The same however the input is cut in two, and byte for byte.
fn check(kind: Kind, rules: u32, follows: Follows, input: &str, expected: &str) {
    let bytes = input.as_bytes();
    for cut in 0..bytes.len() {
        let pieces = [&bytes[..cut], &bytes[cut..]];
        assert_eq!(events(kind, rules, follows, &pieces), expected, "{input:?} cut at {cut}");
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(events(kind, rules, follows, &single), expected, "{input:?} byte for byte");
}

fn request(input: &str, expected: &str) {
    check(Kind::Request, 0, Follows::Content, input, expected);
}

fn response(input: &str, expected: &str) {
    check(Kind::Response, 0, Follows::Content, input, expected);
}

#[test]
fn requests_follow_each_other() {
    request(
        "GET /a HTTP/1.1\r\nHost: x \r\nA:\r\n\r\n\r\nPUT * HTTP/1.1\r\nContent-Length: 3\r\n\r\n\
         abcM-SEARCH /c HTTP/1.0\r\n\r\n",
        "0 /a|Host|x|A|\nend  \n0 *|Content-Length|3\nend abc \n0 /c\nend  ",
    );
}

#[test]
fn chunks_and_trailers_are_taken_apart() {
    request(
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
         2;x=y\r\nab\r\nA\r\n0123456789\r\n0\r\nT: u\r\n\r\n",
        "0 /|Transfer-Encoding|chunked\nend ab0123456789 |T|u",
    );
}

#[test]
fn responses_end_as_their_heads_say() {
    response(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "100 Continue\nend  \n200 OK|Content-Length|2\nend hi ",
    );
    response("HTTP/1.1 200\r\n\r\nrest", "200 \nend rest");
    check(
        Kind::Response,
        0,
        Follows::Nothing,
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        "200 OK|Content-Length|9\nend  ",
    );
    check(Kind::Response, 0, Follows::Tunnel, "HTTP/1.1 101 X\r\n\r\nraw", "101 X\nupgrade");
}

#[test]
fn what_is_refused_has_llhttps_name() {
    request("GOT / HTTP/1.1\r\n\r\n", "HPE_INVALID_METHOD Invalid method encountered");
    request("GET / HTTX\r\n", "HPE_INVALID_CONSTANT Expected HTTP/, RTSP/ or ICE/");
    request("GET / HTTP/1.1\r\nA b: c\r\n\r\n", "HPE_INVALID_HEADER_TOKEN Invalid header token");
    request(
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "HPE_UNEXPECTED_CONTENT_LENGTH Content-Length already present",
    );
    request(
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET",
        "0 /|Connection|close\nend  \n\
         HPE_CLOSED_CONNECTION Data after `Connection: close`",
    );
    request(
        "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
        "HPE_CR_EXPECTED Missing expected CR after header value",
    );
    request("GET / HTTP/1.1\r\n", "HPE_INVALID_EOF_STATE");
}

#[test]
fn chunked_is_the_last_coding_of_a_request() {
    const INVALID: &str = "HPE_INVALID_TRANSFER_ENCODING Request has invalid `Transfer-Encoding`";
    for codings in ["chunked, identity", "chunked, chunked", "chunked\r\nTransfer-Encoding: x"] {
        let head = format!("POST / HTTP/1.1\r\nTransfer-Encoding: {codings}\r\n\r\n0\r\n\r\n");
        request(&head, INVALID);
    }
    request(
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked,\r\n\r\n0\r\n\r\n",
        "0 /|Transfer-Encoding|gzip, chunked,\nend  ",
    );
    request("POST / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n", "0 /|Transfer-Encoding|\nend  ");
}

#[test]
fn rules_can_be_relaxed() {
    check(
        Kind::Request,
        lenient::HEADERS,
        Follows::Content,
        "GET / HTTP/1.1\r\nA: b\r\n  c\r\n\r\n",
        "0 /|A|b c\nend  ",
    );
    check(
        Kind::Request,
        lenient::OPTIONAL_CR_BEFORE_LF,
        Follows::Content,
        "GET / HTTP/1.1\nA: b\n\n",
        "0 /|A|b\nend  ",
    );
}
