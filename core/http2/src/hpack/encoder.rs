//! Writes header blocks.

use super::{fields::Fields, huffman, table::Dynamic};

/// Bytes of table this side uses at most, whatever the peer offers.
const TABLE_BYTES_MAX: usize = 4096;

/// Names whose values hardly ever come again: they would only push out others.
const PASSING: [&[u8]; 6] =
    [b":path", b"content-length", b"etag", b"if-none-match", b"age", b"location"];

/// The writing side's state.
#[derive(Debug)]
pub struct Encoder {
    table: Dynamic,
    /// A table size the peer has not been told yet, and the smallest since the last block.
    announced: Option<(usize, usize)>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self { table: Dynamic::new(TABLE_BYTES_MAX), announced: None }
    }
}

impl Encoder {
    /// The peer allows a table of so many bytes.
    pub fn set_size_limit(&mut self, limit: usize) {
        let size = limit.min(TABLE_BYTES_MAX);
        if size == self.table.size_max() {
            return;
        }
        let lowest = self.announced.map_or(size, |(_, lowest)| lowest.min(size));
        self.announced = Some((size, lowest));
        self.table.resize(size);
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

    /// Appends the block that says `fields`.
    pub fn encode(&mut self, fields: &Fields, output: &mut Vec<u8>) {
        if let Some((size, lowest)) = self.announced.take() {
            if lowest < size {
                integer(lowest, 5, 0x20, output);
            }
            integer(size, 5, 0x20, output);
        }
        for field in fields.iter() {
            let known = self.table.find(field.name, field.value);
            if let (Some((index, true)), false) = (known, field.is_sensitive) {
                integer(index, 7, 0x80, output);
                continue;
            }
            let is_kept = !field.is_sensitive && !PASSING.contains(&field.name);
            let (prefix, pattern) = match (field.is_sensitive, is_kept) {
                (true, _) => (4, 0x10),
                (_, true) => (6, 0x40),
                _ => (4, 0),
            };
            match known {
                Some((index, _)) => integer(index, prefix, pattern, output),
                None => {
                    integer(0, prefix, pattern, output);
                    string(field.name, output);
                }
            }
            string(field.value, output);
            if is_kept {
                self.table.insert(field.name, field.value);
            }
        }
    }
}

fn integer(value: usize, prefix: u32, pattern: u8, output: &mut Vec<u8>) {
    let mask = (1_usize << prefix) - 1;
    if value < mask {
        output.push(pattern | value as u8);
        return;
    }
    output.push(pattern | mask as u8);
    let mut rest = value - mask;
    while rest >= 0x80 {
        output.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    output.push(rest as u8);
}

fn string(text: &[u8], output: &mut Vec<u8>) {
    let length = huffman::encoded_len(text);
    if length < text.len() {
        integer(length, 7, 0x80, output);
        huffman::encode(text, output);
        return;
    }
    integer(text.len(), 7, 0, output);
    output.extend_from_slice(text);
}
