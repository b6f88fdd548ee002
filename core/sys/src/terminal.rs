//! Terminals: whether a descriptor is one, its size, and raw mode.
//!
//! A terminal outlives the process that set it raw, so its mode is kept here and put back by
//! [`restore`] when the process ends. Reached from the JavaScript shard and from the end of the
//! process only.

use std::{io, os::fd::RawFd, sync::Mutex};

use rustix::termios::{self, OptionalActions, Termios};

use crate::borrow;

/// The terminal that was set raw last, and its mode before.
static ORIGINAL: Mutex<Option<(RawFd, Termios)>> = Mutex::new(None);

/// Whether the descriptor is a terminal; false for one that is not open.
#[must_use]
pub fn is_terminal(descriptor: RawFd) -> bool {
    borrow(descriptor).is_ok_and(termios::isatty)
}

/// Columns and rows of the terminal's window.
///
/// # Errors
/// As `ioctl(2)` with `TIOCGWINSZ`: `ENOTTY` for what is no terminal.
pub fn window_size(descriptor: RawFd) -> io::Result<(u16, u16)> {
    let size = termios::tcgetwinsize(borrow(descriptor)?)?;
    Ok((size.ws_col, size.ws_row))
}

/// Has the terminal give each key at once, unechoed and uninterpreted, or as it was before.
/// Output keeps its newlines, as in Node.
///
/// # Errors
/// As `tcgetattr(3)` and `tcsetattr(3)`: `ENOTTY` for what is no terminal.
pub fn set_raw(descriptor: RawFd, raw: bool) -> io::Result<()> {
    let terminal = borrow(descriptor)?;
    let Ok(mut original) = ORIGINAL.lock() else { return Ok(()) };
    if !raw {
        if let Some((_, mode)) = original.take_if(|(kept, _)| *kept == descriptor) {
            termios::tcsetattr(terminal, OptionalActions::Drain, &mode)?;
            return Ok(());
        }
        return termios::tcgetattr(terminal).map(|_| ()).map_err(io::Error::from);
    }
    let mode = termios::tcgetattr(terminal)?;
    let mut changed = mode.clone();
    changed.make_raw();
    changed.output_modes |= termios::OutputModes::OPOST | termios::OutputModes::ONLCR;
    termios::tcsetattr(terminal, OptionalActions::Drain, &changed)?;
    if original.is_none() {
        *original = Some((descriptor, mode));
    }
    Ok(())
}

/// Puts back the mode of a terminal that is still raw. Does nothing where a lock or the terminal
/// is gone.
pub fn restore() {
    let Ok(mut original) = ORIGINAL.try_lock() else { return };
    if let Some((descriptor, mode)) = original.take()
        && let Ok(terminal) = borrow(descriptor)
    {
        let _ = termios::tcsetattr(terminal, OptionalActions::Now, &mode);
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use rustix::termios::{LocalModes, tcgetattr};

    use super::{is_terminal, restore, set_raw, window_size};

    #[test]
    fn a_terminal_is_set_raw_and_put_back() {
        let (_controller, subject) = crate::process::open_terminal(100, 30).expect("a terminal");
        let descriptor = subject.as_raw_fd();
        assert!(is_terminal(descriptor));
        assert_eq!(window_size(descriptor).expect("a size"), (100, 30));
        let is_canonical =
            || tcgetattr(&subject).expect("a mode").local_modes.contains(LocalModes::ICANON);
        assert!(is_canonical());
        set_raw(descriptor, true).expect("raw");
        assert!(!is_canonical());
        set_raw(descriptor, false).expect("as before");
        assert!(is_canonical());
        set_raw(descriptor, true).expect("raw");
        restore();
        assert!(is_canonical());
    }

    #[test]
    fn what_is_no_terminal_is_told_apart() {
        let file = std::fs::File::open("/dev/null").expect("a file");
        assert!(!is_terminal(file.as_raw_fd()));
        assert!(!is_terminal(-1));
        assert!(window_size(file.as_raw_fd()).is_err());
        assert!(set_raw(file.as_raw_fd(), true).is_err());
    }
}
