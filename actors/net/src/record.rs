//! Replies as records: how the script side tells a shard what to send.
//!
//! A record is a header of [`HEADER_WORDS`] 32-bit words in the machine's byte order, followed
//! by the header fields, the reason phrase and the content, padded to whole words. JavaScript
//! writes records into a shared array; in the split topology the same bytes travel to the shard
//! that owns the connection. A field is a name's length (16 bits, little-endian), a value's length
//! (32 bits, little-endian), the name and the value.

use dx_ring::Key;

/// Words before the variable part.
pub const HEADER_WORDS: usize = 8;

/// Positions of the header's words.
pub mod word {
    /// Bytes of the whole record, a multiple of four.
    pub const LENGTH: usize = 0;
    /// Index of the exchange.
    pub const EXCHANGE: usize = 1;
    /// Generation of the exchange.
    pub const GENERATION: usize = 2;
    /// Status in bits 0-15, kind in bits 16-23 ([`super::RecordKind`]), content type in 24-31.
    pub const STATUS: usize = 3;
    /// Bytes of the fields.
    pub const FIELDS_LENGTH: usize = 4;
    /// Bytes of the reason phrase.
    pub const REASON_LENGTH: usize = 5;
    /// Bytes of the content, or its position in the table of large bodies.
    pub const BODY: usize = 6;
    /// The I/O shard, for the script side's own use.
    pub const SHARD: usize = 7;
}

/// What a record asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum RecordKind {
    /// A whole reply, the content in the record.
    Whole = 0,
    /// A whole reply, the content in the table of large bodies.
    Large = 1,
    /// The head of a reply whose content follows in pieces.
    StreamStart = 2,
    /// A piece of content, in the record.
    StreamChunk = 3,
    /// A piece of content, in the table of large bodies.
    StreamLarge = 4,
    /// The end of the content.
    StreamEnd = 5,
    /// The content cannot be completed: the connection is cut so that the client knows.
    StreamFail = 6,
    /// As `StreamStart`, with the content's length known: [`word::BODY`] holds it.
    StreamSized = 7,
}

impl RecordKind {
    fn from_bits(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Whole,
            1 => Self::Large,
            2 => Self::StreamStart,
            3 => Self::StreamChunk,
            4 => Self::StreamLarge,
            5 => Self::StreamEnd,
            6 => Self::StreamFail,
            7 => Self::StreamSized,
            _ => return None,
        })
    }
}

/// Content types that need no field of their own in a record.
pub(crate) const CONTENT_TYPES: [&[u8]; 4] =
    [b"", b"text/plain;charset=utf-8", b"application/json;charset=utf-8", b"text/html"];

/// One record, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Which exchange it answers.
    pub exchange: Key,
    /// What it asks for.
    pub kind: RecordKind,
    /// The status of a reply.
    pub status: u16,
    /// Index into the well-known content types, 0 for none.
    pub content_type: u8,
    /// The fields, as [`fields`] reads them.
    pub fields: &'a [u8],
    /// The reason phrase; empty: the standard one.
    pub reason: &'a [u8],
    /// The content in the record.
    pub body: &'a [u8],
    /// The word at [`word::BODY`].
    pub body_word: u32,
}

impl<'a> Record<'a> {
    /// Takes the first record of `bytes` apart; the rest comes second. `None` where the bytes
    /// are no record, which is a defect of the writer.
    #[must_use]
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let word = |at: usize| {
            let four = bytes.get(at * 4..at * 4 + 4)?;
            Some(u32::from_ne_bytes([four[0], four[1], four[2], four[3]]))
        };
        let length = word(word::LENGTH)? as usize;
        let (record, rest) = bytes.split_at_checked(length)?;
        let variable = record.get(HEADER_WORDS * 4..)?;
        let (fields, variable) = variable.split_at_checked(word(word::FIELDS_LENGTH)? as usize)?;
        let (reason, variable) = variable.split_at_checked(word(word::REASON_LENGTH)? as usize)?;
        let status = word(word::STATUS)?;
        let kind = RecordKind::from_bits((status >> 16) as u8)?;
        let body_word = word(word::BODY)?;
        let body = match kind {
            RecordKind::Whole | RecordKind::StreamChunk => variable.get(..body_word as usize)?,
            _ => &[],
        };
        let exchange = Key { index: word(word::EXCHANGE)?, generation: word(word::GENERATION)? };
        let content_type = (status >> 24) as u8;
        let status = status as u16;
        Some((Self { exchange, kind, status, content_type, fields, reason, body, body_word }, rest))
    }

    /// Whether it is a whole reply with status 200, a text, and nothing else to say.
    #[inline]
    pub(crate) fn is_plain_text(&self) -> bool {
        self.kind == RecordKind::Whole
            && self.status == 200
            && self.content_type == 1
            && self.fields.is_empty()
            && self.reason.is_empty()
    }

    /// The header fields, the well-known content type last.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let well_known = CONTENT_TYPES
            .get(self.content_type as usize)
            .filter(|value| !value.is_empty())
            .map(|value| (&b"content-type"[..], *value));
        fields(self.fields).chain(well_known)
    }
}

/// The fields of a record, in order; ends early where they are malformed.
pub fn fields(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let [n0, n1, v0, v1, v2, v3, rest @ ..] = bytes else {
            return None;
        };
        let name_length = usize::from(u16::from_le_bytes([*n0, *n1]));
        let value_length = u32::from_le_bytes([*v0, *v1, *v2, *v3]) as usize;
        let (name, rest) = rest.split_at_checked(name_length)?;
        let (value, rest) = rest.split_at_checked(value_length)?;
        bytes = rest;
        Some((name, value))
    })
}

/// Appends a record; for tests and for native code that answers by itself.
pub fn write_record(
    out: &mut Vec<u8>,
    exchange: Key,
    kind: RecordKind,
    status: u16,
    headers: &[(&[u8], &[u8])],
    body: &[u8],
) {
    let mut variable = Vec::new();
    for (name, value) in headers {
        variable.extend_from_slice(&(name.len() as u16).to_le_bytes());
        variable.extend_from_slice(&(value.len() as u32).to_le_bytes());
        variable.extend_from_slice(name);
        variable.extend_from_slice(value);
    }
    let fields_length = variable.len() as u32;
    variable.extend_from_slice(body);
    variable.resize(variable.len().next_multiple_of(4), 0);
    let words = [
        (HEADER_WORDS * 4 + variable.len()) as u32,
        exchange.index,
        exchange.generation,
        u32::from(status) | (kind as u32) << 16,
        fields_length,
        0,
        body.len() as u32,
        0,
    ];
    for word in words {
        out.extend_from_slice(&word.to_ne_bytes());
    }
    out.extend_from_slice(&variable);
}

#[cfg(test)]
mod tests {
    use super::{Record, RecordKind, fields, write_record};
    use dx_ring::Key;

    #[test]
    fn a_record_survives_writing() {
        let key = Key { index: 3, generation: 9 };
        let mut bytes = Vec::new();
        let headers: &[(&[u8], &[u8])] = &[(b"x-a", b"1"), (b"x-b", b"")];
        write_record(&mut bytes, key, RecordKind::Whole, 201, headers, b"hello");
        write_record(&mut bytes, key, RecordKind::StreamEnd, 0, &[], b"");
        let (record, rest) = Record::parse(&bytes).unwrap();
        assert_eq!((record.exchange, record.status, record.body), (key, 201, &b"hello"[..]));
        assert_eq!(fields(record.fields).collect::<Vec<_>>(), headers);
        let (record, rest) = Record::parse(rest).unwrap();
        assert_eq!((record.kind, rest.len()), (RecordKind::StreamEnd, 0));
    }

    #[test]
    fn what_is_cut_is_no_record() {
        let mut bytes = Vec::new();
        write_record(&mut bytes, Key::NONE, RecordKind::Whole, 200, &[], b"hello");
        for end in 0..bytes.len() {
            assert!(Record::parse(&bytes[..end]).is_none(), "cut at {end}");
        }
    }
}
