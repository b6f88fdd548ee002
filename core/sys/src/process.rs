//! Child processes: starting them without copying the parent, waiting for them, signalling them.
//!
//! A child is made by `clone(CLONE_VM | CLONE_VFORK)`: it borrows the parent's memory until it
//! has become another program, while the calling thread waits. What the child does before that
//! is a short list of system calls on a stack of its own; it allocates nothing, takes no lock
//! and leaves nothing behind but the number of the error it met. Signals are blocked meanwhile,
//! so that no handler of the parent ever runs in the child.

use std::{
    cell::RefCell,
    ffi::{CStr, CString, c_char, c_int, c_void},
    io,
    os::fd::{FromRawFd, OwnedFd, RawFd},
    ptr,
};

/// A descriptor the child is started without.
pub const CLOSED: RawFd = -1;

/// What to start.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// The executable's path; no search is made.
    pub path: &'a CStr,
    /// `argv`, the name first.
    pub arguments: &'a [CString],
    /// `NAME=value` each.
    pub environment: &'a [CString],
    /// The working directory; the parent's where there is none.
    pub directory: Option<&'a CStr>,
    /// The descriptor of the parent that the child has under each number; all others are closed.
    pub descriptors: &'a [RawFd],
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

/// A child that has become its program.
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

/// Words of the child's stack; its calls need a few hundred.
const STACK_WORDS: usize = 4096;

thread_local! {
    static STACK: RefCell<Box<[u128]>> = RefCell::new(vec![0; STACK_WORDS].into_boxed_slice());
}

/// What the child reads, and the two words it writes.
struct Shared<'a> {
    program: &'a Program<'a>,
    arguments: *const *const c_char,
    environment: *const *const c_char,
    scratch: *mut RawFd,
    /// What `signal::changed` said before the clone.
    changed_signals: u64,
    errno: c_int,
    step: Step,
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

/// Starts a program. Returns when the child has become it.
///
/// # Errors
/// What the child met on its way; it is gone then and leaves no zombie.
pub fn start(program: &Program<'_>) -> Result<Started, StartError> {
    let (arguments, environment) = (pointers(program.arguments), pointers(program.environment));
    let mut scratch = program.descriptors.to_vec();
    let mut shared = Shared {
        program,
        arguments: arguments.as_ptr(),
        environment: environment.as_ptr(),
        scratch: scratch.as_mut_ptr(),
        changed_signals: crate::signal::changed(),
        errno: 0,
        step: Step::Clone,
    };
    let mut pidfd: RawFd = -1;
    let pid = STACK.with_borrow_mut(|stack| clone_child(stack, &mut shared, &mut pidfd));
    if pid < 0 {
        return Err(StartError { error: io::Error::last_os_error(), step: Step::Clone });
    }
    // SAFETY: made by the clone, and owned by nobody else.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    // SAFETY: the child wrote before the clone returned; a volatile read sees it.
    let errno = unsafe { ptr::read_volatile(&raw const shared.errno) };
    if errno == 0 {
        return Ok(Started { pid, pidfd });
    }
    let _ = wait(pid, true);
    Err(StartError { error: io::Error::from_raw_os_error(errno), step: shared.step })
}

/// Clones with all signals blocked; the child's number, or -1 with errno set.
fn clone_child(stack: &mut [u128], shared: &mut Shared<'_>, pidfd: &mut RawFd) -> c_int {
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    // SAFETY: the stack is used by nobody else until the clone returns, which is after the child
    // has left it; `shared` and `pidfd` outlive the call; the masks are plain data.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut old: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut old);
        let top = stack.as_mut_ptr().add(stack.len()).cast::<c_void>();
        let data = ptr::from_mut(shared).cast::<c_void>();
        let pid = libc::clone(child, top, flags, data, ptr::from_mut(pidfd));
        let errno = *libc::__errno_location();
        libc::pthread_sigmask(libc::SIG_SETMASK, &old, ptr::null_mut());
        *libc::__errno_location() = errno;
        pid
    }
}

/// What runs in the child, up to its end or its becoming another program.
extern "C" fn child(data: *mut c_void) -> c_int {
    // SAFETY: `start` passes a `Shared` and waits until this has ended.
    let shared = unsafe { &mut *data.cast::<Shared<'_>>() };
    shared.step = Step::Setup;
    if prepare(shared).is_some() {
        shared.step = Step::Execute;
        // SAFETY: the arrays end with a null pointer, the strings with a NUL.
        unsafe { libc::execve(shared.program.path.as_ptr(), shared.arguments, shared.environment) };
    }
    // SAFETY: errno is the thread's, which waits; nothing of the parent's may run at the end.
    unsafe {
        ptr::write_volatile(&raw mut shared.errno, *libc::__errno_location());
        libc::_exit(127)
    }
}

fn check(result: c_int) -> Option<c_int> {
    (result >= 0).then_some(result)
}

fn prepare(shared: &mut Shared<'_>) -> Option<()> {
    let program = shared.program;
    if program.new_session {
        // SAFETY: no arguments.
        check(unsafe { libc::setsid() })?;
    }
    if let Some(group) = program.control_group {
        // SAFETY: one readable byte; "0" names the writer.
        check(unsafe { libc::write(group, c"0".as_ptr().cast(), 1) } as c_int)?;
    }
    place_descriptors(program.descriptors, shared.scratch)?;
    if program.takes_terminal {
        // SAFETY: takes numbers only.
        check(unsafe { libc::ioctl(0, libc::TIOCSCTTY, 0) })?;
    }
    become_user(program)?;
    if let Some(directory) = program.directory {
        shared.step = Step::Directory;
        // SAFETY: NUL-terminated.
        check(unsafe { libc::chdir(directory.as_ptr()) })?;
        shared.step = Step::Setup;
    }
    reset_signals(shared.changed_signals);
    Some(())
}

/// Gives each number its descriptor. Sources that lie among the numbers are moved above them
/// first, so that none is overwritten before it has been placed.
fn place_descriptors(descriptors: &[RawFd], scratch: *mut RawFd) -> Option<()> {
    let count = descriptors.len();
    // SAFETY: `scratch` is a copy of `descriptors`, which nobody else uses meanwhile; the other
    // calls take numbers only.
    unsafe {
        for index in 0..count {
            let source = *scratch.add(index);
            if source >= 0 && source < count as c_int && source != index as c_int {
                *scratch.add(index) =
                    check(libc::fcntl(source, libc::F_DUPFD_CLOEXEC, count as c_int))?;
            }
        }
        for index in 0..count {
            let (source, target) = (*scratch.add(index), index as c_int);
            if source == target {
                check(libc::fcntl(target, libc::F_SETFD, 0))?;
            } else if source >= 0 {
                check(libc::dup2(source, target))?;
            } else {
                libc::close(target);
            }
        }
        // A kernel without the call leaves what is not marked open, as it was for the parent.
        let flags = libc::CLOSE_RANGE_CLOEXEC;
        libc::syscall(libc::SYS_close_range, count as u32, u32::MAX, flags);
    }
    Some(())
}

fn become_user(program: &Program<'_>) -> Option<()> {
    if program.user.is_none() && program.group.is_none() {
        return Some(());
    }
    // The system calls themselves: those of libc would change every thread of the parent.
    // SAFETY: numbers only; no groups need no list.
    unsafe {
        // Fails for who may not; the next two say so where it matters.
        libc::syscall(libc::SYS_setgroups, 0, ptr::null::<libc::gid_t>());
        if let Some(group) = program.group {
            check(libc::syscall(libc::SYS_setgid, group) as c_int)?;
        }
        if let Some(user) = program.user {
            check(libc::syscall(libc::SYS_setuid, user) as c_int)?;
        }
    }
    Some(())
}

/// Default actions for the signals whose bits are set, and an empty mask.
fn reset_signals(mut changed: u64) {
    // SAFETY: plain data; what may not be changed refuses.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = libc::SIG_DFL;
        while changed != 0 {
            let signal = changed.trailing_zeros() as c_int + 1;
            libc::sigaction(signal, &action, ptr::null_mut());
            changed &= changed - 1;
        }
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &none, ptr::null_mut());
    }
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
    };

    use super::{CLOSED, Program, Started, Step, start, wait};

    fn program<'a>(arguments: &'a [CString], descriptors: &'a [RawFd]) -> Program<'a> {
        Program {
            path: &arguments[0],
            arguments,
            environment: &[],
            directory: None,
            descriptors,
            new_session: false,
            takes_terminal: false,
            user: None,
            group: None,
            control_group: None,
        }
    }

    fn words(words: &[&str]) -> Vec<CString> {
        words.iter().map(|word| CString::new(*word).unwrap()).collect()
    }

    fn code_of(started: &Started) -> Option<i32> {
        wait(started.pid, true).unwrap().unwrap().code
    }

    #[test]
    fn a_child_has_the_descriptors_it_was_given_and_no_others() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let arguments = words(&["/bin/sh", "-c", "echo /proc/self/fd/*; echo $0 >&3"]);
        // 1 and 3 change places with what the parent has there.
        let descriptors = [CLOSED, writer.as_raw_fd(), 2, writer.as_raw_fd()];
        let started = start(&program(&arguments, &descriptors)).unwrap();
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
        let missing = words(&["/no/such/program"]);
        let error = start(&program(&missing, &[0, 1, 2])).unwrap_err();
        assert_eq!((error.step, error.error.raw_os_error()), (Step::Execute, Some(libc::ENOENT)));
        let arguments = words(&["/bin/true"]);
        let mut nowhere = program(&arguments, &[0, 1, 2]);
        nowhere.directory = Some(c"/no/such/folder");
        assert_eq!(start(&nowhere).unwrap_err().step, Step::Directory);
        // Failed children leave no zombie of theirs; others of this test run are not ours.
    }

    #[test]
    fn a_child_starts_with_default_actions() {
        crate::signal::watch(libc::SIGUSR2).unwrap();
        let (mut reader, writer) = std::io::pipe().unwrap();
        let arguments = words(&["/bin/cat", "/proc/self/status"]);
        let started = start(&program(&arguments, &[0, writer.as_raw_fd(), 2])).unwrap();
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        crate::signal::unwatch(libc::SIGUSR2).unwrap();
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
        let arguments = words(&["/bin/sh", "-c", "exit 3"]);
        let started = start(&program(&arguments, &[0, 1, 2])).unwrap();
        assert_eq!(code_of(&started), Some(3));
        assert!(wait(started.pid, false).is_err());
        let arguments = words(&["/bin/sh", "-c", "kill -9 $$"]);
        let started = start(&program(&arguments, &[0, 1, 2])).unwrap();
        assert_eq!(wait(started.pid, true).unwrap().unwrap().signal, Some(9));
    }
}
