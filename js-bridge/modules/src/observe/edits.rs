//! Text put into a program, and the way back from places in the result.
//!
//! No insertion holds a line end, so that lines stay what they were.

use crate::position::LineColumn;

/// Insertions, in any order; those at the same place stay in the order they were made.
#[derive(Default)]
pub(super) struct Edits {
    list: Vec<(u32, String)>,
}

/// How columns have moved.
#[derive(Debug, Default)]
pub(crate) struct Shifts {
    /// Line, column before, length of what was put there; in UTF-16 code units, from 1, sorted.
    list: Vec<(u32, u32, u32)>,
}

impl Edits {
    pub(super) fn insert(&mut self, at: u32, text: impl Into<String>) {
        self.list.push((at, text.into()));
    }

    /// The text with all insertions made.
    pub(super) fn apply(mut self, source: &str) -> (String, Shifts) {
        self.list.sort_by_key(|(at, _)| *at);
        let added: usize = self.list.iter().map(|(_, text)| text.len()).sum();
        let mut text = String::with_capacity(source.len() + added);
        let mut shifts = Shifts::default();
        let (mut line, mut column, mut done) = (1, 1, 0);
        for (at, inserted) in self.list {
            let piece = &source[done..at as usize];
            for character in piece.chars() {
                if is_line_end(character) {
                    (line, column) = (line + 1, 1);
                } else {
                    column += character.len_utf16() as u32;
                }
            }
            text.push_str(piece);
            text.push_str(&inserted);
            shifts.list.push((line, column, inserted.len() as u32));
            done = at as usize;
        }
        text.push_str(&source[done..]);
        (text, shifts)
    }
}

/// Carriage returns are counted with the line feeds behind them.
fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\u{2028}' | '\u{2029}')
}

impl Shifts {
    /// Where a place of the edited text was before.
    pub(crate) fn original(&self, place: LineColumn) -> LineColumn {
        let first = self.list.partition_point(|(line, ..)| *line < place.line);
        let mut moved = 0;
        for &(_, column, length) in
            self.list[first..].iter().take_while(|(line, ..)| *line == place.line)
        {
            let start = column + moved;
            if place.column < start {
                break;
            }
            if place.column < start + length {
                return LineColumn { column, ..place };
            }
            moved += length;
        }
        LineColumn { column: place.column - moved, ..place }
    }
}

#[cfg(test)]
mod tests {
    use super::Edits;
    use crate::position::LineColumn;

    #[test]
    fn places_find_their_way_back() {
        let mut edits = Edits::default();
        edits.insert(6, "<<");
        edits.insert(3, ">>>");
        edits.insert(3, "!");
        let (text, shifts) = edits.apply("ab\nc\u{e9}d");
        assert_eq!(text, "ab\n>>>!c\u{e9}<<d");
        let back = |line, column| shifts.original(LineColumn { line, column }).column;
        assert_eq!([back(1, 2), back(2, 1), back(2, 4), back(2, 5)], [2, 1, 1, 1]);
        assert_eq!([back(2, 6), back(2, 7), back(2, 9)], [2, 3, 3]);
    }
}
