//! What the tests share: the corpus format, outcomes in words, a small random generator.

#![allow(dead_code, unreachable_pub)] // each test binary uses its part

use dx_http::{
    BodyDecoder, BodyEvent, BodyLength, BodyLimits, HeadScratch, Limits, Parsed, TargetForm,
    Version, parse_request,
};

/// The entries of a corpus file: expected outcome and bytes.
pub fn entries(file: &str) -> Vec<(String, Vec<u8>)> {
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entries: Vec<_> = lines
        .map(|line| {
            let (outcome, bytes) = line.split_once('|').expect("a bar in every line");
            let bytes = bytes.strip_prefix(' ').unwrap_or(bytes);
            (outcome.trim().to_owned(), unescape(bytes))
        })
        .collect();
    assert!(entries.len() > 20, "the corpus is missing");
    entries
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let repeated = rest.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let repeated = repeated.and_then(|(inner, after)| {
            let (piece, count) = inner.rsplit_once('*')?;
            Some((unescape(piece).repeat(count.parse().ok()?), after))
        });
        if let Some((bytes, after)) = repeated {
            out.extend(bytes);
            rest = after;
            continue;
        }
        let (bytes, length) = match first {
            '\\' => unescape_one(rest.as_bytes()),
            other => (other.to_string().into_bytes(), other.len_utf8()),
        };
        out.extend(bytes);
        rest = &rest[length..];
    }
    out
}

fn unescape_one(text: &[u8]) -> (Vec<u8>, usize) {
    match text[1] {
        b'r' => (vec![b'\r'], 2),
        b'n' => (vec![b'\n'], 2),
        b't' => (vec![b'\t'], 2),
        b'0' => (vec![0], 2),
        b'\\' => (vec![b'\\'], 2),
        b'x' => {
            let digits = std::str::from_utf8(&text[2..4]).expect("ASCII digits");
            (vec![u8::from_str_radix(digits, 16).expect("two hexadecimal digits")], 4)
        }
        other => panic!("unknown escape \\{}", other as char),
    }
}

/// Parses with the default limits.
pub fn parse(bytes: &[u8]) -> Parsed {
    parse_request(bytes, &Limits::default(), &mut HeadScratch::new())
}

/// The outcome of a parse in the corpus's words.
pub fn describe(parsed: Parsed) -> String {
    let head = match parsed {
        Parsed::Partial => return "partial".to_owned(),
        Parsed::Reject(rejection) => return rejection.status.to_string(),
        Parsed::Complete(head) => head,
    };
    let framing = match head.body {
        BodyLength::None => "none".to_owned(),
        BodyLength::Length(length) => length.to_string(),
        BodyLength::Chunked => "chunked".to_owned(),
        BodyLength::UntilClose => unreachable!("never in a request"),
    };
    let form = match head.target_form {
        TargetForm::Origin => "",
        TargetForm::Absolute => " absolute",
        TargetForm::Authority => " authority",
        TargetForm::Asterisk => " asterisk",
    };
    let flags = [
        (!head.keep_alive, " close"),
        (head.expect_continue, " expect"),
        (head.upgrade.is_some(), " upgrade"),
        (head.version == Version::Http10, " 1.0"),
    ];
    let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
    format!("ok {framing}{flags}{form}")
}

/// What a body decoder made of its input.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded {
    pub content: Vec<u8>,
    pub trailers: Vec<u8>,
    pub consumed: usize,
    /// `None` while more is needed; otherwise 0 for the end, or the rejection's status.
    pub status: Option<u16>,
}

impl Decoded {
    pub fn describe(&self) -> String {
        match self.status {
            None => "need".to_owned(),
            Some(0) => format!("ok {}", String::from_utf8_lossy(&self.content)).trim().to_owned(),
            Some(status) => status.to_string(),
        }
    }
}

pub fn decode_whole(bytes: &[u8], length: BodyLength, limits: &BodyLimits) -> Decoded {
    decode_in_pieces(bytes, length, limits, &mut || usize::MAX)
}

/// Feeds `bytes` in pieces of the sizes `piece` gives.
pub fn decode_in_pieces(
    bytes: &[u8],
    length: BodyLength,
    limits: &BodyLimits,
    piece: &mut dyn FnMut() -> usize,
) -> Decoded {
    let mut decoder = BodyDecoder::new(length, limits);
    let mut content = Vec::new();
    let mut position = 0;
    let mut status = None;
    loop {
        let size = piece().max(1).min(bytes.len() - position);
        let end = position + size;
        while status.is_none() {
            match decoder.next(&bytes[position..end]) {
                BodyEvent::Data(range) => {
                    assert!(!range.is_empty(), "empty content");
                    content.extend_from_slice(&bytes[position..end][range.clone()]);
                    position += range.end;
                }
                BodyEvent::Need => {
                    position = end;
                    break;
                }
                BodyEvent::End { consumed } => {
                    position += consumed;
                    status = Some(0);
                }
                BodyEvent::Reject(rejection) => status = Some(rejection.status),
            }
        }
        if status.is_some() || position == bytes.len() {
            break;
        }
    }
    // Where a broken message stops being read depends on the cuts; nobody may use it.
    let broken = status.is_some_and(|status| status != 0);
    let consumed = if broken { 0 } else { position };
    let trailers = if broken { Vec::new() } else { decoder.trailers().to_vec() };
    let content = if broken { Vec::new() } else { content };
    Decoded { content, trailers, consumed, status }
}

/// A small generator of pseudo-random numbers (SplitMix64), so that a failure names its seed.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// Changes a few bytes of `bytes` in ways that matter to a parser.
    pub fn mutate(&mut self, bytes: &mut Vec<u8>) {
        const PIECES: [&[u8]; 14] = [
            b"\r\n",
            b"\n",
            b"\r",
            b" ",
            b"\0",
            b":",
            b",",
            b"\t",
            b"HTTP/1.1",
            b"\r\n\r\n",
            b"0",
            b"Content-Length: 1\r\n",
            b"Transfer-Encoding: chunked\r\n",
            b"\x80",
        ];
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len() + 1);
            match self.below(4) {
                0 if at < bytes.len() => bytes[at] = self.next() as u8,
                1 if at < bytes.len() => {
                    bytes.remove(at);
                }
                2 => {
                    let until = (at + self.below(12)).min(bytes.len());
                    bytes.drain(at..until);
                }
                _ => {
                    let piece = PIECES[self.below(PIECES.len())];
                    bytes.splice(at..at, piece.iter().copied());
                }
            }
        }
    }
}
