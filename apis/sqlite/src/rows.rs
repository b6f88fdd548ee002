//! Rows as cells in the shared memory.
//!
//! A cell is a number as it is, or a quiet NaN, which SQLite never gives, whose upper half says
//! what it stands for and whose lower half where to find it: the end of a text among the
//! characters of the batch (its start is the end of the text before), the index of a blob. The
//! characters lie in the shared memory as long as they fit there and are Latin-1; a row that does
//! not fit begins a batch of its own, whose characters are a string of any length.

use dx_ops::Value;

use crate::{
    ffi::{Cell, Prepared, Step},
    memory::{CELLS, DONE, GENERATION, HEADER, INTEGERS, Memory, STATUS, TEXT_LENGTH},
    table::Parts,
    text::append_utf16,
};

/// Bytes of blobs after which a batch ends.
const BLOB_BYTES: usize = 1 << 20;

const NOT_A_NUMBER: u64 = 0x7ff8 << 48;
const TEXT: u64 = 1 << 32;
const BLOB: u64 = 2 << 32;
const NULL: u64 = 3 << 32;
const BIG: u64 = 4 << 32;

/// Where the characters of a batch go.
enum Characters {
    /// Into the shared memory, so many by now.
    Shared(usize),
    Latin1(Vec<u8>),
    Utf16(Vec<u16>),
}

impl Characters {
    fn length(&self) -> usize {
        match self {
            Self::Shared(length) => *length,
            Self::Latin1(bytes) => bytes.len(),
            Self::Utf16(units) => units.len(),
        }
    }

    /// Forgets what lies behind `length`.
    fn truncate(&mut self, length: usize) {
        match self {
            Self::Shared(now) => *now = length,
            Self::Latin1(bytes) => bytes.truncate(length),
            Self::Utf16(units) => units.truncate(length),
        }
    }

    /// Adds a text; `false` where it does not fit.
    fn push(&mut self, memory: &Memory, text: &[u8]) -> bool {
        match self {
            Self::Shared(length) if text.len() > TEXT_LENGTH - *length => false,
            Self::Shared(length) if text.is_ascii() => {
                memory.set_text(*length, text);
                *length += text.len();
                true
            }
            Self::Shared(length) => latin1(text).is_some_and(|characters| {
                memory.set_text(*length, &characters);
                *length += characters.len();
                true
            }),
            Self::Latin1(bytes) if text.is_ascii() => {
                bytes.extend_from_slice(text);
                true
            }
            Self::Latin1(bytes) => latin1(text).map(|text| bytes.extend(text)).is_some(),
            Self::Utf16(units) => {
                append_utf16(text, units);
                true
            }
        }
    }

    /// The string of them. Those in shared memory lie in the argument 0 of the call.
    fn into_value(self) -> Value {
        match self {
            Self::Shared(0) => Value::Undefined,
            Self::Shared(end) => Value::Latin1Of { argument: 0, start: 0, end },
            Self::Latin1(bytes) => Value::Latin1(bytes),
            Self::Utf16(units) => Value::Utf16(units),
        }
    }
}

/// UTF-8 as Latin-1, where each character fits.
fn latin1(text: &[u8]) -> Option<Vec<u8>> {
    // In UTF-8, what lies beyond U+00FF starts with a byte above 0xC3.
    if text.iter().any(|&byte| byte > 0xc3) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    Some(text.chars().map(|character| character as u32 as u8).collect())
}

/// A batch in the making.
struct Batch<'a> {
    memory: &'a Memory,
    blobs: &'a mut Vec<Vec<u8>>,
    blob_bytes: usize,
    characters: Characters,
    columns: usize,
    rows: usize,
    /// Integers are bigints.
    is_safe: bool,
    /// Each value is its bytes.
    is_raw: bool,
}

impl Batch<'_> {
    fn has_room(&self) -> bool {
        (self.rows + 1) * self.columns <= CELLS
            && self.blob_bytes < BLOB_BYTES
            && self.characters.length() < TEXT_LENGTH
    }

    /// Adds the current row; `false` where it belongs into another batch.
    #[inline]
    fn add(&mut self, prepared: &Prepared) -> bool {
        let (length, blobs) = (self.characters.length(), self.blobs.len());
        if self.write(prepared) {
            self.rows += 1;
            return true;
        }
        self.characters.truncate(length);
        self.blobs.truncate(blobs);
        if self.rows > 0 {
            return false;
        }
        for characters in [Characters::Latin1(Vec::new()), Characters::Utf16(Vec::new())] {
            self.characters = characters;
            self.blobs.truncate(blobs);
            if self.write(prepared) {
                break;
            }
        }
        self.rows += 1;
        true
    }

    #[inline]
    fn write(&mut self, prepared: &Prepared) -> bool {
        let base = self.rows * self.columns;
        (0..self.columns).all(|column| {
            let (cell, place) = (prepared.cell(column), base + column);
            if self.is_raw { self.write_raw(place, cell) } else { self.write_cell(place, cell) }
        })
    }

    #[inline]
    fn write_cell(&mut self, place: usize, cell: Cell<'_>) -> bool {
        let bits = match cell {
            Cell::Integer(integer) if self.is_safe => {
                self.memory.set_bits(INTEGERS + place, integer as u64);
                NOT_A_NUMBER | BIG
            }
            Cell::Integer(integer) => (integer as f64).to_bits(),
            Cell::Real(real) => real.to_bits(),
            Cell::Text(text) => {
                if !self.characters.push(self.memory, text) {
                    return false;
                }
                NOT_A_NUMBER | TEXT | self.characters.length() as u64
            }
            Cell::Blob(blob) => self.push_blob(blob),
            Cell::Null => NOT_A_NUMBER | NULL,
        };
        self.memory.set_bits(HEADER + place, bits);
        true
    }

    fn write_raw(&mut self, place: usize, cell: Cell<'_>) -> bool {
        let bits = match cell {
            Cell::Integer(integer) => self.push_blob(&integer.to_le_bytes()),
            Cell::Real(real) => self.push_blob(&real.to_le_bytes()),
            Cell::Text(bytes) | Cell::Blob(bytes) => self.push_blob(bytes),
            Cell::Null => NOT_A_NUMBER | NULL,
        };
        self.memory.set_bits(HEADER + place, bits);
        true
    }

    fn push_blob(&mut self, blob: &[u8]) -> u64 {
        self.blob_bytes += blob.len();
        self.blobs.push(blob.to_vec());
        NOT_A_NUMBER | BLOB | (self.blobs.len() - 1) as u64
    }
}

/// How many rows a batch is to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// The current one.
    One,
    /// All, or as many as there is room for.
    All,
}

/// Writes rows from the current one on, which the statement stands on, and what the status is.
/// The answer is the string of their texts.
pub(crate) fn write_rows(parts: &mut Parts<'_>, wanted: Wanted, is_raw: bool) -> Value {
    let memory = parts.memory;
    parts.blobs.clear();
    let mut batch = Batch {
        memory,
        blobs: parts.blobs,
        blob_bytes: 0,
        characters: Characters::Shared(0),
        columns: parts.statement.prepared.columns(),
        rows: 0,
        is_safe: parts.statement.has_safe_integers,
        is_raw,
    };
    let mut step = Step::Row;
    let statement = &mut *parts.statement;
    statement.is_on_row = false;
    while step == Step::Row {
        if !batch.has_room() || !batch.add(&statement.prepared) {
            statement.is_on_row = true;
            break;
        }
        if wanted == Wanted::One {
            break;
        }
        step = statement.prepared.step();
    }
    memory.set(STATUS, batch.rows as f64);
    memory.set(GENERATION, f64::from(statement.prepared.generation()));
    memory.set(DONE, if step == Step::Row { 0.0 } else { 1.0 });
    let characters = batch.characters;
    match step {
        Step::Row => {}
        Step::Done => statement.reset(),
        Step::Failed => {
            parts.fail();
            return Value::Undefined;
        }
    }
    characters.into_value()
}

#[cfg(test)]
mod tests {
    use super::latin1;

    #[test]
    fn characters_beyond_latin1_are_told() {
        assert_eq!(latin1("caf\u{e9}".as_bytes()).as_deref(), Some(&b"caf\xe9"[..]));
        assert_eq!(latin1("\u{65e5}".as_bytes()), None);
        assert_eq!(latin1(b"\xc3"), None);
    }
}
