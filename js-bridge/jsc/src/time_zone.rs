//! The engine's time zone, changed while a program runs.
//!
//! The library exports what sets the zone, and what makes a machine's cache of dates forget the
//! old one; where a machine keeps that cache it does not say. The cache is looked for in the
//! machine's own memory, by the pointers into itself that it begins with, and taken for found where
//! dates then follow the zone. Elsewhere, a zone takes effect when the engine is next entered.

use std::{ffi::c_void, sync::OnceLock};

use crate::{
    context::Context,
    fast::{Probe, fast_paths},
    vm,
};

/// Sets the zone of the process: characters, then their number, and the width of one above it.
pub(crate) type SetZone = unsafe extern "C" fn(*const u8, u64) -> bool;
/// Makes a cache of dates forget what it knows of the zone.
pub(crate) type ForgetZone = unsafe extern "C" fn(*mut c_void);

/// Says that characters are of one byte each.
const NARROW: u64 = 1 << 32;

/// The cache's two tables: where the first entry lies, and where the pointer to an entry. Each
/// has thirty-two entries of as many bytes, and a second pointer behind the first.
const TABLES: [(usize, usize); 2] = [(0x10, 0x410), (0x428, 0x828)];
const ENTRY_BYTES: usize = 32;
const ENTRIES: usize = 32;
/// What a cache takes at least.
const CACHE_BYTES: usize = 0x838;
/// How much of a machine's memory is looked through.
const MACHINE_BYTES_MAX: usize = 512 * 1024;
const PAGE_BYTES: usize = 4096;

impl Context<'_> {
    /// Has dates be of time zone `name` from now on; of the system's zone where it is empty. What
    /// is no zone's name changes nothing.
    pub fn set_time_zone(self, name: &str) {
        let Some((set, _)) = fast_paths().time_zone else { return };
        if !name.is_ascii() {
            return;
        }
        let place = self.date_cache();
        // SAFETY: the characters live during the call; the mangled name holds the parameters.
        unsafe { set(name.as_ptr(), name.len() as u64 | NARROW) };
        if let Some(place) = place {
            self.forget_zone(place);
        }
    }

    fn forget_zone(self, place: usize) {
        let Some((_, forget)) = fast_paths().time_zone else { return };
        // SAFETY: the cache lies there, as was tried; the lock is held.
        unsafe { forget(vm::group(self).cast::<c_void>().cast_mut().byte_add(place)) };
    }

    /// How far into a machine its cache of dates lies, tried on two zones when first asked for.
    fn date_cache(self) -> Option<usize> {
        static PLACE: OnceLock<Option<usize>> = OnceLock::new();
        *PLACE.get_or_init(|| {
            // Fills the cache's pointers.
            self.offset_minutes()?;
            let place = find_cache(vm::group(self) as usize)?;
            let (set, _) = fast_paths().time_zone?;
            let follows = |(zone, minutes): (&str, f64)| {
                // SAFETY: as `set_time_zone`.
                unsafe { set(zone.as_ptr(), zone.len() as u64 | NARROW) };
                self.forget_zone(place);
                self.offset_minutes() == Some(minutes)
            };
            let zones = [("Etc/GMT+7", 420.0), ("Etc/GMT-7", -420.0)];
            let holds = zones.into_iter().all(follows);
            // SAFETY: as `set_time_zone`; no zone is the system's.
            unsafe { set(std::ptr::null(), 0) };
            holds.then_some(place)
        })
    }

    fn offset_minutes(self) -> Option<f64> {
        let offset = self.evaluate("new Date(0).getTimezoneOffset()", "time-zone.js", 1).ok()?;
        self.as_number(offset)
    }
}

/// The one place in a machine whose words point into the tables of a cache that would begin there.
fn find_cache(machine: usize) -> Option<usize> {
    let length = readable_length(machine)?;
    let mut places = (0..length.checked_sub(CACHE_BYTES)?).step_by(size_of::<usize>());
    let found = places.find(|place| is_cache(machine + place))?;
    places.all(|place| !is_cache(machine + place)).then_some(found)
}

fn readable_length(machine: usize) -> Option<usize> {
    let probe = Probe::new()?;
    let first_end = (machine + PAGE_BYTES) & !(PAGE_BYTES - 1);
    let mut end = first_end;
    while end < machine + MACHINE_BYTES_MAX && probe.readable(end as *const c_void, 1) {
        end += PAGE_BYTES;
    }
    Some(end - machine)
}

/// Whether what would be the pointers of a cache at this address point into its tables.
fn is_cache(address: usize) -> bool {
    TABLES.iter().all(|&(entries, pointers)| {
        [0, size_of::<usize>()].iter().all(|behind| {
            // SAFETY: the memory up to the cache's end was found readable.
            let pointer = unsafe { *((address + pointers + behind) as *const usize) };
            let inside = pointer.wrapping_sub(address + entries);
            inside < ENTRIES * ENTRY_BYTES && inside.is_multiple_of(ENTRY_BYTES)
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::Vm;

    /// Says when a new engine keeps its dates elsewhere; then zones change at the next entry only.
    #[test]
    fn dates_follow_the_time_zone_at_once() {
        if std::env::var_os("DX_ENGINE_FAST").is_some_and(|value| value == "0") {
            return;
        }
        let vm = Vm::new().expect("the thread has no machine yet");
        vm.enter(|context| {
            let before = context.offset_minutes();
            context.set_time_zone("Asia/Tokyo");
            assert_eq!(context.offset_minutes(), Some(-540.0));
            context.set_time_zone("no zone at all");
            assert_eq!(context.offset_minutes(), Some(-540.0));
            context.set_time_zone("");
            assert_eq!(context.offset_minutes(), before);
        });
    }
}
