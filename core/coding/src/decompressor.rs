//! Decompression in pieces, strict about where the data ends (Compression Streams standard).

use crate::{Corrupt, Format, Progress, brotli::Brotli, inflate::Inflate, zstandard::Zstandard};

/// Decompresses one stream.
pub struct Decompressor {
    engine: Engine,
}

enum Engine {
    /// Members may follow one another.
    Gzip {
        member: Inflate,
        /// Whether a member has begun and not ended.
        is_open: bool,
        members: usize,
    },
    Inflate(Inflate),
    Brotli(Box<Brotli>),
    Zstd(Zstandard),
}

/// What is wrong with compressed data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is not of its format; Brotli's decoder has a name for the place, zlib a sentence.
    Corrupt(Option<String>),
    /// It goes on after its end, which is behind `taken` bytes of the input.
    TrailingJunk {
        /// Bytes of the last input that belong to the data.
        taken: usize,
    },
    /// It ends too early.
    Truncated,
}

impl Decompressor {
    /// A decompressor for one stream.
    #[must_use]
    pub fn new(format: Format) -> Self {
        let engine = match format {
            Format::Gzip => Engine::Gzip { member: Inflate::gzip(), is_open: false, members: 0 },
            Format::Deflate => Engine::Inflate(Inflate::zlib()),
            Format::DeflateRaw => Engine::Inflate(Inflate::raw()),
            Format::Brotli => Engine::Brotli(Box::default()),
            Format::Zstd => Engine::Zstd(Zstandard::default()),
        };
        Self { engine }
    }

    /// Decompresses from `input`, appending about `bound` bytes to `out` at most.
    ///
    /// # Errors
    /// [`Fault`]; what was appended before is good.
    pub fn decode(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        bound: usize,
    ) -> Result<Progress, Fault> {
        match &mut self.engine {
            Engine::Gzip { member, is_open, members } => {
                if !*is_open && !input.is_empty() {
                    (*member, *is_open) = (Inflate::gzip(), true);
                }
                let progress = member.decode(input, out, bound);
                let progress = progress.map_err(|Corrupt| Fault::Corrupt(member.message()))?;
                if !member.has_ended() {
                    return Ok(progress);
                }
                *members += usize::from(*is_open);
                *is_open = false;
                Ok(Progress { more: progress.taken < input.len(), ..progress })
            }
            Engine::Inflate(inflate) => {
                let progress = inflate.decode(input, out, bound);
                let progress = progress.map_err(|Corrupt| Fault::Corrupt(inflate.message()))?;
                only(progress, inflate.has_ended(), input)
            }
            Engine::Brotli(brotli) => {
                let progress = brotli.decode(input, out, bound);
                let named = |Corrupt| Fault::Corrupt(Some(brotli.error_name()));
                only(progress.map_err(named)?, brotli.has_ended(), input)
            }
            Engine::Zstd(decoder) => decoder.decode(input, out, bound).map_err(|Corrupt| {
                match decoder.frames_before_fault() {
                    Some(taken) => Fault::TrailingJunk { taken },
                    None => Fault::Corrupt(None),
                }
            }),
        }
    }

    /// Says that no input follows.
    ///
    /// # Errors
    /// [`Fault::Truncated`].
    pub fn finish(&self) -> Result<(), Fault> {
        let ended = match &self.engine {
            Engine::Gzip { is_open, members, .. } => !is_open && *members > 0,
            Engine::Inflate(inflate) => inflate.has_ended(),
            Engine::Brotli(brotli) => brotli.has_ended(),
            Engine::Zstd(decoder) => decoder.has_ended(),
        };
        if ended { Ok(()) } else { Err(Fault::Truncated) }
    }
}

/// Nothing may follow the end.
fn only(progress: Progress, ended: bool, input: &[u8]) -> Result<Progress, Fault> {
    match ended && progress.taken < input.len() {
        true => Err(Fault::TrailingJunk { taken: progress.taken }),
        false => Ok(progress),
    }
}

impl std::fmt::Debug for Decompressor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Decompressor").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Compressor;

    const FORMATS: [Format; 5] =
        [Format::Gzip, Format::Deflate, Format::DeflateRaw, Format::Brotli, Format::Zstd];

    fn sample() -> Vec<u8> {
        (0..200_000u32).map(|at| (at.wrapping_mul(at) >> 7) as u8 & 0x3f).collect()
    }

    fn compressed(format: Format) -> Vec<u8> {
        let mut out = Vec::new();
        let mut compressor = Compressor::new(format).expect("an encoder");
        for piece in sample().chunks(777) {
            compressor.push(piece, &mut out).expect("a sound encoder");
        }
        compressor.finish(&mut out).expect("a sound encoder");
        out
    }

    fn plain(format: Format, data: &[u8], piece: usize) -> Result<Vec<u8>, Fault> {
        let (mut decompressor, mut out) = (Decompressor::new(format), Vec::new());
        for mut rest in data.chunks(piece) {
            loop {
                let progress = decompressor.decode(rest, &mut out, 4096)?;
                rest = &rest[progress.taken..];
                if !progress.more {
                    break;
                }
            }
        }
        let progress = decompressor.decode(&[], &mut out, 4096)?;
        assert!(!progress.more, "nothing is left behind");
        decompressor.finish()?;
        Ok(out)
    }

    #[test]
    fn what_was_compressed_comes_back_however_it_is_cut() {
        for format in FORMATS {
            let data = compressed(format);
            for piece in [1, 7, 1000, data.len()] {
                assert!(plain(format, &data, piece) == Ok(sample()), "{format:?} by {piece}");
            }
        }
    }

    #[test]
    fn what_ends_too_early_or_too_late_is_refused() {
        for format in FORMATS {
            let mut data = compressed(format);
            assert_eq!(plain(format, &data[..data.len() - 1], 999), Err(Fault::Truncated));
            assert_eq!(plain(format, &[], 1), Err(Fault::Truncated));
            data.extend(b"junk");
            for piece in [data.len(), 1] {
                match plain(format, &data, piece) {
                    Err(Fault::Corrupt(Some(message))) if format == Format::Gzip => {
                        assert_eq!(message, "incorrect header check");
                    }
                    Err(Fault::TrailingJunk { .. }) if format != Format::Gzip => {}
                    other => panic!("{format:?} in pieces of {piece}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn what_was_made_before_a_fault_is_good() {
        for format in [Format::Deflate, Format::DeflateRaw, Format::Brotli, Format::Zstd] {
            let mut data = compressed(format);
            data.extend(b"junk");
            let mut out = Vec::new();
            let fault = Decompressor::new(format).decode(&data, &mut out, usize::MAX).err();
            let taken = data.len() - b"junk".len();
            assert_eq!(fault, Some(Fault::TrailingJunk { taken }), "{format:?}");
            assert!(out == sample(), "{format:?}");
        }
    }

    #[test]
    fn members_and_frames_may_follow_one_another() {
        for format in [Format::Gzip, Format::Zstd] {
            let mut data = compressed(format);
            data.extend(compressed(format));
            let twice = [sample(), sample()].concat();
            assert!(plain(format, &data, 1000) == Ok(twice), "{format:?}");
        }
    }
}
