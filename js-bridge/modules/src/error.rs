//! Errors of building a module: what Bun's `BuildMessage` tells about a file.

use oxc_diagnostics::OxcDiagnostic;

use crate::words::{self, Told};

/// A file that cannot be turned into a module, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// What is wrong, without position.
    pub message: String,
    /// Where, unless it is the file as a whole.
    pub position: Option<Position>,
    /// What is told besides, printed below.
    pub note: Option<Box<BuildError>>,
}

/// A place in a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in UTF-16 code units, from 1.
    pub column: u32,
    /// Length in bytes; 0 where it is a point.
    pub length: u32,
    /// Byte offset from the start of the file.
    pub offset: u32,
    /// The text of the line.
    pub line_text: String,
}

impl BuildError {
    /// An error about the whole file.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), position: None, note: None }
    }

    /// An error at `offset` bytes into `source`.
    pub fn at(message: impl Into<String>, source: &str, offset: usize, length: usize) -> Self {
        let position = Some(Position::new(source, offset, length));
        Self { message: message.into(), position, note: None }
    }

    /// The first error of a parse.
    pub(crate) fn from_diagnostic(diagnostic: &OxcDiagnostic, source: &str) -> Self {
        let Some(told) = words::tell(diagnostic, source) else {
            return Self::new(diagnostic.message.to_string());
        };
        Self::from_told(told, source)
    }

    /// The first error of a diagnostic that Bun is known to see as well.
    pub(crate) fn from_ruled(diagnostic: &OxcDiagnostic, source: &str) -> Option<Self> {
        words::tell_ruled(diagnostic, source).map(|told| Self::from_told(told, source))
    }

    fn from_told(told: Told, source: &str) -> Self {
        // What is missing at the end is told of the last character.
        let offset = told.offset.min(source.len().saturating_sub(1));
        let mut error = Self::at(told.message, source, offset, told.length);
        error.note = told.note.map(|(text, offset)| Box::new(Self::at(text, source, offset, 0)));
        error
    }
}

impl Position {
    /// The place `offset` bytes into `source`; past its end counts as its end.
    #[must_use]
    pub fn new(source: &str, offset: usize, length: usize) -> Self {
        let offset = floor_boundary(source, offset);
        let before = &source[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = source[offset..].find('\n').map_or(source.len(), |index| offset + index);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = source[line_start..offset].encode_utf16().count() + 1;
        Self {
            line: saturate(line),
            column: saturate(column),
            length: saturate(length),
            offset: saturate(offset),
            line_text: source[line_start..line_end].trim_end_matches('\r').to_owned(),
        }
    }
}

fn floor_boundary(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn saturate(figure: usize) -> u32 {
    u32::try_from(figure).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_bytes_and_utf16_units() {
        let source = "a\n\u{1F600}b = ;\n";
        let position = Position::new(source, source.find(';').unwrap_or(0), 1);
        assert_eq!((position.line, position.column, position.offset), (2, 7, 10));
        assert_eq!(position.line_text, "\u{1F600}b = ;");
        assert_eq!(Position::new("x", 99, 0).column, 2);
    }
}
