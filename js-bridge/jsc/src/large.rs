//! Large memory that values own, and the collections it is worth.
//!
//! A program that reads large files leaves each behind when it asks for the next. The engine would
//! find that out after several: memory that has to be mapped anew, page by page, meanwhile. So
//! before a large value is made, those before it are looked for: first among the young objects,
//! which takes no time to speak of, and among all where much has gathered. The values themselves
//! are not reported to the engine, which would collect while they are new, find them in use, and
//! count them among the old.

use std::{
    cell::Cell,
    sync::atomic::{AtomicUsize, Ordering},
};

use dx_jsc_sys as sys;

use crate::context::Context;

/// What counts as large, in bytes.
pub(crate) const BYTES_MIN: usize = 8 << 20;

/// How much lives at least when the young objects are collected.
const LIVES_BEFORE_COLLECTION: usize = 32 << 20;

/// How much lives at least when all objects are.
const LIVES_BEFORE_FULL: usize = 256 << 20;

/// Large memory that values own, in bytes, of all machines: memory may be freed on any thread.
static OWNED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// How much has to live for the next collection of young objects, and of all.
    static BOUNDS: Cell<(usize, usize)> =
        const { Cell::new((LIVES_BEFORE_COLLECTION, LIVES_BEFORE_FULL)) };
}

/// A vector that a value owns.
pub(crate) struct Owned(Vec<u8>);

impl Owned {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        if bytes.len() >= BYTES_MIN {
            OWNED.fetch_add(bytes.len(), Ordering::Relaxed);
        }
        Self(bytes)
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if self.0.len() >= BYTES_MIN {
            OWNED.fetch_sub(self.0.len(), Ordering::Relaxed);
        }
    }
}

impl Context<'_> {
    /// To be called before a value over memory of this length is made: collects what large values
    /// a program has dropped, if that is likely to be worth it.
    pub(crate) fn make_room_for(self, bytes: usize) {
        if bytes < BYTES_MIN {
            return;
        }
        let (bound, bound_of_all) = BOUNDS.get();
        let lives = || OWNED.load(Ordering::Relaxed);
        if lives() >= bound {
            // SAFETY: the context is alive, and its lock held.
            unsafe { sys::JSSynchronousEdenCollectForDebugging(self.raw) };
        }
        if lives() >= bound_of_all && lives() >= self.heap_statistics().size / 2 {
            self.collect_garbage();
            BOUNDS.set((bound, LIVES_BEFORE_FULL.max(2 * lives())));
        }
        // What a program keeps is not looked at again before there is half as much more.
        let (_, bound_of_all) = BOUNDS.get();
        let bound = LIVES_BEFORE_COLLECTION.max(lives() + lives() / 2);
        BOUNDS.set((bound, bound_of_all));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::{BYTES_MIN, LIVES_BEFORE_FULL, OWNED};
    use crate::Vm;

    #[test]
    fn large_values_that_were_dropped_are_collected_before_many_more_are_made() {
        let vm = Vm::new().expect("the thread has no machine yet");
        let each = 2 * BYTES_MIN;
        // What is found in use once, by a trace on the stack, stays until all are looked at.
        let most = LIVES_BEFORE_FULL + 4 * each;
        for _ in 0..40 {
            vm.enter(|context| {
                let text = context.latin1_owned(vec![b'a'; each]);
                assert!(context.to_string(text).is_ok_and(|text| text.len() == each));
                assert!(context.array_buffer(vec![0; each]).is_ok());
            });
            assert!(OWNED.load(Ordering::Relaxed) <= most);
        }
    }
}
