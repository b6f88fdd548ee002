//! Any bytes decode, or are refused, in every coding; and cutting them changes nothing.

#![no_main]

use dx_coding::{Coding, Decoder};
use libfuzzer_sys::fuzz_target;

const BOUND: usize = 64 * 1024;
const OUT_MAX: usize = 1 << 22;

/// What comes out, and whether all of it was good; cut off where it grows too long.
fn decode(coding: Coding, bytes: &[u8], piece: usize) -> Option<(Vec<u8>, bool)> {
    let (mut decoder, mut out) = (Decoder::new(coding), Vec::new());
    for part in bytes.chunks(piece) {
        let mut rest = part;
        loop {
            let Ok(progress) = decoder.decode(rest, &mut out, BOUND) else {
                return Some((Vec::new(), false));
            };
            rest = &rest[progress.taken..];
            if out.len() > OUT_MAX {
                return None;
            }
            if !progress.more && rest.is_empty() {
                break;
            }
        }
    }
    let good = decoder.finish().is_ok();
    Some((out, good))
}

fuzz_target!(|bytes: &[u8]| {
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd] {
        let whole = decode(coding, bytes, bytes.len().max(1));
        let pieces = decode(coding, bytes, 3);
        assert_eq!(whole, pieces, "{coding:?}");
    }
});
