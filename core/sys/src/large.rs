//! Mappings for large allocations, and those that wait to be used again.
//!
//! A mapping begins at a page, at a huge page when it is made, and is as long as its allocation in
//! whole pages: what is freed says how long it is. Freed ones are kept, a few for a second. The
//! list of them belongs to the process; its lock is never waited for, and a mapping that finds it
//! taken is made or unmapped without.

use std::{
    ptr::{self, NonNull},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::mm::{
    Advice, MapFlags, MremapFlags, ProtFlags, madvise, mmap_anonymous, mremap, munmap,
};

/// What counts as large: several huge pages, so that the last one, used in part, is a small part.
pub(crate) const BYTES_MIN: usize = 8 << 20;

/// The unit of mappings, and the largest alignment they are for.
pub(crate) const PAGE_BYTES: usize = 4096;

const HUGE_PAGE_BYTES: usize = 2 << 20;

/// Mappings that wait to be used again.
const KEPT_MAX: usize = 4;

/// Their bytes, all together.
const KEPT_BYTES_MAX: usize = 512 << 20;

/// How long a mapping waits.
pub const KEPT_FOR: Duration = Duration::from_secs(1);

/// One mapping that nobody uses.
#[derive(Clone, Copy)]
struct Kept {
    start: NonNull<u8>,
    bytes: usize,
    since: Instant,
}

// SAFETY: the mapping belongs to whoever has the value.
unsafe impl Send for Kept {}

static KEPT: Mutex<[Option<Kept>; KEPT_MAX]> = Mutex::new([None; KEPT_MAX]);

/// Whether any mapping is kept; a hint, for those who ask often.
static KEEPS: AtomicBool = AtomicBool::new(false);

fn whole_pages(size: usize) -> Option<usize> {
    size.checked_next_multiple_of(PAGE_BYTES)
}

/// Memory for `size` bytes, not initialised; null where there is none.
pub(crate) fn allocate(size: usize) -> *mut u8 {
    let Some(bytes) = whole_pages(size) else { return ptr::null_mut() };
    take(bytes).or_else(|| map(bytes)).map_or(ptr::null_mut(), NonNull::as_ptr)
}

/// Memory for `size` bytes that is zero, of pages that do not exist until they are used.
pub(crate) fn allocate_zeroed(size: usize) -> *mut u8 {
    whole_pages(size).and_then(map).map_or(ptr::null_mut(), NonNull::as_ptr)
}

/// Frees what was allocated for `size` bytes.
///
/// # Safety
/// `start` and `size` are those of a living allocation of this module, which ends.
pub(crate) unsafe fn free(start: *mut u8, size: usize) {
    let (Some(start), Some(bytes)) = (NonNull::new(start), whole_pages(size)) else { return };
    keep(Kept { start, bytes, since: Instant::now() });
}

/// Changes the size of an allocation, which may move; null, and the allocation is as it was, where
/// that cannot be.
///
/// # Safety
/// As [`free`], but the allocation lives on, perhaps elsewhere.
pub(crate) unsafe fn resize(start: *mut u8, size: usize, wanted: usize) -> *mut u8 {
    let (Some(bytes), Some(wanted)) = (whole_pages(size), whole_pages(wanted)) else {
        return ptr::null_mut();
    };
    if bytes == wanted {
        return start;
    }
    // SAFETY: the range is a mapping of this module, whole, by the caller's word.
    let moved = unsafe { mremap(start.cast(), bytes, wanted, MremapFlags::MAYMOVE) };
    moved.map_or(ptr::null_mut(), <*mut _>::cast)
}

/// A new mapping that begins at a huge page.
fn map(bytes: usize) -> Option<NonNull<u8>> {
    let reserved = bytes.checked_add(HUGE_PAGE_BYTES)?;
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
    let protection = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: no address is asked for, so the new mapping overlaps nothing. What is unmapped and
    // advised lies within it.
    unsafe {
        let base = mmap_anonymous(ptr::null_mut(), reserved, protection, flags).ok()?;
        let before = base.align_offset(HUGE_PAGE_BYTES);
        let start = base.byte_add(before);
        if before > 0 {
            let _ = munmap(base, before);
        }
        let _ = munmap(start.byte_add(bytes), reserved - before - bytes);
        // Without huge pages it is slower, not wrong.
        let _ = madvise(start, bytes, Advice::LinuxHugepage);
        NonNull::new(start.cast())
    }
}

/// Unmaps `bytes` at `start`.
///
/// # Safety
/// They are mapped by this module, and nothing uses them.
unsafe fn unmap(start: NonNull<u8>, bytes: usize) {
    // SAFETY: the caller's word.
    let _ = unsafe { munmap(start.as_ptr().cast(), bytes) };
}

/// A kept mapping for `bytes`: one of that length, or up to a quarter longer, shortened.
fn take(bytes: usize) -> Option<NonNull<u8>> {
    if !KEEPS.load(Ordering::Relaxed) {
        return None;
    }
    let mut list = KEPT.try_lock().ok()?;
    let fits = |kept: &Kept| kept.bytes >= bytes && kept.bytes - bytes <= bytes / 4;
    let places = (0..KEPT_MAX).filter(|&place| list[place].as_ref().is_some_and(fits));
    let place = places.min_by_key(|&place| list[place].map_or(0, |kept| kept.bytes))?;
    let kept = list[place].take()?;
    drop(list);
    if kept.bytes > bytes {
        // SAFETY: the mapping is this call's; its end goes, its beginning is answered.
        unsafe { unmap(kept.start.byte_add(bytes), kept.bytes - bytes) };
    }
    Some(kept.start)
}

/// Keeps a mapping in the place of the oldest where there are too many, and unmaps what must go.
fn keep(kept: Kept) {
    let mut gone = [None; KEPT_MAX + 1];
    match KEPT.try_lock() {
        Ok(mut list) if kept.bytes <= KEPT_BYTES_MAX => {
            let mut count = 0;
            while list.iter().all(Option::is_some) || total(&list[..]) + kept.bytes > KEPT_BYTES_MAX
            {
                let oldest = (0..KEPT_MAX)
                    .filter(|&place| list[place].is_some())
                    .min_by_key(|&place| list[place].map(|kept| kept.since));
                let Some(place) = oldest else { break };
                gone[count] = list[place].take();
                count += 1;
            }
            if let Some(place) = list.iter_mut().find(|place| place.is_none()) {
                *place = Some(kept);
                KEEPS.store(true, Ordering::Relaxed);
            }
        }
        _ => gone[0] = Some(kept),
    }
    unmap_all(&gone);
}

fn total(list: &[Option<Kept>]) -> usize {
    list.iter().flatten().map(|kept| kept.bytes).sum()
}

fn unmap_all(gone: &[Option<Kept>]) {
    for kept in gone.iter().flatten() {
        // SAFETY: taken from the list, or never put there, so it is nobody's any more.
        unsafe { unmap(kept.start, kept.bytes) };
    }
}

/// Whether large memory waits to be used again, which [`release_unused`] would give back in time.
#[must_use]
pub fn has_unused() -> bool {
    KEEPS.load(Ordering::Relaxed)
}

/// Gives large memory that nobody has used for [`KEPT_FOR`] back to the system.
pub fn release_unused() {
    if has_unused() {
        release(Some(KEPT_FOR));
    }
}

/// Gives kept mappings back: those that have waited so long, or all.
pub(crate) fn release(waited: Option<Duration>) {
    let mut gone = [None; KEPT_MAX];
    if let Ok(mut list) = KEPT.try_lock() {
        let is_due = |kept: &mut Kept| waited.is_none_or(|waited| kept.since.elapsed() >= waited);
        for (kept, gone) in list.iter_mut().zip(&mut gone) {
            *gone = kept.take_if(is_due);
        }
        KEEPS.store(list.iter().any(Option::is_some), Ordering::Relaxed);
    }
    unmap_all(&gone);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, because the list is the process's.
    #[test]
    fn a_freed_mapping_is_used_again_and_no_more_than_a_few_are_kept() {
        let size = 5 * BYTES_MIN;
        let start = allocate(size);
        assert_eq!(start as usize % HUGE_PAGE_BYTES, 0);
        // SAFETY: here and below, what was allocated is freed once, by its size.
        unsafe { free(start, size) };
        assert!(has_unused());
        let longer = allocate(2 * size);
        assert_ne!(longer, start, "what is kept is too short");
        // SAFETY: as above.
        unsafe { unmap(NonNull::new(longer).unwrap(), 2 * size) };
        assert_eq!(allocate(size - 5000), start, "a little longer than needed");
        // SAFETY: as above.
        unsafe { free(start, size - 5000) };
        let many = [(); 2 * KEPT_MAX].map(|()| allocate(BYTES_MIN));
        for start in many {
            // SAFETY: as above.
            unsafe { free(start, BYTES_MIN) };
        }
        release_unused();
        assert!(has_unused(), "not a second ago");
        release(None);
        assert!(!has_unused());
    }
}
