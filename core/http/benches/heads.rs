//! Time of one parse and of one written response head.
//!
//! Goals: 150 ns for the smallest request, 300 ns for a browser's. Non-goals: comparing parsers;
//! anything the kernel does. Under `cargo test --benches` it runs each case a few times (smoke
//! mode). The checksum keeps the work from being optimised away.

use std::{hint::black_box, time::Instant};

use dx_http::{
    BodyDecoder, BodyEvent, BodyLength, BodyLimits, HeadScratch, Limits, Parsed, ResponseBody,
    ResponseOptions, Version, format_date, parse_request, write_response_head,
};

const SMALL: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n";
const BROWSER: &[u8] = b"GET /articles/2026/a-title?page=2 HTTP/1.1\r\n\
Host: www.example.com\r\nConnection: keep-alive\r\nCache-Control: max-age=0\r\n\
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
Chrome/131.0.0.0 Safari/537.36\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,\
image/avif,image/webp,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\
Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n\
Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n\r\n";
const CHUNKED: &[u8] = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";

fn main() {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let rounds = if measured { 2_000_000 } else { 100 };
    let mut scratch = HeadScratch::new();
    let limits = Limits::default();
    let mut parse = |bytes, limits: &Limits| match parse_request(bytes, limits, &mut scratch) {
        Parsed::Complete(head) => u64::from(head.head_len) + head.target.len as u64,
        other => panic!("{other:?}"),
    };
    for (name, bytes) in [("parse small", SMALL), ("parse browser", BROWSER)] {
        // With other limits each time the head is not known from the last time.
        let mut other = Limits::default();
        run(name, rounds, || {
            other.headers ^= 1;
            parse(black_box(bytes), &other)
        });
    }
    run("parse small again", rounds, || parse(black_box(SMALL), &limits));
    let date = format_date(784_111_777);
    let options = ResponseOptions {
        status: 200,
        status_text: b"",
        body: ResponseBody::Length(13),
        date: &date,
        version: Version::Http11,
        head_request: false,
        keep_alive: true,
    };
    let headers = [(&b"content-type"[..], &b"text/plain;charset=utf-8"[..])];
    let mut out = Vec::new();
    run("write response", rounds, || {
        out.clear();
        let delivery = write_response_head(&mut out, black_box(&options), headers);
        u64::from(delivery.is_ok()) + out.len() as u64
    });
    run("decode two chunks", rounds, || decode(black_box(CHUNKED)));
}

fn decode(wire: &[u8]) -> u64 {
    let mut decoder = BodyDecoder::new(BodyLength::Chunked, &BodyLimits::default());
    let (mut position, mut content) = (0, 0);
    loop {
        match decoder.next(&wire[position..]) {
            BodyEvent::Data(range) => {
                content += range.len() as u64;
                position += range.end;
            }
            BodyEvent::End { .. } => return content,
            other => panic!("{other:?}"),
        }
    }
}

/// The best of five batches: the machine is shared, and the work has no reason to vary.
fn run(name: &str, rounds: u32, mut work: impl FnMut() -> u64) {
    let mut checksum = 0_u64;
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        for _ in 0..rounds / 5 {
            checksum = checksum.wrapping_mul(31).wrapping_add(work());
        }
        best = best.min(start.elapsed().as_nanos() as f64 / f64::from(rounds / 5));
    }
    println!("{name:<20} {best:>8.1} ns   checksum {checksum:016x}");
}
