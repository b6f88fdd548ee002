use std::io::Write as _;

use crate::{Coding, Compressor, Corrupt, Decoder, Format};

const BOUND: usize = 1 << 20;

/// Something that compresses, and something that does not, 300 kB in all.
fn content() -> Vec<u8> {
    let mut content = "content that repeats itself; ".repeat(7_000).into_bytes();
    let mut state = 1_u32;
    while content.len() < 300_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        content.push((state >> 24) as u8);
    }
    content
}

fn coded(coding: Coding, content: &[u8]) -> Vec<u8> {
    let level = flate2::Compression::default();
    match coding {
        Coding::Gzip => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), level);
            writer.write_all(content).unwrap();
            writer.finish().unwrap()
        }
        Coding::Deflate => {
            let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), level);
            writer.write_all(content).unwrap();
            writer.finish().unwrap()
        }
        Coding::Zstd => zstd::encode_all(content, 3).unwrap(),
        // Made by the reference encoder from the text "hello brotli".
        Coding::Brotli => b"\x8b\x05\x80hello brotli\x03".to_vec(),
    }
}

fn decode(coding: Coding, pieces: &[&[u8]], bound: usize) -> Result<Vec<u8>, Corrupt> {
    let (mut decoder, mut out) = (Decoder::new(coding), Vec::new());
    for piece in pieces {
        let mut rest = *piece;
        loop {
            let before = out.len();
            let progress = decoder.decode(rest, &mut out, bound)?;
            assert!(out.len() - before <= bound + crate::STEP_BYTES, "over the bound");
            rest = &rest[progress.taken..];
            if !progress.more && rest.is_empty() {
                break;
            }
        }
    }
    decoder.finish().map(|()| out)
}

const FLATE: [Coding; 3] = [Coding::Gzip, Coding::Deflate, Coding::Zstd];

#[test]
fn what_was_coded_comes_back() {
    for coding in FLATE {
        let content = content();
        let coded = coded(coding, &content);
        assert_eq!(decode(coding, &[&coded], BOUND).as_ref(), Ok(&content), "{coding:?}");
        assert_eq!(decode(coding, &[&coded], 1).as_ref(), Ok(&content), "{coding:?}");
        let bytes: Vec<&[u8]> = coded.chunks(7).collect();
        assert_eq!(decode(coding, &bytes, BOUND), Ok(content), "{coding:?}");
    }
    let coded = coded(Coding::Brotli, b"");
    assert_eq!(decode(Coding::Brotli, &[&coded], BOUND), Ok(b"hello brotli".to_vec()));
    let bytes: Vec<&[u8]> = coded.chunks(1).collect();
    assert_eq!(decode(Coding::Brotli, &bytes, BOUND), Ok(b"hello brotli".to_vec()));
}

#[test]
fn deflate_may_come_without_its_header() {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(b"bare").unwrap();
    let coded = writer.finish().unwrap();
    assert_eq!(decode(Coding::Deflate, &[&coded], BOUND), Ok(b"bare".to_vec()));
}

#[test]
fn what_follows_the_end_is_ignored() {
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Brotli] {
        let mut coded = coded(coding, b"hello brotli");
        coded.extend_from_slice(b"xyz");
        assert_eq!(decode(coding, &[&coded, b"more"], BOUND), Ok(b"hello brotli".to_vec()));
    }
}

#[test]
fn corrupt_and_cut_data_is_refused() {
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd] {
        assert_eq!(decode(coding, &[b"0123456789"], BOUND), Err(Corrupt), "{coding:?}");
        let coded = coded(coding, b"hello there");
        let cut = &coded[..coded.len() - 1];
        assert_eq!(decode(coding, &[cut], BOUND), Err(Corrupt), "{coding:?}");
        assert_eq!(decode(coding, &[], BOUND), Ok(Vec::new()), "{coding:?}");
    }
}

#[test]
fn only_single_known_codings_are_named() {
    assert_eq!(Coding::from_field(b"GZIP"), Some(Coding::Gzip));
    assert_eq!(Coding::from_field(b"x-gzip"), Some(Coding::Gzip));
    assert_eq!(Coding::from_field(b"br"), Some(Coding::Brotli));
    assert_eq!(Coding::from_field(b"gzip, br"), None);
    assert_eq!(Coding::from_field(b"identity"), None);
}

#[test]
fn what_a_flush_made_ready_is_given_however_it_is_cut() {
    let content = vec![b'L'; crate::STEP_BYTES * 3 / 2];
    for (coding, format) in [(Coding::Brotli, Format::Brotli), (Coding::Zstd, Format::Zstd)] {
        let (mut compressor, mut coded) = (Compressor::new(format).unwrap(), Vec::new());
        compressor.push(&content, &mut coded).unwrap();
        compressor.flush(&mut coded).unwrap();
        for piece in [1, coded.len()] {
            let (mut decoder, mut out) = (Decoder::new(coding), Vec::new());
            for part in coded.chunks(piece) {
                let progress = decoder.decode(part, &mut out, BOUND).unwrap();
                assert_eq!((progress.taken, progress.more), (part.len(), false), "{coding:?}");
            }
            assert_eq!(out, content, "{coding:?} by {piece}");
        }
    }
}
