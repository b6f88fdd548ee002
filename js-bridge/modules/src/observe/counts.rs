//! What the counters of a program mean: lines and functions.

/// The counters of one file.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// What names its array of counters.
    pub number: u32,
    /// How many counters there are.
    pub counters: u32,
    /// Lines (from 1) that hold code, with a counter for each piece of it; the greatest is the
    /// line's.
    pub lines: Vec<(u32, u32)>,
    /// The counter of each function, and that of the code it stands in.
    pub functions: Vec<(u32, u32)>,
}

impl Counts {
    pub(super) fn add(&mut self) -> u32 {
        self.counters += 1;
        self.counters - 1
    }

    /// Takes what is known twice out.
    pub(super) fn finish(&mut self) {
        self.lines.sort_unstable();
        self.lines.dedup();
    }
}
