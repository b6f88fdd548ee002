//! Child processes: starting them without copying the parent, waiting for them, signalling them.

use std::{
    ffi::{CStr, CString, c_char},
    io,
    os::fd::{FromRawFd, OwnedFd, RawFd},
    ptr,
    rc::Rc,
};

mod start;
mod strings;

pub use start::{Starting, begin, start};
pub use strings::Strings;

/// A descriptor the child is started without.
pub const CLOSED: RawFd = -1;

/// What to start.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The executable's path; no search is made.
    pub path: CString,
    /// `argv`, the name first.
    pub arguments: Rc<Strings>,
    /// `NAME=value` each.
    pub environment: Rc<Strings>,
    /// The working directory; the parent's where there is none.
    pub directory: Option<CString>,
    /// The descriptor of the parent that the child has under each number; all others are closed.
    pub descriptors: Vec<RawFd>,
    /// Become the leader of a new session.
    pub new_session: bool,
    /// Make the child's standard input its controlling terminal; needs a new session.
    pub takes_terminal: bool,
    /// The user to become; supplementary groups are dropped.
    pub user: Option<u32>,
    /// The group to become; supplementary groups are dropped.
    pub group: Option<u32>,
    /// `cgroup.procs` of the control group to join, open for writing.
    pub control_group: Option<RawFd>,
}

/// A child that has become its program, or is about to.
#[derive(Debug)]
pub struct Started {
    /// Its number.
    pub pid: i32,
    /// Readable once it has ended.
    pub pidfd: OwnedFd,
}

/// Where a start failed.
#[derive(Debug)]
pub struct StartError {
    /// Why.
    pub error: io::Error,
    /// The step that failed.
    pub step: Step,
}

/// The steps of a child on its way to its program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Making the process.
    Clone,
    /// Entering the working directory.
    Directory,
    /// Setting up what is not a directory: descriptors, user, session.
    Setup,
    /// Becoming the program.
    Execute,
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

/// `execve(2)`: the process becomes another program, with its standard descriptors.
///
/// # Errors
/// Why it did not; otherwise it does not return.
#[must_use]
pub fn replace(path: &CStr, arguments: &[CString], environment: &[CString]) -> io::Error {
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    for descriptor in 0..3 {
        // SAFETY: takes numbers only; one that names nothing is refused.
        unsafe { libc::fcntl(descriptor, libc::F_SETFD, 0) };
    }
    // SAFETY: the arrays end with a null pointer, the strings with a NUL.
    unsafe { libc::execve(path.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    io::Error::last_os_error()
}

/// How a child ended and what it used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ended {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What it used.
    pub usage: crate::usage::Usage,
}

/// Takes leave of a child: `None` where it still runs and `block` is not asked for.
///
/// # Errors
/// As `wait4(2)`: `ECHILD` for what is no child, or was waited for before.
pub fn wait(pid: i32, block: bool) -> io::Result<Option<Ended>> {
    let mut status = 0;
    let options = if block { 0 } else { libc::WNOHANG };
    loop {
        // SAFETY: both places are writable for the length of the call.
        let (result, usage) = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            (libc::wait4(pid, &raw mut status, options, &raw mut usage), usage)
        };
        if result == 0 {
            return Ok(None);
        }
        if result > 0 {
            return Ok(Some(Ended {
                code: libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)),
                signal: libc::WIFSIGNALED(status).then(|| libc::WTERMSIG(status)),
                usage: crate::usage::Usage::from(usage),
            }));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// A pseudo-terminal: the controlling side and the child's side, both closed on exec.
///
/// # Errors
/// As `openpty(3)`.
pub fn open_terminal(columns: u16, rows: u16) -> io::Result<(OwnedFd, OwnedFd)> {
    let (mut controller, mut subject) = (-1, -1);
    let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: places for two numbers and a readable size; no name and no modes are passed.
    unsafe {
        let (name, modes) = (ptr::null_mut(), ptr::null());
        if libc::openpty(&raw mut controller, &raw mut subject, name, modes, &raw const size) != 0 {
            return Err(io::Error::last_os_error());
        }
        libc::fcntl(controller, libc::F_SETFD, libc::FD_CLOEXEC);
        libc::fcntl(subject, libc::F_SETFD, libc::FD_CLOEXEC);
        Ok((OwnedFd::from_raw_fd(controller), OwnedFd::from_raw_fd(subject)))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        ffi::CString,
        io::Read,
        os::fd::{AsRawFd, RawFd},
        rc::Rc,
    };

    use super::{CLOSED, Program, Started, Step, start, wait};

    fn program(arguments: &[&str], descriptors: &[RawFd]) -> Program {
        Program {
            path: CString::new(arguments[0]).unwrap(),
            arguments: Rc::new(arguments.iter().collect()),
            descriptors: descriptors.to_vec(),
            ..Program::default()
        }
    }

    fn code_of(started: &Started) -> Option<i32> {
        wait(started.pid, true).unwrap().unwrap().code
    }

    #[test]
    fn a_child_has_the_descriptors_it_was_given_and_no_others() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let arguments = ["/bin/sh", "-c", "echo /proc/self/fd/*; echo $0 >&3"];
        // 1 and 3 change places with what the parent has there.
        let descriptors = [CLOSED, writer.as_raw_fd(), 2, writer.as_raw_fd()];
        let started = start(program(&arguments, &descriptors)).unwrap();
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1], "/bin/sh");
        // The shell's own reading of the folder takes one number: 0, which was free.
        assert_eq!(lines[0], "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3");
        assert_eq!(code_of(&started), Some(0));
    }

    #[test]
    fn what_the_child_met_is_told() {
        let missing = ["/no/such/program"];
        let error = start(program(&missing, &[0, 1, 2])).unwrap_err();
        assert_eq!((error.step, error.error.raw_os_error()), (Step::Execute, Some(libc::ENOENT)));
        let arguments = ["/bin/true"];
        let mut nowhere = program(&arguments, &[0, 1, 2]);
        nowhere.directory = Some(c"/no/such/folder".to_owned());
        assert_eq!(start(nowhere).unwrap_err().step, Step::Directory);
        // Failed children leave no zombie of theirs; others of this test run are not ours.
    }

    #[test]
    fn a_child_starts_with_default_actions() {
        let listener = crate::signal::Listener::new().unwrap();
        listener.watch(libc::SIGUSR2).unwrap();
        let (mut reader, writer) = std::io::pipe().unwrap();
        let arguments = ["/bin/cat", "/proc/self/status"];
        let started = start(program(&arguments, &[0, writer.as_raw_fd(), 2])).unwrap();
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        drop(listener);
        assert_eq!(code_of(&started), Some(0));
        // 32 and 33 are the C library's own, which it lets nobody set.
        const OWN_OF_LIBC: u64 = 3 << 31;
        for name in ["SigBlk:\t", "SigIgn:\t", "SigCgt:\t"] {
            let mask = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            let mask = u64::from_str_radix(mask, 16).unwrap();
            // Rust's start has SIGPIPE ignored in this process.
            assert_eq!(mask & !OWN_OF_LIBC, 0, "{name}{mask:x}");
        }
    }

    #[test]
    fn exit_codes_and_signals_are_told_apart() {
        let arguments = ["/bin/sh", "-c", "exit 3"];
        let started = start(program(&arguments, &[0, 1, 2])).unwrap();
        assert_eq!(code_of(&started), Some(3));
        assert!(wait(started.pid, false).is_err());
        let arguments = ["/bin/sh", "-c", "kill -9 $$"];
        let started = start(program(&arguments, &[0, 1, 2])).unwrap();
        assert_eq!(wait(started.pid, true).unwrap().unwrap().signal, Some(9));
    }
}
