//! What request and response heads have in common: spans, versions, limits.
//!
//! Spans are relative to the start of the buffer the head was parsed from, so a consumer that
//! copies `buffer[..head_len]` can use them on the copy.

/// Header lines one head may have, whatever [`Limits::headers`] says: the parser's table lives
/// on the stack (32 bytes a line, 8 KiB in all).
pub const MAX_HEADERS: usize = 256;

/// A part of a buffer, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Number of bytes.
    pub len: u32,
}

impl Span {
    /// A span from offsets that are known to be below the head limit.
    pub(crate) fn new(start: usize, len: usize) -> Self {
        Self { start: start as u32, len: len as u32 }
    }

    /// The bytes of `buffer` it names.
    ///
    /// # Panics
    /// If `buffer` is shorter than the one the span was made from.
    #[must_use]
    pub fn of(self, buffer: &[u8]) -> &[u8] {
        &buffer[self.start as usize..(self.start + self.len) as usize]
    }

    /// Whether it names no bytes.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// One header line: where its name and its trimmed value are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HeaderSpan {
    /// The field name, in the sender's spelling.
    pub name: Span,
    /// The field value without surrounding white space.
    pub value: Span,
}

/// The protocol version of a message; 1.2 to 1.9 count as 1.1 (RFC 9110 section 2.5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1 or a later minor version.
    Http11,
}

/// What a head may measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of the whole head, its empty line included.
    pub head_bytes: usize,
    /// Header lines, at most [`MAX_HEADERS`].
    pub headers: usize,
}

impl Default for Limits {
    /// 16 KiB and 200 header lines, as Bun.
    fn default() -> Self {
        Self { head_bytes: 16 * 1024, headers: 200 }
    }
}

/// Says when a head that came in pieces is worth parsing again.
///
/// Parsing starts at the first byte each time, so a peer that sends a large head byte by byte
/// would make the server do quadratic work. With this a head of `n` bytes is parsed O(log n)
/// times: when an empty line has arrived, when the bytes have doubled, and at the limit.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeadProgress {
    seen: u32,
    parse_at: u32,
}

impl HeadProgress {
    /// Nothing seen.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether `buffer`, which has grown since the last call, should be parsed now.
    pub fn should_parse(&mut self, buffer: &[u8], limits: &Limits) -> bool {
        let seen = self.seen as usize;
        let fresh = &buffer[seen.saturating_sub(3).min(buffer.len())..];
        let ended = has_empty_line(fresh) || (seen == 0 && buffer.first() == Some(&b'\n'));
        self.seen = buffer.len() as u32;
        let due = buffer.len() >= self.parse_at as usize || buffer.len() >= limits.head_bytes;
        if due {
            self.parse_at = self.seen.saturating_mul(2);
        }
        ended || due
    }
}

/// Whether the end of a head may be in `bytes`: a line feed, perhaps a carriage return, a line
/// feed.
fn has_empty_line(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"\n\n")
        || bytes.windows(3).any(|triple| triple == b"\n\r\n")
}

#[cfg(test)]
mod tests {
    use super::{HeadProgress, Limits};

    #[test]
    fn a_head_sent_byte_by_byte_is_parsed_few_times() {
        let mut head = b"GET / HTTP/1.1\r\n".to_vec();
        while head.len() < 8_000 {
            head.extend_from_slice(b"x-name: value\r\n");
        }
        head.extend_from_slice(b"\r\n");
        let mut progress = HeadProgress::new();
        let mut parses = 0;
        let mut last = false;
        for end in 1..=head.len() {
            last = progress.should_parse(&head[..end], &Limits::default());
            parses += usize::from(last);
        }
        assert!(last, "the end of the head was missed");
        assert!(parses < 20, "{parses} parses");
    }

    #[test]
    fn an_empty_line_cut_anywhere_is_seen() {
        let head = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        for cut in 1..head.len() {
            let mut progress = HeadProgress::new();
            progress.should_parse(&head[..cut], &Limits::default());
            assert!(progress.should_parse(head, &Limits::default()), "cut at {cut}");
        }
    }

    #[test]
    fn the_limit_is_always_parsed() {
        let mut progress = HeadProgress::new();
        let bytes = vec![b'a'; 16 * 1024];
        assert!(progress.should_parse(&bytes[..10_000], &Limits::default()));
        assert!(!progress.should_parse(&bytes[..16_383], &Limits::default()));
        assert!(progress.should_parse(&bytes, &Limits::default()));
    }
}
