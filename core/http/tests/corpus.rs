//! Requests and chunked content from the files in tests/corpus, each whole and cut at every byte.

mod common;

use common::{decode_in_pieces, decode_whole, describe, entries, parse};
use dx_http::{BodyLength, BodyLimits, HeadProgress, HeadScratch, Limits, Parsed, parse_request};

const REQUESTS: &str = include_str!("corpus/requests.txt");
const CHUNKED: &str = include_str!("corpus/chunked.txt");

#[test]
fn every_request_has_its_outcome() {
    for (expected, bytes) in entries(REQUESTS) {
        let outcome = describe(parse(&bytes));
        assert_eq!(outcome, expected, "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_request_cut_anywhere_has_the_same_outcome() {
    for (expected, bytes) in entries(REQUESTS) {
        let whole = parse(&bytes);
        // Long entries differ from short ones only in repetition: a stride saves quadratic time.
        let stride = if bytes.len() > 2_000 { 97 } else { 1 };
        for end in (0..bytes.len()).step_by(stride) {
            let prefix = parse(&bytes[..end]);
            assert!(
                prefix == Parsed::Partial || prefix == whole,
                "{expected}: {prefix:?} at {end} of {:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}

#[test]
fn a_request_sent_byte_by_byte_has_the_same_outcome() {
    let limits = Limits::default();
    for (expected, bytes) in entries(REQUESTS) {
        let mut progress = HeadProgress::new();
        let mut scratch = HeadScratch::new();
        let mut last = Parsed::Partial;
        for end in 1..=bytes.len() {
            if last == Parsed::Partial && progress.should_parse(&bytes[..end], &limits) {
                last = parse_request(&bytes[..end], &limits, &mut scratch);
            }
        }
        // What is wrong before an empty line has come may be noticed late, but not differently.
        let late = last == Parsed::Partial && !bytes.ends_with(b"\n\r\n");
        assert!(late || describe(last) == expected, "{expected}: {last:?}");
    }
}

#[test]
fn chunked_content_has_its_outcome_however_it_is_cut() {
    for (expected, bytes) in entries(CHUNKED) {
        let limits = BodyLimits::default();
        let whole = decode_whole(&bytes, BodyLength::Chunked, &limits);
        assert_eq!(whole.describe(), expected, "{:?}", String::from_utf8_lossy(&bytes));
        if expected.starts_with("ok") && bytes.contains(&1) {
            assert_eq!(bytes[whole.consumed], 1, "wrong end");
        }
        let by_byte = decode_in_pieces(&bytes, BodyLength::Chunked, &limits, &mut || 1);
        assert_eq!(by_byte, whole);
        let stride = if bytes.len() > 2_000 { 97 } else { 1 };
        for cut in (1..bytes.len()).step_by(stride) {
            let mut first = true;
            let mut piece = || if std::mem::take(&mut first) { cut } else { usize::MAX };
            let cut_once = decode_in_pieces(&bytes, BodyLength::Chunked, &limits, &mut piece);
            assert_eq!(cut_once, whole, "cut at {cut}");
        }
    }
}
