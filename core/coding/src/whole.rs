//! Compression and decompression of what lies in memory as a whole.

use std::io;

use crate::{Compressor, Decompressor, Fault, Format};

/// Output grows by this much at a time, in bytes.
const BOUND_BYTES: usize = 1 << 20;

/// Compresses `input` at a level of the format (see [`Compressor::with_level`]).
///
/// # Errors
/// Where the encoder's memory cannot be had.
pub fn compress(format: Format, level: Option<u32>, input: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut compressor = Compressor::with_level(format, level)?;
    compressor.push(input, &mut out)?;
    compressor.finish(&mut out)?;
    Ok(out)
}

/// Decompresses `input`; what follows the end of the data is ignored where the format says
/// where that is.
///
/// # Errors
/// [`Fault`], never `TrailingJunk`.
pub fn decompress(format: Format, input: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    let mut rest = input;
    let mut decompressor = Decompressor::new(format);
    loop {
        match decompressor.decode(rest, &mut out, BOUND_BYTES) {
            Ok(progress) => {
                rest = &rest[progress.taken..];
                if !progress.more {
                    break;
                }
            }
            Err(Fault::TrailingJunk { .. }) => return Ok(out),
            Err(fault) => return Err(fault),
        }
    }
    decompressor.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_gives_back_what_went_in() {
        let text = "to and fro ".repeat(1000);
        for format in [Format::Gzip, Format::Deflate, Format::DeflateRaw, Format::Zstd] {
            for level in [None, Some(1), Some(9)] {
                let small = compress(format, level, text.as_bytes()).expect("memory");
                assert!(small.len() < text.len() / 10, "{format:?}");
                assert_eq!(decompress(format, &small).as_deref(), Ok(text.as_bytes()));
            }
        }
    }

    #[test]
    fn a_frame_tells_how_much_it_holds_where_that_was_said_before() {
        let mut sizes = Vec::new();
        for is_told in [false, true] {
            let mut compressor = Compressor::with_level(Format::Zstd, None).expect("memory");
            if is_told {
                compressor.expect_bytes(5).expect("nothing has come");
            }
            let mut frame = Vec::new();
            compressor.push(b"hello", &mut frame).expect("memory");
            compressor.finish(&mut frame).expect("memory");
            assert_eq!(decompress(Format::Zstd, &frame).as_deref(), Ok(&b"hello"[..]));
            sizes.push(frame[4]);
        }
        // RFC 8878, section 3.1.1.1.1: the descriptor of a single segment whose size is known.
        assert_eq!((sizes[0], sizes[1]), (0, 0x20));
    }

    #[test]
    fn what_is_cut_off_or_no_such_data_is_a_fault() {
        let small = compress(Format::Gzip, None, b"some text").expect("memory");
        assert_eq!(decompress(Format::Gzip, &small[..small.len() - 9]), Err(Fault::Truncated));
        assert!(matches!(decompress(Format::Zstd, b"nope"), Err(Fault::Corrupt(_))));
    }
}
