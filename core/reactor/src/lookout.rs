//! Looking out for messages before the thread goes to sleep.
//!
//! Two threads or processes that answer each other's messages would both sleep and be woken for
//! each, which costs several times what they do with one. So a thread that has just had messages
//! looks out for the next for a moment. It does so less and less often where none come, and never
//! where there is one processor, which the other side needs.

use std::{
    cell::{Cell, OnceCell},
    thread::available_parallelism,
    time::{Duration, Instant},
};

/// How long it looks; less than two wake-ups cost.
const MOMENT: Duration = Duration::from_micros(20);

/// Looks between two readings of the clock.
const LOOKS: u32 = 32;

/// After how many vain lookouts in a row the pauses between them grow no more.
const VAIN_MAX: u32 = 10;

/// When a thread looks out.
#[derive(Debug, Default)]
pub struct Lookout {
    /// Whether there is one processor; not asked before there is something to look out for.
    is_alone: OnceCell<bool>,
    has_seen: Cell<bool>,
    /// Vain lookouts in a row.
    vain: Cell<u32>,
    /// Occasions to let pass.
    pause: Cell<u32>,
}

impl Lookout {
    /// Whether to look out now: messages have come since this was last asked, and no pause is due.
    #[must_use]
    pub fn begins(&self) -> bool {
        if !self.has_seen.replace(false) || self.is_alone() {
            return false;
        }
        let pause = self.pause.get();
        self.pause.set(pause.saturating_sub(1));
        pause == 0
    }

    fn is_alone(&self) -> bool {
        let is_one = || available_parallelism().is_ok_and(|count| count.get() == 1);
        *self.is_alone.get_or_init(is_one)
    }

    /// Looks until something has come or the moment is over; whether it has.
    pub fn wait(&self, has_come: impl Fn() -> bool) -> bool {
        let end = Instant::now() + MOMENT;
        while Instant::now() < end {
            for _ in 0..LOOKS {
                if has_come() {
                    self.vain.set(0);
                    return true;
                }
                std::hint::spin_loop();
            }
        }
        let vain = (self.vain.get() + 1).min(VAIN_MAX);
        self.vain.set(vain);
        self.pause.set(1 << vain);
        false
    }

    /// Notes whether there were messages.
    pub fn saw(&self, any: bool) {
        if any {
            self.has_seen.set(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vain_lookouts_become_rare_and_a_message_makes_them_frequent_again() {
        let lookout = Lookout { is_alone: false.into(), ..Lookout::default() };
        assert!(!lookout.begins(), "nothing has come yet");
        let mut count = 0;
        for _ in 0..1000 {
            lookout.saw(true);
            if lookout.begins() {
                assert!(!lookout.wait(|| false));
                count += 1;
            }
        }
        assert!((5..12).contains(&count), "{count}");
        lookout.pause.set(0);
        for _ in 0..10 {
            lookout.saw(true);
            assert!(lookout.begins());
            assert!(lookout.wait(|| true));
        }
    }

    #[test]
    fn where_there_is_one_processor_nobody_looks() {
        let lookout = Lookout { is_alone: true.into(), ..Lookout::default() };
        lookout.saw(true);
        assert!(!lookout.begins());
    }
}
