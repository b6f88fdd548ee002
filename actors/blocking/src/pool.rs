//! The threads and their queue.

use std::{
    collections::VecDeque,
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use dx_kernel::CpuSet;

use crate::{Blocking, BlockingError, JOBS_MAX, THREADS_MAX, future::Slot};

/// How a pool is made.
#[derive(Clone)]
pub struct PoolOptions {
    /// Threads at most, at least 1.
    pub threads: usize,
    /// Jobs queued and running at most, at least 1.
    pub jobs: usize,
    /// How long a thread waits for work before it ends.
    pub idle: Duration,
    /// Where threads may run. They would inherit the processor of the shard that starts them;
    /// the default is where the thread may run that makes the options.
    pub processors: Option<CpuSet>,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            threads: THREADS_MAX,
            jobs: JOBS_MAX,
            idle: Duration::from_secs(5),
            processors: CpuSet::current(),
        }
    }
}

/// Why a job was not taken; the closure comes back.
pub enum Refused<F> {
    /// As many jobs as the pool has credits are under way.
    Full(F),
    /// There is no thread and none could be started.
    NoThread(F, io::Error),
}

impl<F> Refused<F> {
    /// The closure.
    pub fn into_job(self) -> F {
        match self {
            Self::Full(job) | Self::NoThread(job, _) => job,
        }
    }
}

impl<F> fmt::Debug for Refused<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => formatter.write_str("Full"),
            Self::NoThread(_, error) => write!(formatter, "NoThread({error})"),
        }
    }
}

impl<F> fmt::Display for Refused<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => formatter.write_str("the pool for blocking calls is full"),
            Self::NoThread(_, error) => {
                write!(formatter, "no thread for a blocking call could be started: {error}")
            }
        }
    }
}

impl<F> std::error::Error for Refused<F> {}

/// What a pool has done so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PoolSnapshot {
    /// Threads there are.
    pub threads: usize,
    /// Threads waiting for work.
    pub idle: usize,
    /// Jobs waiting for a thread.
    pub queued: usize,
    /// Jobs under way, queued ones included.
    pub under_way: usize,
    /// Jobs that have ended, cancelled ones included.
    pub ended: u64,
    /// Jobs that panicked.
    pub panicked: u64,
    /// Jobs refused.
    pub refused: u64,
}

type Job = Box<dyn FnOnce() -> bool + Send>;

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    snapshot: PoolSnapshot,
    /// Numbers threads, for their names.
    started: u64,
    waiters: Vec<Waker>,
    closed: bool,
}

struct Shared {
    options: PoolOptions,
    state: Mutex<State>,
    work: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes the queue when the last handle of the pool is gone.
struct Closer(Arc<Shared>);

impl Drop for Closer {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.work.notify_all();
    }
}

/// A handle to the pool, for any thread; clones share it. When the last is dropped, the threads
/// end after what is queued.
#[derive(Clone)]
pub struct Pool {
    closer: Arc<Closer>,
}

impl Default for Pool {
    fn default() -> Self {
        Self::new(PoolOptions::default())
    }
}

impl Pool {
    /// A pool without threads yet.
    #[must_use]
    pub fn new(options: PoolOptions) -> Self {
        let options =
            PoolOptions { threads: options.threads.max(1), jobs: options.jobs.max(1), ..options };
        let shared = Shared { options, state: Mutex::default(), work: Condvar::new() };
        Self { closer: Arc::new(Closer(Arc::new(shared))) }
    }

    /// Runs `job` on a thread of the pool.
    ///
    /// # Errors
    /// The job, where the pool is full or cannot start a thread.
    pub fn run<R, F>(&self, job: F) -> Result<Blocking<R>, Refused<F>>
    where
        R: Send + 'static,
        F: FnOnce() -> R + Send + 'static,
    {
        let shared = &self.closer.0;
        let mut state = shared.lock();
        if state.snapshot.under_way >= shared.options.jobs {
            state.snapshot.refused += 1;
            return Err(Refused::Full(job));
        }
        let wanted = state.queue.len() >= state.snapshot.idle;
        if wanted
            && state.snapshot.threads < shared.options.threads
            && let Err(error) = start_thread(shared, &mut state)
            && state.snapshot.threads == 0
        {
            state.snapshot.refused += 1;
            return Err(Refused::NoThread(job, error));
        }
        state.snapshot.under_way += 1;
        let slot = Slot::new();
        state.queue.push_back(boxed(job, &slot));
        drop(state);
        shared.work.notify_one();
        Ok(Blocking::new(slot))
    }

    /// As [`Pool::run`], waiting for a credit.
    ///
    /// # Errors
    /// As [`BlockingError`]; a thread that cannot be started shows as
    /// [`BlockingError::Panicked`] with the reason.
    pub async fn run_when_free<R, F>(&self, job: F) -> Result<R, BlockingError>
    where
        R: Send + 'static,
        F: FnOnce() -> R + Send + 'static,
    {
        let mut job = Some(job);
        let blocking = std::future::poll_fn(|context| {
            let Some(untaken) = job.take() else { return Poll::Pending };
            match self.run(untaken) {
                Ok(blocking) => Poll::Ready(Ok(blocking)),
                Err(Refused::NoThread(_, error)) => {
                    Poll::Ready(Err(BlockingError::Panicked(error.to_string())))
                }
                Err(Refused::Full(untaken)) => {
                    job = Some(untaken);
                    let mut state = self.closer.0.lock();
                    state.waiters.push(context.waker().clone());
                    // A job may have ended since the refusal.
                    if state.snapshot.under_way < self.closer.0.options.jobs {
                        context.waker().wake_by_ref();
                    }
                    Poll::Pending
                }
            }
        });
        blocking.await?.await
    }

    /// What the pool has done so far.
    #[must_use]
    pub fn snapshot(&self) -> PoolSnapshot {
        let state = self.closer.0.lock();
        PoolSnapshot { queued: state.queue.len(), ..state.snapshot }
    }
}

/// The job with the way its result goes; says whether it panicked.
fn boxed<R, F>(job: F, slot: &Arc<Slot<R>>) -> Job
where
    R: Send + 'static,
    F: FnOnce() -> R + Send + 'static,
{
    let slot = Arc::clone(slot);
    Box::new(move || {
        if Arc::strong_count(&slot) == 1 {
            // Nobody waits for it any more.
            return false;
        }
        let result = catch_unwind(AssertUnwindSafe(job));
        let panicked = result.is_err();
        slot.fill(result.map_err(|panic| BlockingError::from_panic(&*panic)));
        panicked
    })
}

fn start_thread(shared: &Arc<Shared>, state: &mut State) -> io::Result<()> {
    state.started += 1;
    let name = format!("dx-block-{}", state.started);
    let thread = Arc::clone(shared);
    std::thread::Builder::new().name(name).spawn(move || serve(&thread))?;
    state.snapshot.threads += 1;
    Ok(())
}

/// A thread's life: jobs, until there has been none for a while.
fn serve(shared: &Shared) {
    if let Some(processors) = &shared.options.processors {
        // Bound to one processor it is slower, not wrong.
        let _ = processors.apply();
    }
    while let Some(job) = next_job(shared) {
        let panicked = job();
        let mut state = shared.lock();
        state.snapshot.panicked += u64::from(panicked);
        state.snapshot.ended += 1;
        state.snapshot.under_way -= 1;
        let waiters = std::mem::take(&mut state.waiters);
        drop(state);
        waiters.into_iter().for_each(Waker::wake);
    }
}

/// Waits for a job; `None` when the thread is to end, and then it is counted no more.
fn next_job(shared: &Shared) -> Option<Job> {
    let mut state = shared.lock();
    loop {
        if let Some(job) = state.queue.pop_front() {
            return Some(job);
        }
        let ends = state.closed;
        if !ends {
            state.snapshot.idle += 1;
            let waited = shared.work.wait_timeout(state, shared.options.idle);
            let (woken, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.snapshot.idle -= 1;
            if !timeout.timed_out() || !state.queue.is_empty() {
                continue;
            }
        }
        state.snapshot.threads -= 1;
        return None;
    }
}
