//! permessage-deflate (RFC 7692).

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use crate::close::Violation;

const STEP_BYTES: usize = 16 * 1024;
/// What every compressed message ends with, and leaves out.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// What two sides agreed on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Extension {
    /// The server starts each message without what came before.
    pub server_no_context_takeover: bool,
    /// The client does.
    pub client_no_context_takeover: bool,
}

impl Extension {
    /// Reads a Sec-WebSocket-Extensions field: the first offer of permessage-deflate whose
    /// parameters are understood. Smaller windows are accepted from a peer's own side only by
    /// those who compress, so an offer that limits ours is passed over.
    #[must_use]
    pub fn parse(field: &str) -> Option<Self> {
        field.split(',').find_map(|offer| {
            let mut parts = offer.split(';').map(str::trim);
            if parts.next() != Some("permessage-deflate") {
                return None;
            }
            let mut extension = Self::default();
            for parameter in parts {
                let (name, value) = match parameter.split_once('=') {
                    Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
                    None => (parameter, None),
                };
                match (name, value) {
                    ("server_no_context_takeover", None) => {
                        extension.server_no_context_takeover = true;
                    }
                    ("client_no_context_takeover", None) => {
                        extension.client_no_context_takeover = true;
                    }
                    ("client_max_window_bits", _) | ("server_max_window_bits", Some("15")) => {}
                    _ => return None,
                }
            }
            Some(extension)
        })
    }

    /// The field that agrees to it.
    #[must_use]
    pub fn to_field(self) -> String {
        let mut field = "permessage-deflate".to_owned();
        if self.server_no_context_takeover {
            field.push_str("; server_no_context_takeover");
        }
        if self.client_no_context_takeover {
            field.push_str("; client_no_context_takeover");
        }
        field
    }
}

/// Compresses the messages of one direction.
#[derive(Debug)]
pub struct Compressor {
    engine: Compress,
    forgets: bool,
}

impl Compressor {
    /// `forgets`: no context is taken over from message to message.
    #[must_use]
    pub fn new(forgets: bool) -> Self {
        Self { engine: Compress::new(Compression::fast(), false), forgets }
    }

    /// One message, compressed.
    #[must_use]
    pub fn compress(&mut self, message: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(message.len() / 2 + 64);
        let mut taken = 0;
        loop {
            out.reserve(STEP_BYTES);
            let before = self.engine.total_in();
            let status = self.engine.compress_vec(&message[taken..], &mut out, FlushCompress::Sync);
            taken += (self.engine.total_in() - before) as usize;
            let has_room = out.len() < out.capacity();
            if status.is_err() || (taken == message.len() && has_room) {
                break;
            }
        }
        if out.ends_with(&TAIL) {
            out.truncate(out.len() - TAIL.len());
        }
        if self.forgets {
            self.engine.reset();
        }
        out
    }
}

/// Decompresses the messages of one direction.
#[derive(Debug)]
pub(crate) struct Decompressor {
    engine: Decompress,
    forgets: bool,
}

impl Decompressor {
    pub(crate) fn new(forgets: bool) -> Self {
        Self { engine: Decompress::new(false), forgets }
    }

    /// One message in the clear, of at most `limit` bytes.
    pub(crate) fn decompress(
        &mut self,
        message: &[u8],
        limit: usize,
    ) -> Result<Vec<u8>, Violation> {
        const CORRUPT: Violation = Violation::Protocol("compressed data is corrupt");
        let mut out = Vec::with_capacity(message.len().saturating_mul(2).min(limit) + 64);
        for part in [message, &TAIL] {
            let mut taken = 0;
            loop {
                let start = out.len();
                out.resize(start + STEP_BYTES, 0);
                let (input, output) = (self.engine.total_in(), self.engine.total_out());
                let flush = FlushDecompress::Sync;
                let status = self.engine.decompress(&part[taken..], &mut out[start..], flush);
                let made = (self.engine.total_out() - output) as usize;
                let used = (self.engine.total_in() - input) as usize;
                out.truncate(start + made);
                taken += used;
                if out.len() > limit {
                    return Err(Violation::TooLarge);
                }
                match status.map_err(|_| CORRUPT)? {
                    // A final block: what follows starts anew.
                    Status::StreamEnd => {
                        self.engine.reset(false);
                        break;
                    }
                    _ if made == STEP_BYTES => {}
                    _ if taken == part.len() => break,
                    _ if used == 0 && made == 0 => return Err(CORRUPT),
                    _ => {}
                }
            }
        }
        if self.forgets {
            self.engine.reset(false);
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::{Compressor, Decompressor, Extension, Violation};

    #[test]
    fn messages_survive_with_and_without_context() {
        for forgets in [false, true] {
            let (mut out, mut back) = (Compressor::new(forgets), Decompressor::new(forgets));
            for message in [&b""[..], b"hello", b"hello", &[7; 100_000]] {
                let compressed = out.compress(message);
                assert_eq!(back.decompress(&compressed, 1 << 20).as_deref(), Ok(message));
            }
        }
    }

    #[test]
    fn what_expands_too_far_is_refused() {
        let compressed = Compressor::new(false).compress(&[0; 1_000_000]);
        let result = Decompressor::new(false).decompress(&compressed, 1_000);
        assert_eq!(result, Err(Violation::TooLarge));
        assert!(Decompressor::new(false).decompress(b"\xff\xff\xff", 1_000).is_err());
    }

    #[test]
    fn offers_are_read() {
        let offer = "x, permessage-deflate; client_max_window_bits; server_no_context_takeover";
        let extension = Extension::parse(offer).unwrap();
        assert!(extension.server_no_context_takeover && !extension.client_no_context_takeover);
        assert_eq!(extension.to_field(), "permessage-deflate; server_no_context_takeover");
        assert_eq!(Extension::parse("permessage-deflate; server_max_window_bits=10"), None);
        assert_eq!(Extension::parse("foo"), None);
    }
}
