//! Reads header blocks.

use super::{fields::Fields, huffman, table::Dynamic};

/// Names or values of this many bytes are not read, whatever the list's limit is.
const STRING_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A block that breaks RFC 7541: the connection has to end with COMPRESSION_ERROR.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Undecodable;

/// The reading side's state.
#[derive(Debug)]
pub struct Decoder {
    table: Dynamic,
    size_limit: usize,
}

impl Decoder {
    /// With a table of up to so many bytes.
    #[must_use]
    pub fn new(size_limit: usize) -> Self {
        Self { table: Dynamic::new(size_limit), size_limit }
    }

    /// The peer has agreed to another limit.
    pub fn set_size_limit(&mut self, size_limit: usize) {
        self.size_limit = size_limit;
        if self.table.size_max() > size_limit {
            self.table.resize(size_limit);
        }
    }

    /// Bytes the table may have now.
    #[must_use]
    pub fn table_size(&self) -> usize {
        self.table.size_max()
    }

    /// Bytes the table has now.
    #[must_use]
    pub fn table_used(&self) -> usize {
        self.table.size()
    }

    /// Appends a block's fields. Beyond `list_size_max` they are counted, not kept.
    ///
    /// # Errors
    /// When the block is not what RFC 7541 describes.
    pub fn decode(
        &mut self,
        block: &[u8],
        list_size_max: usize,
        fields: &mut Fields,
    ) -> Result<(), Undecodable> {
        let mut input = block;
        let mut is_first = true;
        let mut name = Vec::new();
        let mut value = Vec::new();
        while let Some(first) = input.first().copied() {
            if first & 0xe0 == 0x20 {
                let size = integer(&mut input, 5)?;
                if !is_first || size > self.size_limit {
                    return Err(Undecodable);
                }
                self.table.resize(size);
                continue;
            }
            is_first = false;
            let (is_indexed, prefix) = match first {
                0x80.. => (true, 7),
                0x40.. => (false, 6),
                _ => (false, 4),
            };
            let index = integer(&mut input, prefix)?;
            name.clear();
            value.clear();
            if is_indexed || index > 0 {
                let (known_name, known_value) = self.table.get(index).ok_or(Undecodable)?;
                name.extend_from_slice(known_name);
                if is_indexed {
                    value.extend_from_slice(known_value);
                }
            } else {
                string(&mut input, &mut name)?;
            }
            if !is_indexed {
                string(&mut input, &mut value)?;
            }
            if first & 0xc0 == 0x40 {
                self.table.insert(&name, &value);
            }
            if fields.list_size <= list_size_max {
                fields.push(&name, &value, first & 0xf0 == 0x10);
            }
        }
        Ok(())
    }
}

/// Reads an integer whose first byte has `prefix` bits of it.
fn integer(input: &mut &[u8], prefix: u32) -> Result<usize, Undecodable> {
    let mask = (1_usize << prefix) - 1;
    let (first, mut rest) = input.split_first().ok_or(Undecodable)?;
    let mut value = usize::from(*first) & mask;
    if value == mask {
        // Four more bytes carry 28 bits: more than any limit here.
        let mut is_ended = false;
        for shift in [0, 7, 14, 21] {
            let (byte, behind) = rest.split_first().ok_or(Undecodable)?;
            rest = behind;
            value += usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                is_ended = true;
                break;
            }
        }
        if !is_ended {
            return Err(Undecodable);
        }
    }
    *input = rest;
    Ok(value)
}

fn string(input: &mut &[u8], output: &mut Vec<u8>) -> Result<(), Undecodable> {
    let is_huffman = input.first().ok_or(Undecodable)? & 0x80 != 0;
    let length = integer(input, 7)?;
    if length > STRING_BYTES_MAX || length > input.len() {
        return Err(Undecodable);
    }
    let (text, rest) = input.split_at(length);
    *input = rest;
    if is_huffman {
        return huffman::decode(text, output).ok_or(Undecodable);
    }
    output.extend_from_slice(text);
    Ok(())
}
