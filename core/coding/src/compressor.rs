//! Compression in pieces.

use std::io::{self, Write as _};

use brotli_encoder::CompressorWriter;
use flate2::{Compress, Compression, FlushCompress, Status};
use zstd::stream::raw::{Encoder, InBuffer, Operation, OutBuffer};

use crate::{Format, STEP_BYTES};

/// The window of gzip, as a power of two.
const WINDOW_BITS: u8 = 15;
/// Brotli's quality and window, and zstd's level: what their reference encoders do by default.
const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW_BITS: u32 = 22;
const ZSTD_LEVEL: i32 = 3;

/// Compresses one stream.
pub struct Compressor(Engine);

enum Engine {
    Flate(Compress),
    Brotli(Box<CompressorWriter<Vec<u8>>>),
    Zstd(Encoder<'static>),
}

impl Compressor {
    /// A compressor at the format's default level.
    ///
    /// # Errors
    /// Where the encoder's memory cannot be had.
    pub fn new(format: Format) -> io::Result<Self> {
        Self::with_level(format, None)
    }

    /// A compressor at this level of its format (for the deflate family 0 to 9, zstd 1 to 22,
    /// Brotli 0 to 11).
    ///
    /// # Errors
    /// Where the encoder's memory cannot be had.
    pub fn with_level(format: Format, level: Option<u32>) -> io::Result<Self> {
        let of_zstd = level.map_or(ZSTD_LEVEL, u32::cast_signed);
        let of_brotli = level.unwrap_or(BROTLI_QUALITY);
        let level = level.map_or_else(Compression::default, Compression::new);
        Ok(Self(match format {
            Format::Gzip => Engine::Flate(Compress::new_gzip(level, WINDOW_BITS)),
            Format::Deflate => Engine::Flate(Compress::new(level, true)),
            Format::DeflateRaw => Engine::Flate(Compress::new(level, false)),
            Format::Brotli => Engine::Brotli(Box::new(CompressorWriter::new(
                Vec::new(),
                STEP_BYTES,
                of_brotli,
                BROTLI_WINDOW_BITS,
            ))),
            Format::Zstd => Engine::Zstd(Encoder::new(of_zstd)?),
        }))
    }

    /// Compresses `input`, appending to `out` what is ready.
    ///
    /// # Errors
    /// As the encoder says; none of them can by input.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        match &mut self.0 {
            Engine::Flate(engine) => flate(engine, input, FlushCompress::None, out),
            Engine::Brotli(writer) => {
                writer.write_all(input)?;
                out.append(writer.get_mut());
                Ok(())
            }
            Engine::Zstd(encoder) => {
                let mut input = InBuffer::around(input);
                while input.pos() < input.src.len() {
                    grow(out, |room| {
                        let mut output = OutBuffer::around(room);
                        encoder.run(&mut input, &mut output)?;
                        Ok(output.pos())
                    })?;
                }
                Ok(())
            }
        }
    }

    /// Says, before any input, how many bytes of it will come: Zstandard writes that down.
    ///
    /// # Errors
    /// Where input has come already.
    pub fn expect_bytes(&mut self, count: u64) -> io::Result<()> {
        match &mut self.0 {
            Engine::Zstd(encoder) => encoder.set_pledged_src_size(Some(count)),
            Engine::Flate(_) | Engine::Brotli(_) => Ok(()),
        }
    }

    /// Appends to `out` all that the input so far makes, so that a reader can have it.
    ///
    /// # Errors
    /// As [`Compressor::push`].
    pub fn flush(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        match &mut self.0 {
            Engine::Flate(engine) => flate(engine, &[], FlushCompress::Sync, out),
            Engine::Brotli(writer) => {
                writer.flush()?;
                out.append(writer.get_mut());
                Ok(())
            }
            Engine::Zstd(encoder) => loop {
                let mut left = 0;
                grow(out, |room| {
                    let mut output = OutBuffer::around(room);
                    left = encoder.flush(&mut output)?;
                    Ok(output.pos())
                })?;
                if left == 0 {
                    return Ok(());
                }
            },
        }
    }

    /// Ends the stream, appending the rest of it to `out`.
    ///
    /// # Errors
    /// As [`Compressor::push`].
    pub fn finish(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self.0 {
            Engine::Flate(mut engine) => flate(&mut engine, &[], FlushCompress::Finish, out),
            Engine::Brotli(writer) => {
                out.append(&mut writer.into_inner());
                Ok(())
            }
            Engine::Zstd(mut encoder) => loop {
                let mut left = 0;
                grow(out, |room| {
                    let mut output = OutBuffer::around(room);
                    left = encoder.finish(&mut output, true)?;
                    Ok(output.pos())
                })?;
                if left == 0 {
                    return Ok(());
                }
            },
        }
    }
}

impl std::fmt::Debug for Compressor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Compressor").finish_non_exhaustive()
    }
}

/// Lets `write` fill room at the end of `out`; it says how much of it it used.
fn grow(
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut [u8]) -> io::Result<usize>,
) -> io::Result<usize> {
    let start = out.len();
    out.resize(start + STEP_BYTES, 0);
    let made = write(&mut out[start..]);
    out.truncate(start + made.as_ref().copied().unwrap_or(0));
    made
}

fn flate(
    engine: &mut Compress,
    mut input: &[u8],
    flush: FlushCompress,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    loop {
        let (taken, mut status) = (engine.total_in(), Status::Ok);
        let made = grow(out, |room| {
            let before = engine.total_out();
            status = engine.compress(input, room, flush)?;
            Ok((engine.total_out() - before) as usize)
        })?;
        input = &input[(engine.total_in() - taken) as usize..];
        let is_over = match flush {
            FlushCompress::Finish => matches!(status, Status::StreamEnd),
            _ => input.is_empty() && made < STEP_BYTES,
        };
        if is_over {
            return Ok(());
        }
    }
}
