//! What the parsers keep between heads: the header table, and the request head read last.

use crate::{head::HeaderSpan, recent::Recent};

/// The header table of the head parsed last; one per shard is enough.
#[derive(Debug, Default)]
pub struct HeadScratch {
    pub(crate) headers: Vec<HeaderSpan>,
    pub(crate) recent: Recent,
}

impl HeadScratch {
    /// An empty table, which allocates when it is first used.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Empties the table for a head of `lines` lines.
    pub(crate) fn start(&mut self, lines: usize) {
        self.recent.forget();
        self.headers.clear();
        self.headers.reserve(lines);
    }

    /// The header lines of the last complete head, in the order received.
    #[must_use]
    pub fn headers(&self) -> &[HeaderSpan] {
        &self.headers
    }

    /// Names and values of the last complete head, which began at `buffer[0]`.
    pub fn iter<'a>(&'a self, buffer: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.headers.iter().map(|header| (header.name.of(buffer), header.value.of(buffer)))
    }

    /// The first value of a header, by its name in any case.
    #[must_use]
    pub fn find<'a>(&self, buffer: &'a [u8], name: &str) -> Option<&'a [u8]> {
        let wanted = name.as_bytes();
        let found = self
            .headers
            .iter()
            .find(|header| header.name.of(buffer).eq_ignore_ascii_case(wanted))?;
        Some(found.value.of(buffer))
    }
}
