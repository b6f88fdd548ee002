//! From a position in a module's evaluated code to the one in its file.

use oxc_sourcemap::SourceMap;

/// A line and column, both from 1, columns in UTF-16 code units.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// How evaluated code lies to its file.
#[derive(Debug)]
pub enum PositionMap {
    /// The file's own text behind a head of this many columns on the first line.
    Shifted {
        /// Columns in UTF-16 code units.
        columns: u32,
    },
    /// The same, with text put in.
    Edited {
        /// Columns of the head in UTF-16 code units.
        columns: u32,
        /// Places in the file, sorted, and how many columns were put in there.
        insertions: Vec<(LineColumn, u32)>,
    },
    /// Printed code.
    Printed {
        /// Lines that the head takes before the printed code.
        lines: u32,
        /// Columns that the head takes on the first printed line.
        columns: u32,
        /// Generated and original places, sorted.
        tokens: Vec<(LineColumn, LineColumn)>,
    },
}

impl PositionMap {
    pub(crate) fn printed(lines: u32, columns: u32, map: &SourceMap<'_>) -> Self {
        let mut tokens: Vec<_> = map
            .get_tokens()
            .filter(|token| token.get_source_id().is_some())
            .map(|token| {
                let generated =
                    LineColumn { line: token.get_dst_line() + 1, column: token.get_dst_col() + 1 };
                let original =
                    LineColumn { line: token.get_src_line() + 1, column: token.get_src_col() + 1 };
                (generated, original)
            })
            .collect();
        tokens.sort_unstable();
        Self::Printed { lines, columns, tokens }
    }

    /// The place in the file; `None` inside the wrapper's own head.
    #[must_use]
    pub fn original(&self, place: LineColumn) -> Option<LineColumn> {
        match self {
            Self::Shifted { columns } => {
                if place.line > 1 {
                    return Some(place);
                }
                let column = place.column.checked_sub(*columns).filter(|&column| column > 0)?;
                Some(LineColumn { line: 1, column })
            }
            Self::Edited { columns, insertions } => {
                let shift = if place.line == 1 { *columns } else { 0 };
                let mut column = place.column.checked_sub(shift).filter(|&column| column > 0)?;
                let first = insertions.partition_point(|(at, _)| at.line < place.line);
                let own = insertions[first..].iter().take_while(|(at, _)| at.line == place.line);
                for (at, length) in own {
                    if column < at.column {
                        break;
                    }
                    // A place within what was put in is where it was put.
                    column = column.saturating_sub(*length).max(at.column);
                }
                Some(LineColumn { line: place.line, column })
            }
            Self::Printed { lines, columns, tokens } => {
                let line = place.line.checked_sub(*lines).filter(|&line| line > 0)?;
                let shift = if line == 1 { *columns } else { 0 };
                let column = place.column.checked_sub(shift).filter(|&column| column > 0)?;
                let wanted = LineColumn { line, column };
                let after = tokens.partition_point(|(generated, _)| *generated <= wanted);
                let (generated, original) = tokens.get(after.checked_sub(1)?)?;
                (generated.line == line).then_some(*original)
            }
        }
    }
}
