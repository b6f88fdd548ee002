//! Seeded properties: mutated messages mean the same however they are cut, and what is written
//! is what is parsed.

mod common;

use common::{Random, decode_in_pieces, decode_whole, entries, parse};
use dx_http::{
    BodyCoding, BodyLength, BodyLimits, HeadScratch, Limits, Method, Parsed, ParsedResponse,
    ResponseBody, ResponseOptions, Version, format_date, parse_response, write_chunk,
    write_last_chunk, write_response_head,
};

const SEEDS: u64 = 3_000;

#[test]
fn mutated_requests_do_not_depend_on_the_cuts() {
    let corpus: Vec<_> = entries(include_str!("corpus/requests.txt"))
        .into_iter()
        .filter(|(_, bytes)| bytes.len() < 500)
        .collect();
    let (mut accepted, mut refused) = (0, 0);
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let mut bytes = corpus[random.below(corpus.len())].1.clone();
        random.mutate(&mut bytes);
        let whole = parse(&bytes);
        accepted += u64::from(matches!(whole, Parsed::Complete(_)));
        refused += u64::from(matches!(whole, Parsed::Reject(_)));
        for end in 0..bytes.len() {
            let prefix = parse(&bytes[..end]);
            assert!(prefix == Parsed::Partial || prefix == whole, "seed {seed}, cut at {end}");
        }
    }
    assert!(accepted > SEEDS / 20 && refused > SEEDS / 4, "{accepted} {refused}");
}

#[test]
fn mutated_chunks_do_not_depend_on_the_cuts() {
    let corpus = entries(include_str!("corpus/chunked.txt"));
    let limits = BodyLimits { content_bytes: 1_000, extension_bytes: 64, trailer_bytes: 64 };
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let mut bytes = corpus[random.below(corpus.len())].1.clone();
        bytes.truncate(500);
        random.mutate(&mut bytes);
        let whole = decode_whole(&bytes, BodyLength::Chunked, &limits);
        let mut piece = || 1 + random.below(7);
        let pieces = decode_in_pieces(&bytes, BodyLength::Chunked, &limits, &mut piece);
        assert_eq!(pieces, whole, "seed {seed}");
    }
}

#[test]
fn what_is_written_in_chunks_is_read_back() {
    for seed in 0..300 {
        let mut random = Random(seed);
        let (mut wire, mut content) = (Vec::new(), Vec::new());
        for _ in 0..random.below(6) {
            let piece: Vec<u8> = (0..random.below(300)).map(|_| random.next() as u8).collect();
            write_chunk(&mut wire, &piece);
            content.extend(piece);
        }
        write_last_chunk(&mut wire, [(&b"x-sum"[..], &b"1"[..])]).expect("a valid trailer");
        let length = wire.len();
        wire.extend_from_slice(b"next");
        let mut piece = || 1 + random.below(40);
        let limits = BodyLimits::default();
        let read = decode_in_pieces(&wire, BodyLength::Chunked, &limits, &mut piece);
        assert_eq!((read.status, read.consumed), (Some(0), length), "seed {seed}");
        assert_eq!(read.content, content, "seed {seed}");
        assert_eq!(read.trailers, b"x-sum: 1\r\n");
    }
}

#[test]
fn what_the_response_writer_promises_is_what_a_client_reads() {
    let date = format_date(0);
    for seed in 0..2_000 {
        let mut random = Random(seed);
        let statuses = [100, 101, 200, 204, 205, 206, 301, 304, 404, 500, 999];
        let options = ResponseOptions {
            status: statuses[random.below(statuses.len())],
            status_text: [&b""[..], b"Fine"][random.below(2)],
            body: [ResponseBody::Length(0), ResponseBody::Length(7), ResponseBody::Stream]
                [random.below(3)],
            date: &date,
            version: [Version::Http10, Version::Http11][random.below(2)],
            head_request: random.below(4) == 0,
            keep_alive: random.below(2) == 0,
        };
        let choices: [(&[u8], &[u8]); 6] = [
            (b"content-length", b"5"),
            (b"Transfer-Encoding", b"chunked"),
            (b"connection", b"close"),
            (b"Connection", b"x"),
            (b"date", b"now"),
            (b"x-empty", b""),
        ];
        let headers: Vec<_> = choices.into_iter().filter(|_| random.below(3) == 0).collect();
        let mut wire = Vec::new();
        let delivery = write_response_head(&mut wire, &options, headers).expect("valid headers");
        check_promise(&wire, &options, delivery, seed);
    }
}

fn check_promise(
    wire: &[u8],
    options: &ResponseOptions<'_>,
    delivery: dx_http::Delivery,
    seed: u64,
) {
    let method = if options.head_request { Method::Head } else { Method::Get };
    let mut scratch = HeadScratch::new();
    let parsed = parse_response(wire, method, &Limits::default(), &mut scratch);
    let text = String::from_utf8_lossy(wire);
    let ParsedResponse::Complete(head) = parsed else {
        panic!("seed {seed}: {parsed:?} of {text}");
    };
    assert_eq!((head.status, head.head_len as usize), (options.status, wire.len()));
    let expected = match delivery.coding {
        BodyCoding::None => BodyLength::None,
        BodyCoding::Chunked => BodyLength::Chunked,
        BodyCoding::Raw => match options.body {
            ResponseBody::Length(length) => BodyLength::Length(length),
            ResponseBody::Stream => BodyLength::UntilClose,
        },
    };
    assert_eq!(head.body, expected, "seed {seed}: {text}");
    // An interim response says nothing about the connection.
    if options.status >= 200 {
        assert_eq!(head.keep_alive, delivery.keep_alive, "seed {seed}: {text}");
    }
    let dates = scratch.iter(wire).filter(|(name, _)| name.eq_ignore_ascii_case(b"date")).count();
    assert_eq!(dates, 1, "seed {seed}: {text}");
}
