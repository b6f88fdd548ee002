//! Close codes (RFC 6455 section 7.4).

/// Why a connection has to be closed, and what to tell the peer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Violation {
    /// The frame breaks the protocol.
    Protocol(&'static str),
    /// Text that is not UTF-8.
    Text,
    /// A message over the limit.
    TooLarge,
}

impl Violation {
    /// The close code.
    #[must_use]
    pub fn code(self) -> u16 {
        match self {
            Self::Protocol(_) => 1002,
            Self::Text => 1007,
            Self::TooLarge => 1009,
        }
    }
}

/// Whether a code may stand in a close frame.
#[must_use]
pub fn is_close_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// The payload of a close frame; none where there is no code. The reason is cut to what fits.
#[must_use]
pub fn close_payload(code: Option<u16>, reason: &str) -> Vec<u8> {
    const REASON_BYTES_MAX: usize = 123;
    let Some(code) = code else { return Vec::new() };
    let mut end = reason.len().min(REASON_BYTES_MAX);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    payload
}

/// Code and reason of a received close frame; 1005 where it names none.
pub(crate) fn read_close(payload: &[u8]) -> Result<(u16, String), Violation> {
    match payload {
        [] => Ok((1005, String::new())),
        [_] => Err(Violation::Protocol("close frame of one byte")),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if !is_close_code(code) {
                return Err(Violation::Protocol("invalid close code"));
            }
            let reason = std::str::from_utf8(reason).map_err(|_| Violation::Text)?;
            Ok((code, reason.to_owned()))
        }
    }
}
