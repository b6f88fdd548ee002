//! Signals through self-pipes, one for each listener: isolates share the process, not its signals.
//!
//! The handler does nothing but write the signal's number, one byte, into pipes that do not
//! block: a full pipe drops signals, which coalesce anyway.

use std::{
    io,
    os::fd::RawFd,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicI32, AtomicU64, AtomicUsize, Ordering},
    },
};

/// Listeners there can be: as many as shards a set may have, and as many workers again.
const LISTENERS_MAX: usize = 512;

/// What the handler knows of a listener. The pipe outlives it, for the next one of the place:
/// what is written while a listener ends must not reach a descriptor that means something else.
struct Place {
    is_taken: AtomicBool,
    /// Watched signals: bit `n - 1` is signal `n`'s.
    signals: AtomicU64,
    /// Descriptors plus one; zero until the pipe is made.
    read_end: AtomicI32,
    write_end: AtomicI32,
}

static PLACES: [Place; LISTENERS_MAX] = [const {
    Place {
        is_taken: AtomicBool::new(false),
        signals: AtomicU64::new(0),
        read_end: AtomicI32::new(0),
        write_end: AtomicI32::new(0),
    }
}; LISTENERS_MAX];

/// Places that have ever been taken are before this one.
static PLACES_USED: AtomicUsize = AtomicUsize::new(0);

/// Orders changes of who watches what with those of the signals' actions.
static CHANGES: Mutex<()> = Mutex::new(());

extern "C" fn handler(signal: libc::c_int) {
    let byte = signal as u8;
    // SAFETY: errno is kept for the interrupted code.
    let errno = unsafe { *libc::__errno_location() };
    for place in &PLACES[..PLACES_USED.load(Ordering::Acquire)] {
        if place.signals.load(Ordering::Acquire) & bit(signal) != 0 {
            let descriptor = place.write_end.load(Ordering::Acquire) - 1;
            // SAFETY: write(2) is allowed in a handler, and takes one byte that is there.
            unsafe { libc::write(descriptor, (&raw const byte).cast(), 1) };
        }
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// The bit of a signal, which is one of 1 to 64.
const fn bit(signal: libc::c_int) -> u64 {
    1 << ((signal - 1) & 63)
}

/// One who is told of signals; each of them is told of all that it watches, whoever else does.
#[derive(Debug)]
pub struct Listener {
    place: usize,
}

impl Listener {
    /// A listener that watches nothing yet.
    ///
    /// # Errors
    /// As `pipe2(2)`; `EMFILE` where there are too many listeners.
    pub fn new() -> io::Result<Self> {
        let free = |place: &Place| !place.is_taken.swap(true, Ordering::AcqRel);
        let place = PLACES.iter().position(free);
        let place = place.ok_or_else(|| io::Error::from_raw_os_error(libc::EMFILE))?;
        let listener = Self { place };
        listener.open()?;
        PLACES_USED.fetch_max(place + 1, Ordering::AcqRel);
        // What came for the one before.
        while listener.take().is_some() {}
        Ok(listener)
    }

    fn open(&self) -> io::Result<()> {
        if self.place().read_end.load(Ordering::Acquire) != 0 {
            return Ok(());
        }
        let mut ends = [0; 2];
        // SAFETY: the array has room for both descriptors.
        let result = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC) };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
        self.place().write_end.store(ends[1] + 1, Ordering::Release);
        self.place().read_end.store(ends[0] + 1, Ordering::Release);
        Ok(())
    }

    fn place(&self) -> &'static Place {
        &PLACES[self.place]
    }

    /// The descriptor that becomes readable when a watched signal has arrived.
    #[must_use]
    pub fn descriptor(&self) -> RawFd {
        self.place().read_end.load(Ordering::Acquire) - 1
    }

    /// Is told of `signal` instead of its default action.
    ///
    /// # Errors
    /// As `sigaction(2)`: `SIGKILL` and `SIGSTOP` cannot be watched.
    pub fn watch(&self, signal: i32) -> io::Result<()> {
        let _changes = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
        let handler: extern "C" fn(libc::c_int) = handler;
        set_action(signal, handler as libc::sighandler_t)?;
        self.place().signals.fetch_or(bit(signal), Ordering::AcqRel);
        Ok(())
    }

    /// Is no longer told of `signal`, which gets its default action back unless others watch it.
    ///
    /// # Errors
    /// As `sigaction(2)`.
    pub fn unwatch(&self, signal: i32) -> io::Result<()> {
        let _changes = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
        self.place().signals.fetch_and(!bit(signal), Ordering::AcqRel);
        let watched = |place: &Place| place.signals.load(Ordering::Acquire) & bit(signal) != 0;
        if PLACES.iter().any(watched) {
            return Ok(());
        }
        set_action(signal, libc::SIG_DFL)
    }

    /// The next signal that has arrived, if any.
    #[must_use]
    pub fn take(&self) -> Option<u8> {
        let mut byte = 0_u8;
        // SAFETY: one byte of room; the descriptor does not block.
        let count = unsafe { libc::read(self.descriptor(), (&raw mut byte).cast(), 1) };
        (count == 1).then_some(byte)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for signal in 1..=SIGNALS {
            if self.place().signals.load(Ordering::Acquire) & bit(signal) != 0 {
                // It was watched, so it has a default action.
                let _ = self.unwatch(signal);
            }
        }
        self.place().is_taken.store(false, Ordering::Release);
    }
}

fn set_action(signal: i32, action: libc::sighandler_t) -> io::Result<()> {
    if (1..=SIGNALS).contains(&signal) {
        CHANGED.fetch_or(1 << (signal - 1), Ordering::Relaxed);
    }
    // SAFETY: the structure is plain data; the mask is emptied before use.
    let result = unsafe {
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = action;
        new.sa_flags = libc::SA_RESTART;
        libc::sigemptyset(&mut new.sa_mask);
        libc::sigaction(signal, &new, std::ptr::null_mut())
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Signals that have had another than their default action in this process: bit `n - 1` is
/// signal `n`'s. Complete once [`changed`] has looked, and from then on kept by [`set_action`].
static CHANGED: AtomicU64 = AtomicU64::new(0);

const SIGNALS: libc::c_int = 64;

/// What [`CHANGED`] says, after a first look at what the process was started with and what
/// libraries have set. Whoever sets an action past this module afterwards is not seen.
pub(crate) fn changed() -> u64 {
    static LOOKED: OnceLock<()> = OnceLock::new();
    LOOKED.get_or_init(|| {
        for signal in 1..=SIGNALS {
            // SAFETY: plain data; what may not be looked at is refused.
            let action = unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                libc::sigaction(signal, std::ptr::null(), &mut action);
                action.sa_sigaction
            };
            if action != libc::SIG_DFL {
                CHANGED.fetch_or(1 << (signal - 1), Ordering::Relaxed);
            }
        }
    });
    CHANGED.load(Ordering::Relaxed)
}

/// Signals that have come while they were caught: bit `n - 1` is signal `n`'s.
static NOTED: AtomicU64 = AtomicU64::new(0);

extern "C" fn note(signal: libc::c_int) {
    NOTED.fetch_or(1 << (signal - 1), Ordering::Relaxed);
}

/// While it lives, its signal is noted, and whatever else would happen does not.
pub struct Caught {
    signal: i32,
    before: libc::sigaction,
}

impl std::fmt::Debug for Caught {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Caught({})", self.signal)
    }
}

/// Catches `signal`, one of 1 to 64.
///
/// # Errors
/// As `sigaction(2)`: `SIGKILL` and `SIGSTOP` cannot be caught.
pub fn catch(signal: i32) -> io::Result<Caught> {
    // SAFETY: the structure is plain data, filled in by the call.
    let before = unsafe {
        let mut before: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &mut before);
        before
    };
    let note: extern "C" fn(libc::c_int) = note;
    set_action(signal, note as libc::sighandler_t)?;
    Ok(Caught { signal, before })
}

impl Caught {
    /// Whether the signal has come.
    #[must_use]
    pub fn has_come(&self) -> bool {
        NOTED.load(Ordering::Relaxed) & (1 << (self.signal - 1)) != 0
    }
}

impl Drop for Caught {
    fn drop(&mut self) {
        // SAFETY: the action is one that the system gave.
        unsafe { libc::sigaction(self.signal, &self.before, std::ptr::null_mut()) };
        NOTED.fetch_and(!(1 << (self.signal - 1)), Ordering::Relaxed);
    }
}

/// Has writes past the limit of a file's size fail with `EFBIG` instead of ending the process.
///
/// # Errors
/// As `sigaction(2)`.
pub fn ignore_file_size_limit() -> io::Result<()> {
    set_action(libc::SIGXFSZ, libc::SIG_IGN)
}

/// `kill(2)`
///
/// # Errors
/// As the call.
pub fn send(pid: i32, signal: i32) -> io::Result<()> {
    // SAFETY: takes numbers only.
    if unsafe { libc::kill(pid, signal) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::{Listener, catch, send};

    #[test]
    fn a_caught_signal_is_noted_and_forgotten() {
        let caught = catch(libc::SIGWINCH).expect("SIGWINCH can be caught");
        assert!(!caught.has_come());
        send(std::process::id() as i32, libc::SIGWINCH).expect("a signal");
        let come = (0..1000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            caught.has_come()
        });
        assert!(come);
        drop(caught);
        assert!(!catch(libc::SIGWINCH).expect("again").has_come());
        assert!(catch(libc::SIGKILL).is_err());
    }

    /// The next signal a listener is told of, for which it waits a second.
    fn wait_for_one(listener: &Listener) -> Option<u8> {
        (0..1000).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            listener.take()
        })
    }

    #[test]
    fn every_listener_is_told_of_what_it_watches() {
        let listeners = [Listener::new().expect("a pipe"), Listener::new().expect("a pipe")];
        let [first, second] = &listeners;
        listeners.iter().for_each(|one| one.watch(libc::SIGURG).expect("can be watched"));
        assert!(first.watch(libc::SIGKILL).is_err());
        send(std::process::id() as i32, libc::SIGURG).expect("a signal");
        for listener in &listeners {
            assert_eq!(wait_for_one(listener), Some(libc::SIGURG as u8));
            assert_eq!(listener.take(), None);
        }
        first.unwatch(libc::SIGURG).expect("SIGURG has a default action");
        send(std::process::id() as i32, libc::SIGURG).expect("a signal");
        assert_eq!(wait_for_one(second), Some(libc::SIGURG as u8));
        assert_eq!(first.take(), None);
    }

    #[test]
    fn a_listener_hears_nothing_of_the_one_before() {
        let before = Listener::new().expect("a pipe");
        before.watch(libc::SIGCONT).expect("can be watched");
        send(std::process::id() as i32, libc::SIGCONT).expect("a signal");
        drop(before);
        let after: Vec<_> = (0..4).map(|_| Listener::new().expect("a pipe")).collect();
        std::thread::sleep(std::time::Duration::from_millis(10));
        assert!(after.iter().all(|listener| listener.take().is_none()));
    }
}
