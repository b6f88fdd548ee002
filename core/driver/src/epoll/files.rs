//! File operations for a kernel without a ring: a few threads that may block.
//!
//! Threads are started when there is more work than idle threads, up to [`FILE_THREADS_MAX`],
//! and end with the driver. A job owns all it touches, so a thread that is stuck on a hung disk
//! keeps nothing of the driver.

use std::{
    collections::VecDeque,
    ffi::CString,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use dx_sys::file;

use crate::{Completion, Doorbell, FileStatus, Outgoing, Payload, Token, bell::Bell};

/// Threads of one driver. Enough for a disk to have something to sort, and few enough that a
/// shard on each of many cores does not make hundreds.
pub(crate) const FILE_THREADS_MAX: usize = 4;

/// What a thread is to do.
pub(super) enum Job {
    Read { file: i32, offset: u64, into: Vec<u8> },
    Write { file: i32, offset: u64, bytes: Outgoing, from: usize },
    Sync { file: i32, data_only: bool },
    Open { path: CString, flags: i32, mode: u32 },
    Status { path: CString, follow: bool },
}

/// What comes of it.
enum Yield {
    None,
    Outgoing(Outgoing),
    Incoming(Vec<u8>),
    Status(Box<FileStatus>),
}

struct Done {
    token: Token,
    result: Result<u32, i32>,
    yielded: Yield,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<(Token, Job)>,
    done: Vec<Done>,
    threads: usize,
    idle: usize,
    closing: bool,
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    bell: Arc<Bell>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The threads of one driver.
pub(super) struct FileThreads(Arc<Shared>);

impl FileThreads {
    pub(super) fn new(bell: Arc<Bell>) -> Self {
        Self(Arc::new(Shared { state: Mutex::default(), work: Condvar::new(), bell }))
    }

    /// Queues a job.
    pub(super) fn submit(&self, token: Token, job: Job) {
        let mut state = self.0.lock();
        state.jobs.push_back((token, job));
        if state.idle < state.jobs.len() && state.threads < FILE_THREADS_MAX {
            let shared = self.0.clone();
            let started = std::thread::Builder::new()
                .name("dx-file".into())
                .stack_size(128 * 1024)
                .spawn(move || work(&shared));
            match started {
                Ok(_) => state.threads += 1,
                Err(error) if state.threads == 0 => {
                    // Nobody to do it: the newest job ends with the reason.
                    if let Some((token, job)) = state.jobs.pop_back() {
                        state.done.push(unfinished(token, job, errno(&error)));
                    }
                    return;
                }
                Err(_) => {}
            }
        }
        drop(state);
        self.0.work.notify_one();
    }

    /// Takes back a job no thread has begun.
    pub(super) fn cancel(&self, token: Token) {
        let mut state = self.0.lock();
        if let Some(place) = state.jobs.iter().position(|(queued, _)| *queued == token)
            && let Some((token, job)) = state.jobs.remove(place)
        {
            state.done.push(unfinished(token, job, libc::ECANCELED));
        }
    }

    /// As [`FileThreads::cancel`], for all of them.
    pub(super) fn cancel_all(&self) {
        let mut state = self.0.lock();
        let State { jobs, done, .. } = &mut *state;
        done.extend(jobs.drain(..).map(|(token, job)| unfinished(token, job, libc::ECANCELED)));
    }

    /// Whether there is something to collect.
    pub(super) fn has_done(&self) -> bool {
        !self.0.lock().done.is_empty()
    }

    /// Hands over what has ended; how many.
    pub(super) fn collect(&self, completions: &mut VecDeque<Completion>) -> usize {
        let done = std::mem::take(&mut self.0.lock().done);
        let count = done.len();
        completions.extend(done.into_iter().map(|done| Completion {
            token: done.token,
            result: done.result.map_err(io::Error::from_raw_os_error),
            more: false,
            payload: match done.yielded {
                Yield::None => Payload::None,
                Yield::Outgoing(bytes) => Payload::Outgoing(bytes),
                Yield::Incoming(bytes) => Payload::Incoming(bytes),
                Yield::Status(status) => Payload::Status(status),
            },
        }));
        count
    }
}

impl Drop for FileThreads {
    fn drop(&mut self) {
        self.0.lock().closing = true;
        self.0.work.notify_all();
    }
}

fn work(shared: &Shared) {
    let mut state = shared.lock();
    loop {
        if let Some((token, job)) = state.jobs.pop_front() {
            drop(state);
            let done = run(token, job);
            state = shared.lock();
            state.done.push(done);
            if state.done.len() == 1 {
                shared.bell.ring();
            }
        } else if state.closing {
            return;
        } else {
            state.idle += 1;
            state = shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}

fn errno(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EIO)
}

/// A call again until no signal interrupts it, as the ring's operations are not either.
fn uninterrupted<R>(mut call: impl FnMut() -> io::Result<R>) -> Result<R, i32> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result.map_err(|error| errno(&error)),
        }
    }
}

fn run(token: Token, job: Job) -> Done {
    let (result, yielded) = match job {
        Job::Read { file, offset, mut into } => {
            let result = uninterrupted(|| file::read(file, into.spare_capacity_mut(), offset));
            let result = result.map(|count| filled(&mut into, count));
            (result, Yield::Incoming(into))
        }
        Job::Write { file, offset, bytes, from } => {
            let rest = bytes.as_slice().get(from..).unwrap_or(&[]);
            let result = uninterrupted(|| file::write(file, rest, offset));
            (result.map(|count| count as u32), Yield::Outgoing(bytes))
        }
        Job::Sync { file, data_only } => {
            (uninterrupted(|| file::sync(file, data_only)).map(|()| 0), Yield::None)
        }
        Job::Open { path, flags, mode } => {
            let result = uninterrupted(|| file::open(&path, flags, mode));
            (result.map(|descriptor| descriptor as u32), Yield::None)
        }
        Job::Status { path, follow } => {
            match uninterrupted(|| file::status_of_path(&path, follow)) {
                Ok(status) => (Ok(0), Yield::Status(Box::new(FileStatus::from(&status)))),
                Err(errno) => (Err(errno), Yield::None),
            }
        }
    };
    Done { token, result, yielded }
}

/// Lengthens a vector by what a read has put into its spare capacity.
pub(super) fn filled(into: &mut Vec<u8>, count: usize) -> u32 {
    let len = into.len() + count;
    assert!(len <= into.capacity(), "a read brings no more than it was given room for");
    // SAFETY: within the capacity, and the kernel has written up to there.
    unsafe { into.set_len(len) };
    count as u32
}

/// A job that ends before a thread has begun it.
fn unfinished(token: Token, job: Job, errno: i32) -> Done {
    let yielded = match job {
        Job::Read { into, .. } => Yield::Incoming(into),
        Job::Write { bytes, .. } => Yield::Outgoing(bytes),
        Job::Sync { .. } | Job::Open { .. } | Job::Status { .. } => Yield::None,
    };
    Done { token, result: Err(errno), yielded }
}
