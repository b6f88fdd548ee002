//! Content of replies that is too large for a record.
//!
//! From some size on it is not copied into the connection's out buffer but becomes that buffer:
//! it lies behind room for the head of its reply.

/// Content from this size on is sent from where it lies.
const SENT_IN_PLACE_MIN: usize = 16 * 1024;

/// Room before such content; a head that is longer is sent by itself.
const HEAD_ROOM: usize = 512;

/// Room behind it: for the head of the next reply, which would move all of it otherwise.
const TAIL_ROOM: usize = 512;

/// The content of one reply or of a piece of it.
#[derive(Debug, Default)]
pub struct LargeBody {
    bytes: Vec<u8>,
    start: usize,
}

impl LargeBody {
    /// A copy of `content`.
    #[must_use]
    pub fn copy_of(content: &[u8]) -> Self {
        if content.len() < SENT_IN_PLACE_MIN {
            return Self { bytes: content.to_vec(), start: 0 };
        }
        let mut bytes = Vec::with_capacity(HEAD_ROOM + content.len() + TAIL_ROOM);
        bytes.resize(HEAD_ROOM, 0);
        bytes.extend_from_slice(content);
        Self { bytes, start: HEAD_ROOM }
    }

    /// The content.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Whether it is to be sent from where it lies.
    pub(crate) fn goes_in_place(&self) -> bool {
        self.start != 0
    }

    /// The content as a buffer to send, from the offset that comes second, with `before` in front
    /// of it where there is room; says whether there was.
    pub(crate) fn into_buffer(mut self, before: &[u8]) -> (Vec<u8>, usize, bool) {
        let fits = before.len() <= self.start;
        if fits {
            let end = self.start;
            self.start -= before.len();
            self.bytes[self.start..end].copy_from_slice(before);
        }
        (self.bytes, self.start, fits)
    }
}

impl From<Vec<u8>> for LargeBody {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, start: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::{HEAD_ROOM, LargeBody, SENT_IN_PLACE_MIN};

    #[test]
    fn a_head_stands_before_content_as_long_as_it_fits() {
        for (length, expected) in [(0, true), (1, true), (HEAD_ROOM, true), (HEAD_ROOM + 1, false)]
        {
            let content: Vec<u8> = (0..SENT_IN_PLACE_MIN).map(|index| index as u8).collect();
            let head = vec![b'h'; length];
            let body = LargeBody::copy_of(&content);
            assert!(body.goes_in_place() && body.content() == content);
            let (bytes, from, fits) = body.into_buffer(&head);
            assert_eq!(fits, expected, "{length}");
            let wanted = if fits { [head, content].concat() } else { content };
            assert!(bytes[from..] == wanted, "{length}");
        }
    }

    #[test]
    fn little_content_is_left_to_be_copied() {
        let body = LargeBody::copy_of(&[1; SENT_IN_PLACE_MIN - 1]);
        assert!(!body.goes_in_place());
        assert_eq!(body.content().len(), SENT_IN_PLACE_MIN - 1);
    }
}
