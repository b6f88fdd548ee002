//! What goes wrong in a simulation, and the dice that decide when.

/// Chances of faults, each in a thousand for every occasion.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Faults {
    /// A receive or file read brings fewer bytes than there are.
    pub short_reads: u32,
    /// A send goes on after a part; a file write takes only a part.
    pub short_writes: u32,
    /// A receive ends with `ENOBUFS` although there are buffers.
    pub no_buffers: u32,
    /// A connection breaks with `ECONNRESET` as bytes are about to move.
    pub resets: u32,
    /// A file operation ends with `EINTR`; a wait returns with nothing.
    pub interrupts: u32,
    /// An operation starts, or its completion comes, up to `delay_ns_max` later: so that
    /// completions of different operations change places.
    pub delays: u32,
    /// The longest delay.
    pub delay_ns_max: u64,
    /// An accept or open ends with `EMFILE`.
    pub no_descriptors: u32,
}

impl Faults {
    /// Nothing goes wrong.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            short_reads: 0,
            short_writes: 0,
            no_buffers: 0,
            resets: 0,
            interrupts: 0,
            delays: 0,
            delay_ns_max: 0,
            no_descriptors: 0,
        }
    }

    /// What any program must bear without its users noticing: pieces, delays, full queues.
    #[must_use]
    pub const fn gentle() -> Self {
        Self {
            short_reads: 300,
            short_writes: 300,
            no_buffers: 50,
            interrupts: 50,
            delays: 300,
            delay_ns_max: 5_000_000,
            ..Self::none()
        }
    }

    /// As [`Faults::gentle`], and connections break and descriptors run out.
    #[must_use]
    pub const fn harsh() -> Self {
        Self { resets: 10, no_descriptors: 20, ..Self::gentle() }
    }
}

/// A generator of numbers that look random and follow from the seed (SplitMix64).
#[derive(Clone, Debug)]
pub(super) struct Dice {
    state: u64,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where that is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// Whether something with this chance in a thousand happens. Chances of nothing use up no
    /// number, so that a run without faults does not depend on how often it asked.
    pub(super) fn happens(&mut self, chance: u32) -> bool {
        chance > 0 && self.below(1000) < u64::from(chance)
    }

    /// From 1 to `most`, often near the ends; `most` where no part is asked for.
    pub(super) fn part(&mut self, most: usize, chance: u32) -> usize {
        if most < 2 || !self.happens(chance) {
            return most;
        }
        match self.below(4) {
            0 => 1,
            1 => most - 1,
            _ => 1 + self.below(most as u64 - 1) as usize,
        }
    }

    /// Puts `items` into another order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}
