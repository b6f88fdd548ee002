//! Frame headers and masks (RFC 6455 section 5.2, section 5.3).

use crate::close::Violation;

/// What a frame is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names are the standard's
pub enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

impl Opcode {
    fn from_bits(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }

    pub(crate) fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0,
            Self::Text => 1,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }

    /// Whether it may come between the frames of a message.
    #[must_use]
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// The header of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FrameHeader {
    /// The last frame of its message.
    pub is_final: bool,
    /// The message is compressed (RFC 7692).
    pub is_compressed: bool,
    /// What it is.
    pub opcode: Opcode,
    /// The key its payload is masked with.
    pub mask: Option<[u8; 4]>,
    /// Bytes of payload.
    pub length: u64,
    /// Bytes of the header itself.
    pub header_length: usize,
}

/// What the bytes at the start of a frame are.
pub type Frame = Result<Option<FrameHeader>, Violation>;

impl FrameHeader {
    /// Reads the header at the start of `bytes`; `None` where more are needed.
    ///
    /// # Errors
    /// [`Violation`] where no header starts so.
    pub fn parse(bytes: &[u8]) -> Frame {
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        let opcode = Opcode::from_bits(first & 15);
        let opcode = opcode.ok_or(Violation::Protocol("unknown opcode"))?;
        if first & 0x30 != 0 {
            return Err(Violation::Protocol("reserved bits are set"));
        }
        let is_final = first & 0x80 != 0;
        let short = second & 0x7f;
        if opcode.is_control() && (!is_final || short > 125) {
            return Err(Violation::Protocol("control frame too long or in pieces"));
        }
        let (length, rest) = match (short, rest) {
            (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), rest),
            (127, [a, b, c, d, e, f, g, h, rest @ ..]) => {
                (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), rest)
            }
            (126 | 127, _) => return Ok(None),
            (short, rest) => (u64::from(short), rest),
        };
        if length >> 63 != 0 {
            return Err(Violation::Protocol("length out of range"));
        }
        let (mask, rest) = match (second & 0x80, rest) {
            (0, rest) => (None, rest),
            (_, [a, b, c, d, rest @ ..]) => (Some([*a, *b, *c, *d]), rest),
            _ => return Ok(None),
        };
        let header_length = bytes.len() - rest.len();
        let is_compressed = first & 0x40 != 0;
        Ok(Some(Self { is_final, is_compressed, opcode, mask, length, header_length }))
    }
}

/// Masks or unmasks a payload in place, eight bytes at a time.
pub fn mask(payload: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let mut chunks = payload.chunks_exact_mut(8);
    for chunk in &mut chunks {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(chunk);
        chunk.copy_from_slice(&(u64::from_ne_bytes(bytes) ^ wide).to_ne_bytes());
    }
    for (byte, key) in chunks.into_remainder().iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}
