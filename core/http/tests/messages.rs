//! What the parts of a head are, the response parser, and content of known length.

mod common;

use common::{Random, decode_in_pieces, decode_whole};
use dx_http::{
    BodyDecoder, BodyLength, BodyLimits, HeadScratch, Limits, Method, Parsed, ParsedResponse,
    Rejection, RequestHead, ResponseHead, parse_request, parse_response,
};

fn request<'a>(bytes: &'a [u8], scratch: &mut HeadScratch) -> (RequestHead, &'a [u8]) {
    match parse_request(bytes, &Limits::default(), scratch) {
        Parsed::Complete(head) => (head, &bytes[..head.head_len as usize]),
        other => panic!("{other:?}"),
    }
}

fn response(bytes: &[u8], method: Method) -> ResponseHead {
    let mut scratch = HeadScratch::new();
    match parse_response(bytes, method, &Limits::default(), &mut scratch) {
        ParsedResponse::Complete(head) => head,
        other => panic!("{other:?} of {}", String::from_utf8_lossy(bytes)),
    }
}

#[test]
fn spans_point_into_a_copy_of_the_head() {
    let bytes = b"\r\nPATCH /a?b HTTP/1.1\r\nHost:  h:1 \r\nX-Empty: \r\nConnection: upgrade\r\n\
        Upgrade: websocket\r\n\r\nleft alone";
    let mut scratch = HeadScratch::new();
    let (head, used) = request(bytes, &mut scratch);
    let copy = used.to_vec();
    assert_eq!(&bytes[copy.len()..], b"left alone");
    assert_eq!(head.method, Method::Patch);
    assert_eq!(head.method_span.of(&copy), b"PATCH");
    assert_eq!(head.target.of(&copy), b"/a?b");
    assert_eq!(head.host.expect("a host").of(&copy), b"h:1");
    assert_eq!(head.upgrade.expect("an upgrade").of(&copy), b"websocket");
    let lines: Vec<_> = scratch.iter(&copy).collect();
    assert_eq!(lines[0], (&b"Host"[..], &b"h:1"[..]));
    assert_eq!(lines[1], (&b"X-Empty"[..], &b""[..]));
    assert_eq!(lines.len(), 4);
    assert_eq!(scratch.find(&copy, "x-empty"), Some(&b""[..]));
    assert_eq!(scratch.find(&copy, "x-none"), None);
}

#[test]
fn the_target_names_the_host_before_the_field_does() {
    let mut scratch = HeadScratch::new();
    for (target, host, path) in [
        ("/x", "field", "/x"),
        ("http://target:81/x?y", "target:81", "/x?y"),
        ("http://target", "target", ""),
        ("http://target?y", "target", "?y"),
    ] {
        let bytes = format!("GET {target} HTTP/1.1\r\nHost: field\r\n\r\n").into_bytes();
        let (head, used) = request(&bytes, &mut scratch);
        assert_eq!(head.host.expect("a host").of(used), host.as_bytes(), "{target}");
        assert_eq!(head.host_field.expect("a field").of(used), b"field");
        assert_eq!(head.path.of(used), path.as_bytes(), "{target}");
    }
}

#[test]
fn the_scratch_does_not_remember() {
    let mut scratch = HeadScratch::new();
    request(b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nZ: z\r\n\r\n", &mut scratch);
    request(b"GET / HTTP/1.0\r\n\r\n", &mut scratch);
    assert!(scratch.headers().is_empty());
}

#[test]
fn limits_count_bytes_and_lines() {
    let bytes = b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
    let parse = |head_bytes, headers| {
        parse_request(bytes, &Limits { head_bytes, headers }, &mut HeadScratch::new())
    };
    assert!(matches!(parse(bytes.len(), 2), Parsed::Complete(_)));
    assert_eq!(parse(bytes.len() - 1, 2), Parsed::Reject(Rejection::HEAD_TOO_LARGE));
    assert_eq!(parse(bytes.len(), 1), Parsed::Reject(Rejection::TOO_MANY_HEADERS));
    assert_eq!(parse(8, 2), Parsed::Reject(Rejection::TARGET_TOO_LONG));
    assert!(matches!(parse(bytes.len(), usize::MAX), Parsed::Complete(_)));
}

#[test]
fn the_framing_of_responses() {
    use BodyLength::{Chunked, Length, None, UntilClose};
    for (head, method, body, keep_alive) in [
        ("HTTP/1.1 200 OK|Content-Length: 3", Method::Get, Length(3), true),
        ("HTTP/1.1 200 OK|Content-Length: 0", Method::Get, None, true),
        ("HTTP/1.1 200 OK|Content-Length: 3", Method::Head, None, true),
        ("HTTP/1.1 200|Content-Length: 3", Method::Get, Length(3), true),
        ("HTTP/1.1 200 |Transfer-Encoding: chunked", Method::Post, Chunked, true),
        ("HTTP/1.1 200 OK", Method::Get, UntilClose, false),
        ("HTTP/1.0 200 OK|Content-Length: 3", Method::Get, Length(3), false),
        ("HTTP/1.0 200 OK|Content-Length: 3|Connection: keep-alive", Method::Get, Length(3), true),
        ("HTTP/1.1 200 OK|Content-Length: 3|Connection: close", Method::Get, Length(3), false),
        ("HTTP/1.1 204 No Content", Method::Get, None, true),
        ("HTTP/1.1 304 Not Modified|Content-Length: 3", Method::Get, None, true),
        ("HTTP/1.1 100 Continue", Method::Post, None, true),
        ("HTTP/1.1 200 OK|Content-Length: 3", Method::Connect, None, true),
        ("HTTP/1.1 200 OK|Host: a|Host: b c|Content-Length: 1", Method::Get, Length(1), true),
    ] {
        let bytes = format!("{}\r\n\r\n", head.replace('|', "\r\n"));
        let parsed = response(bytes.as_bytes(), method);
        assert_eq!((parsed.body, parsed.keep_alive), (body, keep_alive), "{head}");
        let with_lone_feeds = bytes.replace('\r', "");
        assert_eq!(response(with_lone_feeds.as_bytes(), method).body, body, "{head}");
    }
}

#[test]
fn what_is_not_a_response() {
    for bytes in [
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX y: z\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n",
    ] {
        let mut scratch = HeadScratch::new();
        let limits = Limits::default();
        let parsed = parse_response(bytes.as_bytes(), Method::Get, &limits, &mut scratch);
        assert!(matches!(parsed, ParsedResponse::Reject(_)), "{parsed:?} of {bytes}");
    }
}

#[test]
fn a_response_head_may_be_cut_anywhere() {
    let bytes = b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nX: y\r\n\r\nabc";
    let whole = response(bytes, Method::Get);
    assert_eq!(whole.reason.of(bytes), b"Not Found");
    for end in 0..bytes.len() - 3 {
        let mut scratch = HeadScratch::new();
        let limits = Limits::default();
        let parsed = parse_response(&bytes[..end], Method::Get, &limits, &mut scratch);
        assert_eq!(parsed, ParsedResponse::Partial, "cut at {end}");
    }
}

#[test]
fn content_of_known_length_ends_where_it_ends() {
    let limits = BodyLimits::default();
    for seed in 0..200 {
        let mut random = Random(seed);
        let length = random.below(100);
        let mut wire: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        wire.extend_from_slice(b"next message");
        let mut piece = || 1 + random.below(20);
        let read = decode_in_pieces(&wire, BodyLength::Length(length as u64), &limits, &mut piece);
        assert_eq!((read.status, read.consumed), (Some(0), length), "seed {seed}");
        assert_eq!(read.content, wire[..length]);
    }
}

#[test]
fn content_over_the_limit_is_refused() {
    let limits = BodyLimits { content_bytes: 4, ..BodyLimits::default() };
    for (wire, length, status) in [
        ("abcd", BodyLength::Length(4), Some(0)),
        ("abcde", BodyLength::Length(5), Some(413)),
        ("4\r\nabcd\r\n0\r\n\r\n", BodyLength::Chunked, Some(0)),
        ("4\r\nabcd\r\n1\r\n", BodyLength::Chunked, Some(413)),
        ("5\r\n", BodyLength::Chunked, Some(413)),
        ("ffffffffffffffff\r\n", BodyLength::Chunked, Some(413)),
        ("abcd", BodyLength::UntilClose, None),
        ("abcde", BodyLength::UntilClose, Some(413)),
    ] {
        assert_eq!(decode_whole(wire.as_bytes(), length, &limits).status, status, "{wire}");
    }
}

#[test]
fn only_some_messages_may_end_with_the_connection() {
    let limits = BodyLimits::default();
    for (length, expected) in [
        (BodyLength::None, true),
        (BodyLength::Length(3), false),
        (BodyLength::Chunked, false),
        (BodyLength::UntilClose, true),
    ] {
        assert_eq!(BodyDecoder::new(length, &limits).may_end_here(), expected, "{length:?}");
    }
}
