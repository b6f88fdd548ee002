//! Two connections that talk to each other, and peers that break the standard.

use super::{Connection, Event, RESETS_MAX, Refusal, Role};
use crate::frame::{PREFACE, code};
use crate::hpack::Fields;

const REQUEST: &str = ":method\nPOST\n:scheme\nhttp\n:path\n/\n:authority\nhost\n";

fn fields(text: &str) -> Fields {
    Fields::of_text(text.as_bytes(), |_| false)
}

fn say(events: Vec<Event>, input: &[u8]) -> String {
    let each = |event: Event| match event {
        Event::Headers { stream, is_end, fields, .. } => {
            let text = String::from_utf8(fields.into_text()).unwrap();
            format!("headers {stream} {is_end} {}", text.replace('\n', "|"))
        }
        Event::Data { stream, range } => {
            format!("data {stream} {}", String::from_utf8_lossy(&input[range]))
        }
        Event::End { stream } => format!("end {stream}"),
        Event::Closed { stream, code } => format!("closed {stream} {code}"),
        Event::Failed { code, .. } => format!("failed {code}"),
        Event::Promise { promised, .. } => format!("promise {promised}"),
        Event::GoAway { last, code, .. } => format!("goaway {last} {code}"),
        _ => String::new(),
    };
    let lines: Vec<String> = events.into_iter().map(each).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// Carries bytes from one side to the other, in pieces of `step`.
fn carry(from: &mut Connection, to: &mut Connection, step: usize) -> String {
    let mut lines = Vec::new();
    let output = from.take_output();
    for piece in output.chunks(step.max(1)) {
        to.receive(piece);
        lines.push(say(to.take_events(), piece));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn pair() -> (Connection, Connection) {
    let (mut client, mut server) = (Connection::new(Role::Client), Connection::new(Role::Server));
    client.send_settings(&[]);
    server.send_settings(&[]);
    for _ in 0..2 {
        carry(&mut client, &mut server, 7);
        carry(&mut server, &mut client, 1);
    }
    (client, server)
}

#[test]
fn a_request_and_its_response_go_over_in_pieces_of_any_size() {
    for step in [1, 2, 3, 5, 9, 1000] {
        let (mut client, mut server) = pair();
        let stream = client.request(fields(REQUEST), false).unwrap();
        client.send_data(stream, b"hello", true);
        let came = carry(&mut client, &mut server, step);
        assert!(came.starts_with("headers 1 false :method|POST|"), "{came}");
        assert_eq!(came.replace("\ndata 1 ", "").matches("hello").count(), 1, "{came}");
        assert!(came.ends_with("end 1"), "{came}");
        server.send_headers(1, &fields(":status\n200\n"), false);
        server.send_data(1, b"hi", false);
        assert_eq!(
            carry(&mut server, &mut client, 1000),
            "headers 1 false :status|200|\ndata 1 hi"
        );
        server.send_headers(1, &fields("x-trailer\nyes\n"), true);
        let came = carry(&mut server, &mut client, step);
        assert_eq!(came, "headers 1 true x-trailer|yes|\nend 1\nclosed 1 0");
    }
}

#[test]
fn content_waits_for_the_windows() {
    let (mut client, mut server) = pair();
    let stream = client.request(fields(REQUEST), false).unwrap();
    client.send_data(stream, &vec![b'x'; 100_000], true);
    carry(&mut client, &mut server, usize::MAX);
    assert_eq!(client.stream_state(stream).unwrap().waiting, 100_000 - 65_535);
    assert!(!client.has_output());
    client.take_events();
    server.consume(stream, 65_535);
    let mut came = String::new();
    for _ in 0..2 {
        assert_eq!(carry(&mut server, &mut client, 3), "");
        came = carry(&mut client, &mut server, usize::MAX);
    }
    assert!(came.ends_with("end 1"), "{}", came.len());
    assert!(matches!(client.take_events()[..], [Event::Drained { stream: 1 }]));
}

#[test]
fn streams_beyond_the_peers_limit_wait_for_others_to_end() {
    let (mut client, mut server) = pair();
    server.send_settings(&[0, 3, 0, 0, 0, 1]);
    carry(&mut server, &mut client, 100);
    let first = client.request(fields(REQUEST), true).unwrap();
    let second = client.request(fields(REQUEST), true).unwrap();
    let came = carry(&mut client, &mut server, 100);
    assert!(came.contains("headers 1") && !came.contains("headers 3"), "{came}");
    server.send_headers(first, &fields(":status\n204\n"), true);
    carry(&mut server, &mut client, 100);
    let came = carry(&mut client, &mut server, 100);
    assert!(came.contains(&format!("headers {second}")), "{came}");
}

#[test]
fn a_promised_response_comes_on_its_own_stream() {
    let (mut client, mut server) = pair();
    let stream = client.request(fields(REQUEST), true).unwrap();
    carry(&mut client, &mut server, 100);
    let promised = server.promise(stream, &fields(REQUEST)).unwrap();
    server.send_headers(promised, &fields(":status\n200\n"), false);
    server.send_data(promised, b"pushed", true);
    let came = carry(&mut server, &mut client, 100);
    let expected = "promise 2\nheaders 2 false :status|200|\ndata 2 pushed\nend 2\nclosed 2 0";
    assert_eq!(came, expected);
}

#[test]
fn peers_that_break_the_standard_are_told_how() {
    let settings: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
    let cases: [(&[u8], u32); 8] = [
        (b"\0\0\x01\x00\0\0\0\0\x00a", code::PROTOCOL_ERROR),
        (b"\0\0\x01\x00\0\0\0\0\x01a", code::PROTOCOL_ERROR),
        (b"\0\0\x01\x06\0\0\0\0\0a", code::FRAME_SIZE_ERROR),
        (b"\0\0\x01\x01\x04\0\0\0\x01\x80", code::COMPRESSION_ERROR),
        (b"\x10\0\0\x01\x04\0\0\0\x01", code::FRAME_SIZE_ERROR),
        (b"\0\0\0\x09\x04\0\0\0\x01", code::PROTOCOL_ERROR),
        (b"\0\0\x04\x08\0\0\0\0\0\x7f\xff\xff\xff", code::FLOW_CONTROL_ERROR),
        (b"\0\0\x00\x04\x01\0\0\0\0", code::PROTOCOL_ERROR),
    ];
    for (frame, code) in cases {
        let mut server = Connection::new(Role::Server);
        server.receive(&[PREFACE, settings, frame].concat());
        assert_eq!(say(server.take_events(), &[]), format!("failed {code}"), "{frame:?}");
    }
    let mut server = Connection::new(Role::Server);
    server.receive(b"GET / HTTP/1.1\r\n");
    assert_eq!(say(server.take_events(), &[]), "failed 1");
}

#[test]
fn malformed_requests_end_their_stream_only() {
    let cases = [
        ":method\nGET\n:scheme\nhttp\n",
        ":method\nGET\n:scheme\nhttp\n:path\n/\nX-Upper\nno\n",
        ":method\nGET\n:scheme\nhttp\n:path\n/\nconnection\nclose\n",
        "x-first\nyes\n:method\nGET\n:scheme\nhttp\n:path\n/\n",
        ":method\nGET\n:scheme\nhttp\n:path\n/\n:status\nno\n",
    ];
    for case in cases {
        let (mut client, mut server) = pair();
        client.request(fields(case), true);
        let came = carry(&mut client, &mut server, 100);
        assert_eq!(came, "closed 1 1", "{case}");
    }
    let (mut client, mut server) = pair();
    client.request(fields(&format!("{REQUEST}content-length\n5\n")), true);
    let came = carry(&mut client, &mut server, 100);
    assert!(came.ends_with("closed 1 1"), "{came}");
}

#[test]
fn a_peer_that_asks_on_and_on_without_reading_is_cut_off() {
    let ping = b"\0\0\x08\x06\0\0\0\0\0payload.";
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    for frame in [&ping[..], &settings[..]] {
        let (mut client, mut server) = pair();
        for _ in 0..super::ANSWERS_MAX {
            server.receive(frame);
        }
        assert!(!say(server.take_events(), &[]).contains("failed"));
        server.receive(frame);
        assert_eq!(say(server.take_events(), &[]), format!("failed {}", code::ENHANCE_YOUR_CALM));
        // Whose answers are taken may ask for ever.
        for _ in 0..super::ANSWERS_MAX + 1 {
            client.receive(frame);
            client.take_output();
        }
        assert!(!say(client.take_events(), &[]).contains("failed"));
    }
}

/// Opens and resets streams until `count` of them are gone; what the server says of it.
fn reset_on_and_on(client: &mut Connection, server: &mut Connection, count: u32) -> String {
    let mut said = String::new();
    for _ in 0..count {
        let stream = client.request(fields(REQUEST), true).unwrap();
        carry(client, server, usize::MAX);
        client.reset(stream, code::CANCEL);
        said = carry(client, server, usize::MAX);
        server.take_output();
    }
    said
}

#[test]
fn a_peer_that_opens_and_resets_streams_on_and_on_is_cut_off() {
    let (mut client, mut server) = pair();
    let said = reset_on_and_on(&mut client, &mut server, RESETS_MAX);
    assert!(!said.contains("failed"), "{said}");
    let said = reset_on_and_on(&mut client, &mut server, 1);
    assert!(said.contains(&format!("failed {}", code::ENHANCE_YOUR_CALM)), "{said}");
}

#[test]
fn streams_that_end_as_they_should_make_up_for_resets() {
    let (mut client, mut server) = pair();
    for _ in 0..RESETS_MAX * 2 {
        let said = reset_on_and_on(&mut client, &mut server, 1);
        assert!(!said.contains("failed"), "{said}");
        let stream = client.request(fields(REQUEST), true).unwrap();
        carry(&mut client, &mut server, usize::MAX);
        server.send_headers(stream, &fields(":status\n204\n"), true);
        carry(&mut server, &mut client, usize::MAX);
    }
}

#[test]
fn a_peer_that_makes_this_side_reset_streams_on_and_on_is_cut_off() {
    let (mut client, mut server) = pair();
    let mut said = String::new();
    for _ in 0..=RESETS_MAX {
        let stream = client.request(fields(REQUEST), false).unwrap();
        // No increment at all is against the standard.
        client.send_frame_of(8, 0, stream, &[0; 4]);
        said = carry(&mut client, &mut server, usize::MAX);
        server.take_output();
        client.reset(stream, code::CANCEL);
    }
    assert!(said.contains(&format!("failed {}", code::ENHANCE_YOUR_CALM)), "{said}");
}

/// A frame: its kind, flags and payload.
type Sent = (u8, u8, &'static [u8]);

#[test]
fn a_response_out_of_order_is_refused_for_what_it_is() {
    let cases: [(&str, &[Sent], Refusal); 5] = [
        ("content first", &[(0, 0, b"early")], Refusal::Ended),
        ("content behind an interim", &[(1, 4, INTERIM), (0, 1, b"early")], Refusal::Malformed),
        ("an interim that ends", &[(1, 5, INTERIM)], Refusal::Malformed),
        ("content behind the end", &[(1, 5, FINAL), (0, 0, b"late")], Refusal::Ended),
        ("less than announced", &[(1, 4, ANNOUNCED), (0, 1, b"ab")], Refusal::Length),
    ];
    for (name, frames, expected) in cases {
        let (mut client, _) = pair();
        let stream = client.request(fields(REQUEST), true).unwrap();
        for (kind, flags, payload) in frames {
            let mut head = (payload.len() as u32).to_be_bytes()[1..].to_vec();
            head.extend_from_slice(&[*kind, *flags]);
            head.extend_from_slice(&stream.to_be_bytes());
            client.receive(&[&head, *payload].concat());
        }
        let refused = client.take_events().into_iter().find_map(|event| match event {
            Event::Refused { refusal, .. } => Some(refusal),
            _ => None,
        });
        assert_eq!(refused, Some(expected), "{name}");
    }
}

/// `:status: 100`, `:status: 200`, and the latter with `content-length: 3`.
const INTERIM: &[u8] = b"\x10\x07:status\x03100";
const FINAL: &[u8] = b"\x88";
const ANNOUNCED: &[u8] = b"\x88\x10\x0econtent-length\x013";
