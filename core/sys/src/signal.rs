//! Signals through a self-pipe, one for the process.
//!
//! The handler does nothing but write the signal's number, one byte, into a pipe that does not
//! block: a full pipe drops signals, which coalesce anyway.

use std::{
    io,
    os::fd::RawFd,
    sync::{
        OnceLock,
        atomic::{AtomicI32, AtomicU64, Ordering},
    },
};

/// Where the handler writes; negative until the pipe is made.
static WRITE_END: AtomicI32 = AtomicI32::new(-1);

static READ_END: OnceLock<Result<RawFd, i32>> = OnceLock::new();

/// The descriptor that becomes readable when a watched signal has arrived.
///
/// # Errors
/// As `pipe2(2)`, at the first call.
pub fn pipe() -> io::Result<RawFd> {
    let made = READ_END.get_or_init(|| {
        let mut ends = [0; 2];
        // SAFETY: the array has room for both descriptors.
        let result = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC) };
        if result != 0 {
            return Err(io::Error::last_os_error().raw_os_error().unwrap_or(libc::EMFILE));
        }
        WRITE_END.store(ends[1], Ordering::Release);
        Ok(ends[0])
    });
    made.map_err(io::Error::from_raw_os_error)
}

extern "C" fn handler(signal: libc::c_int) {
    let byte = signal as u8;
    // SAFETY: write(2) is allowed in a handler; errno is kept for the interrupted code.
    unsafe {
        let errno = *libc::__errno_location();
        libc::write(WRITE_END.load(Ordering::Acquire), (&raw const byte).cast(), 1);
        *libc::__errno_location() = errno;
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

/// Has `signal` written to the pipe instead of its default action.
///
/// # Errors
/// As [`pipe`] and `sigaction(2)`: `SIGKILL` and `SIGSTOP` cannot be watched.
pub fn watch(signal: i32) -> io::Result<()> {
    pipe()?;
    let handler: extern "C" fn(libc::c_int) = handler;
    set_action(signal, handler as libc::sighandler_t)
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

/// Gives `signal` its default action back.
///
/// # Errors
/// As `sigaction(2)`.
pub fn unwatch(signal: i32) -> io::Result<()> {
    set_action(signal, libc::SIG_DFL)
}

/// The next signal that has arrived, if any.
#[must_use]
pub fn take() -> Option<u8> {
    let pipe = pipe().ok()?;
    let mut byte = 0_u8;
    // SAFETY: one byte of room; the descriptor does not block.
    let count = unsafe { libc::read(pipe, (&raw mut byte).cast(), 1) };
    (count == 1).then_some(byte)
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
    use super::{catch, pipe, send, take, unwatch, watch};

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

    #[test]
    fn a_watched_signal_arrives_in_the_pipe() {
        watch(libc::SIGURG).expect("SIGURG can be watched");
        pipe().expect("a pipe");
        send(std::process::id() as i32, libc::SIGURG).expect("a signal");
        let arrived = (0..1000).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            take()
        });
        assert_eq!(arrived, Some(libc::SIGURG as u8));
        unwatch(libc::SIGURG).expect("SIGURG has a default action");
        assert!(watch(libc::SIGKILL).is_err());
    }
}
