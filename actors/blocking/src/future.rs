//! The result of a job, on its way back to the shard.

use std::{
    any::Any,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// Why a job has no result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BlockingError {
    /// It panicked, with this message.
    Panicked(String),
    /// The future was polled again after it had given its result.
    Taken,
}

impl BlockingError {
    pub(crate) fn from_panic(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self::Panicked(text.unwrap_or("no message").to_owned())
    }
}

impl fmt::Display for BlockingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(text) => write!(formatter, "a blocking job panicked: {text}"),
            Self::Taken => formatter.write_str("the result of a blocking job was taken before"),
        }
    }
}

impl std::error::Error for BlockingError {}

enum State<R> {
    Waiting(Option<Waker>),
    Done(Result<R, BlockingError>),
    Taken,
}

/// Where a thread leaves the result.
pub(crate) struct Slot<R> {
    state: Mutex<State<R>>,
}

impl<R> Slot<R> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State::Waiting(None)) })
    }

    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn fill(&self, result: Result<R, BlockingError>) {
        let before = std::mem::replace(&mut *self.lock(), State::Done(result));
        if let State::Waiting(Some(waker)) = before {
            waker.wake();
        }
    }
}

/// A job under way: a future of its result. Dropping it before a thread has begun the job
/// cancels it; after that the result is dropped.
#[must_use = "a job whose future is dropped may never run"]
pub struct Blocking<R> {
    slot: Arc<Slot<R>>,
}

impl<R> fmt::Debug for Blocking<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Blocking")
    }
}

impl<R> Blocking<R> {
    pub(crate) fn new(slot: Arc<Slot<R>>) -> Self {
        Self { slot }
    }
}

impl<R> Future for Blocking<R> {
    type Output = Result<R, BlockingError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.slot.lock();
        match &mut *state {
            State::Waiting(Some(waker)) => waker.clone_from(context.waker()),
            State::Waiting(waker) => *waker = Some(context.waker().clone()),
            State::Taken => return Poll::Ready(Err(BlockingError::Taken)),
            State::Done(_) => {
                return match std::mem::replace(&mut *state, State::Taken) {
                    State::Done(result) => Poll::Ready(result),
                    _ => Poll::Ready(Err(BlockingError::Taken)),
                };
            }
        }
        Poll::Pending
    }
}
