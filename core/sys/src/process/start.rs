//! Starting a child: the clone, what runs in it, and waiting until it has become its program.
//!
//! The child is made by `clone(CLONE_VM)`: it borrows the parent's memory until it has become
//! another program, and meanwhile the parent goes on. So what the child reads is in a [`Launch`],
//! which nobody frees before the kernel has said, by clearing a word in it, that the child is
//! through. The child uses a stack of its own and system calls without the C library, whose
//! `errno` is the parent's thread's; it allocates nothing and takes no lock. Signals are blocked
//! until it has its default actions, so that no handler of the parent ever runs in it.

use std::{
    ffi::{c_int, c_void},
    io,
    mem::{MaybeUninit, zeroed},
    os::fd::{FromRawFd, OwnedFd, RawFd},
    ptr::{self, NonNull},
    sync::atomic::{AtomicI32, AtomicU8, AtomicU32, Ordering},
};

use super::{Program, StartError, Started, Step, wait};
use crate::raw::{Outcome, call};

/// Pieces of 16 bytes of a child's stack; its calls need a few hundred bytes.
const STACK_PIECES: usize = 1024;

/// What a child on its way to its program reads, and the words it writes.
struct Launch {
    program: Program,
    scratch: Vec<RawFd>,
    /// What `signal::changed` said before the clone.
    changed_signals: u64,
    errno: AtomicI32,
    step: AtomicU8,
    /// 1 until the child is through; the kernel clears it then.
    under_way: AtomicU32,
    stack: Box<[MaybeUninit<u128>]>,
}

const STEPS: [Step; 4] = [Step::Clone, Step::Setup, Step::Directory, Step::Execute];

/// A child that may not have become its program yet. Dropping it waits until it has, or has ended.
#[derive(Debug)]
pub struct Starting {
    launch: NonNull<Launch>,
    pid: i32,
}

/// Makes a child, which becomes the program while the caller goes on.
///
/// # Errors
/// What `clone(2)` says. What the child meets on its way, [`Starting::finish`] tells.
pub fn begin(program: Program) -> Result<(Started, Starting), StartError> {
    let launch = Box::new(Launch {
        scratch: program.descriptors.clone(),
        program,
        changed_signals: crate::signal::changed(),
        errno: AtomicI32::new(0),
        step: AtomicU8::new(0),
        under_way: AtomicU32::new(1),
        stack: Box::new_uninit_slice(STACK_PIECES),
    });
    let launch = NonNull::from(Box::leak(launch));
    let mut pidfd: RawFd = -1;
    let pid = clone_child(launch, &mut pidfd);
    if pid < 0 {
        let error = io::Error::last_os_error();
        // SAFETY: leaked above, and there is no child that could use it.
        drop(unsafe { Box::from_raw(launch.as_ptr()) });
        return Err(StartError { error, step: Step::Clone });
    }
    // SAFETY: made by the clone, and owned by nobody else.
    let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
    Ok((Started { pid, pidfd }, Starting { launch, pid }))
}

/// Starts a program. Returns when the child has become it.
///
/// # Errors
/// What the child met on its way; it is gone then and leaves no zombie.
pub fn start(program: Program) -> Result<Started, StartError> {
    let (started, starting) = begin(program)?;
    starting.finish()?;
    Ok(started)
}

impl Starting {
    fn launch(&self) -> &Launch {
        // SAFETY: lives until this is dropped; what the child writes meanwhile is atomic, but for
        // `scratch` and the stack, which are not looked at.
        unsafe { self.launch.as_ref() }
    }

    /// Whether the child has become its program, or failed to.
    #[must_use]
    pub fn is_through(&self) -> bool {
        self.launch().under_way.load(Ordering::Acquire) == 0
    }

    fn wait_through(&self) {
        let word = &self.launch().under_way;
        while !self.is_through() {
            // The kernel's own waking is not of the private kind, so neither is the waiting.
            // SAFETY: the word outlives the call; no timeout is passed.
            unsafe {
                let timeout = ptr::null::<libc::timespec>();
                libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, 1, timeout);
            }
        }
    }

    /// Waits until the child has become its program. One that did not is taken leave of.
    ///
    /// # Errors
    /// What the child met on its way.
    pub fn finish(self) -> Result<(), StartError> {
        let failed = self.failure();
        if failed.is_some() {
            let _ = wait(self.pid, true);
        }
        failed.map_or(Ok(()), Err)
    }

    /// As [`Starting::finish`], of a child that somebody takes leave of: what it met.
    #[must_use]
    pub fn failure(&self) -> Option<StartError> {
        self.wait_through();
        let launch = self.launch();
        let errno = launch.errno.load(Ordering::Acquire);
        let step = STEPS[usize::from(launch.step.load(Ordering::Acquire)) % STEPS.len()];
        (errno != 0).then(|| StartError { error: io::Error::from_raw_os_error(errno), step })
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        self.wait_through();
        // SAFETY: leaked by `begin`, and the child has left this memory.
        drop(unsafe { Box::from_raw(self.launch.as_ptr()) });
    }
}

/// Clones with all signals blocked; the child's number, or -1 with errno set.
fn clone_child(launch: NonNull<Launch>, pidfd: &mut RawFd) -> c_int {
    let flags = libc::CLONE_VM | libc::CLONE_PIDFD | libc::CLONE_CHILD_CLEARTID | libc::SIGCHLD;
    // SAFETY: the launch outlives the child's use of this memory, its stack is used by nobody
    // else; `pidfd` is written before the call returns; the masks are plain data.
    unsafe {
        let mut all: libc::sigset_t = zeroed();
        let mut old: libc::sigset_t = zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut old);
        let stack = &raw mut *(*launch.as_ptr()).stack;
        let top = stack.cast::<u128>().add(STACK_PIECES).cast::<c_void>();
        let word = (*launch.as_ptr()).under_way.as_ptr();
        let data = launch.as_ptr().cast::<c_void>();
        let no_storage = ptr::null_mut::<c_void>();
        let pid = libc::clone(child, top, flags, data, ptr::from_mut(pidfd), no_storage, word);
        let errno = *libc::__errno_location();
        libc::pthread_sigmask(libc::SIG_SETMASK, &old, ptr::null_mut());
        *libc::__errno_location() = errno;
        pid
    }
}

/// What runs in the child, up to its end or its becoming another program.
extern "C" fn child(data: *mut c_void) -> c_int {
    let launch = data.cast::<Launch>();
    // SAFETY: `begin` passes a `Launch` that stays until the child is through; the parent reads
    // the atomics only, and `scratch` is the child's alone.
    unsafe {
        let scratch = (*launch).scratch.as_mut_ptr();
        let launch = &*launch;
        launch.at(Step::Setup);
        let failed = match prepare(launch, scratch) {
            Ok(_) => {
                launch.at(Step::Execute);
                let path = launch.program.path.as_ptr() as usize;
                let arguments = launch.program.arguments.pointers() as usize;
                let environment = launch.program.environment.pointers() as usize;
                call(libc::SYS_execve, [path, arguments, environment, 0])
            }
            failed => failed,
        };
        launch.errno.store(failed.err().unwrap_or(0), Ordering::Release);
        let _ = call(libc::SYS_exit, [127, 0, 0, 0]);
    }
    127
}

impl Launch {
    fn at(&self, step: Step) {
        let place = match step {
            Step::Clone => 0,
            Step::Setup => 1,
            Step::Directory => 2,
            Step::Execute => 3,
        };
        self.step.store(place, Ordering::Release);
    }
}

/// # Safety
/// Runs in the child; `scratch` is as long as the list of descriptors.
unsafe fn prepare(launch: &Launch, scratch: *mut RawFd) -> Outcome {
    let program = &launch.program;
    // SAFETY: numbers, and strings that end with a NUL.
    unsafe {
        if program.new_session {
            call(libc::SYS_setsid, [0; 4])?;
        }
        if let Some(group) = program.control_group {
            // "0" names the writer.
            call(libc::SYS_write, [group as usize, c"0".as_ptr() as usize, 1, 0])?;
        }
        place_descriptors(scratch, program.descriptors.len())?;
        if program.takes_terminal {
            call(libc::SYS_ioctl, [0, libc::TIOCSCTTY as usize, 0, 0])?;
        }
        become_user(program)?;
        if let Some(directory) = &program.directory {
            launch.at(Step::Directory);
            call(libc::SYS_chdir, [directory.as_ptr() as usize, 0, 0, 0])?;
            launch.at(Step::Setup);
        }
        Ok(reset_signals(launch.changed_signals))
    }
}

/// Gives each number its descriptor. Sources that lie among the numbers are moved above them
/// first, so that none is overwritten before it has been placed.
///
/// # Safety
/// Runs in the child; `scratch` holds `count` descriptors and is nobody else's.
unsafe fn place_descriptors(scratch: *mut RawFd, count: usize) -> Outcome {
    // SAFETY: within the list, as the caller says; the calls take numbers only.
    unsafe {
        for index in 0..count {
            let source = *scratch.add(index);
            if source >= 0 && (source as usize) < count && source as usize != index {
                let duplicate = libc::F_DUPFD_CLOEXEC as usize;
                let moved = call(libc::SYS_fcntl, [source as usize, duplicate, count, 0])?;
                *scratch.add(index) = moved as RawFd;
            }
        }
        for index in 0..count {
            let source = *scratch.add(index);
            if source < 0 {
                let _ = call(libc::SYS_close, [index, 0, 0, 0]);
            } else if source as usize == index {
                call(libc::SYS_fcntl, [index, libc::F_SETFD as usize, 0, 0])?;
            } else {
                call(libc::SYS_dup3, [source as usize, index, 0, 0])?;
            }
        }
        // A kernel without the call leaves what is not marked open, as it was for the parent.
        let flags = libc::CLOSE_RANGE_CLOEXEC as usize;
        Ok(call(libc::SYS_close_range, [count, u32::MAX as usize, flags, 0]).unwrap_or(0))
    }
}

/// # Safety
/// Runs in the child.
unsafe fn become_user(program: &Program) -> Outcome {
    if program.user.is_none() && program.group.is_none() {
        return Ok(0);
    }
    // SAFETY: numbers only; no groups need no list.
    unsafe {
        // Fails for who may not; the next two say so where it matters.
        let _ = call(libc::SYS_setgroups, [0; 4]);
        if let Some(group) = program.group {
            call(libc::SYS_setgid, [group as usize, 0, 0, 0])?;
        }
        if let Some(user) = program.user {
            call(libc::SYS_setuid, [user as usize, 0, 0, 0])?;
        }
    }
    Ok(0)
}

/// What `rt_sigaction(2)` takes: the default action, no flags, nothing blocked.
static DEFAULT_ACTION: [u64; 4] = [0; 4];
/// Bytes of the kernel's set of signals.
const SIGNAL_SET_BYTES: usize = 8;

/// Default actions for the signals whose bits are set, and an empty mask; how many there were.
///
/// # Safety
/// Runs in the child.
unsafe fn reset_signals(changed: u64) -> usize {
    let mut left = changed;
    // SAFETY: plain data of the kernel's sizes; what may not be changed refuses.
    unsafe {
        while left != 0 {
            let signal = left.trailing_zeros() as usize + 1;
            let action = (&raw const DEFAULT_ACTION) as usize;
            let _ = call(libc::SYS_rt_sigaction, [signal, action, 0, SIGNAL_SET_BYTES]);
            left &= left - 1;
        }
        let none = 0_u64;
        let mask = (&raw const none) as usize;
        let how = libc::SIG_SETMASK as usize;
        let _ = call(libc::SYS_rt_sigprocmask, [how, mask, 0, SIGNAL_SET_BYTES]);
    }
    changed.count_ones() as usize
}
