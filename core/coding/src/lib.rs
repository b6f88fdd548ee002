//! Content codings (RFC 9110 section 8.4) without I/O: coded bytes in, plain bytes appended to
//! a buffer.
//!
//! A [`Decoder`] belongs to one message. It may be given its input in pieces cut anywhere, and
//! gives back as much as each piece allows.
//!
//! Invariants:
//! - cutting the input at other places never changes the output;
//! - what follows the end of the coded data is ignored, as browsers and Bun do;
//! - one call appends at most the caller's bound before it returns to be called again, so that
//!   a small piece that expands a thousandfold cannot fill the memory.
//!
//! It fails by value: [`Corrupt`], after which the decoder gives nothing more.

#![forbid(unsafe_code)]

mod brotli;
mod compressor;
mod decompressor;
mod inflate;
mod whole;
mod zstandard;

pub use compressor::Compressor;
pub use decompressor::{Decompressor, Fault};
pub use whole::{compress, decompress};

use brotli::Brotli;
use inflate::Inflate;
use zstandard::Zstandard;

/// A content coding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950, or the bare RFC 1951 that some servers send under this name.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// The coding a Content-Encoding field names, where it is one of these and the only one.
    #[must_use]
    pub fn from_field(value: &[u8]) -> Option<Self> {
        let is = |name: &str| value.eq_ignore_ascii_case(name.as_bytes());
        match () {
            () if is("gzip") || is("x-gzip") => Some(Self::Gzip),
            () if is("deflate") => Some(Self::Deflate),
            () if is("br") => Some(Self::Brotli),
            () if is("zstd") => Some(Self::Zstd),
            () => None,
        }
    }
}

/// A format of compressed data, as the Compression Streams standard and Bun name them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// RFC 1952.
    Gzip,
    /// RFC 1950.
    Deflate,
    /// RFC 1951.
    DeflateRaw,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Format {
    /// The format with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "deflate-raw" => Some(Self::DeflateRaw),
            "brotli" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// The data is not of its coding, or was cut off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Corrupt;

impl std::fmt::Display for Corrupt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the coded data is corrupt")
    }
}

impl std::error::Error for Corrupt {}

/// How far one call got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Bytes of the input that were taken.
    pub taken: usize,
    /// Whether there is more output for the bytes taken so far: call again with the rest.
    pub more: bool,
}

/// Decodes one message.
pub struct Decoder {
    inner: Inner,
    /// Whether anything was given to decode.
    begun: bool,
    failed: bool,
}

enum Inner {
    Inflate(Inflate),
    Brotli(Box<Brotli>),
    Zstandard(Zstandard),
}

impl Decoder {
    /// A decoder for one message.
    #[must_use]
    pub fn new(coding: Coding) -> Self {
        let inner = match coding {
            Coding::Gzip => Inner::Inflate(Inflate::gzip()),
            Coding::Deflate => Inner::Inflate(Inflate::deflate()),
            Coding::Brotli => Inner::Brotli(Box::default()),
            Coding::Zstd => Inner::Zstandard(Zstandard::default()),
        };
        Self { inner, begun: false, failed: false }
    }

    /// Decodes from `input`, appending about `bound` bytes to `out` at most.
    ///
    /// # Errors
    /// [`Corrupt`]; what was appended before is good.
    pub fn decode(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        bound: usize,
    ) -> Result<Progress, Corrupt> {
        if self.failed {
            return Err(Corrupt);
        }
        self.begun |= !input.is_empty();
        let result = match &mut self.inner {
            Inner::Inflate(inflate) => inflate.decode(input, out, bound),
            Inner::Brotli(brotli) => brotli.decode(input, out, bound),
            Inner::Zstandard(zstandard) => zstandard.decode(input, out, bound),
        };
        self.failed = result.is_err();
        let progress = result?;
        let taken = if self.has_ended() { input.len() } else { progress.taken };
        Ok(Progress { taken, more: progress.more })
    }

    fn has_ended(&self) -> bool {
        match &self.inner {
            Inner::Inflate(inflate) => inflate.has_ended(),
            Inner::Brotli(brotli) => brotli.has_ended(),
            // Frames may follow one another.
            Inner::Zstandard(_) => false,
        }
    }

    /// Says that no input follows. Nothing at all is a message without content, whatever its
    /// coding.
    ///
    /// # Errors
    /// [`Corrupt`] where the coded data had not ended.
    pub fn finish(&self) -> Result<(), Corrupt> {
        let ended = match &self.inner {
            Inner::Zstandard(zstandard) => zstandard.has_ended(),
            _ => self.has_ended(),
        };
        if !self.failed && (ended || !self.begun) { Ok(()) } else { Err(Corrupt) }
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Decoder").field("failed", &self.failed).finish_non_exhaustive()
    }
}

/// Room a call makes in its buffer at a time.
const STEP_BYTES: usize = 32 * 1024;

#[cfg(test)]
mod tests;
