//! Operations submitted by tasks: a slot for each, which collects completions and wakes.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use dx_driver::{Completion, Descriptor, Operation, Payload, Token};

use crate::{Due, Reactor, TimerKey};

/// The kind of tokens of tasks' operations.
pub(crate) const KIND: u8 = Token::RESERVED_KINDS;
/// The kind of tokens whose completions nobody waits for.
pub(crate) const KIND_IGNORED: u8 = Token::RESERVED_KINDS + 1;

#[derive(Default)]
struct Slot {
    generation: u32,
    waker: Option<Waker>,
    completions: VecDeque<Completion>,
    /// Whether the future is gone and what comes is to be disposed of.
    orphaned: bool,
    /// Whether the result of the operation is a descriptor.
    opens: bool,
}

/// The operations of all tasks.
#[derive(Default)]
pub(crate) struct Operations {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Operations {
    fn insert(&mut self, opens: bool) -> Token {
        let index = self.free.pop().unwrap_or(self.slots.len() as u32);
        if index as usize == self.slots.len() {
            self.slots.push(Slot::default());
        }
        let slot = &mut self.slots[index as usize];
        slot.orphaned = false;
        slot.opens = opens;
        Token::new(KIND, slot.generation, index)
    }

    fn get_mut(&mut self, token: Token) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(token.index() as usize)?;
        (slot.generation == token.generation()).then_some(slot)
    }

    fn release(&mut self, token: Token) {
        let Some(slot) = self.get_mut(token) else { return };
        slot.generation = (slot.generation + 1) % Token::GENERATIONS;
        slot.waker = None;
        slot.completions.clear();
        self.free.push(token.index());
    }
}

impl Reactor {
    /// A completion of a task's operation has come.
    pub(crate) fn operation_stepped(&self, completion: Completion) {
        let mut operations = self.0.operations.borrow_mut();
        let token = completion.token;
        let Some(slot) = operations.get_mut(token) else { return };
        if slot.orphaned {
            let opens = slot.opens;
            if !completion.more {
                operations.release(token);
            }
            drop(operations);
            return self.dispose(completion, opens);
        }
        slot.completions.push_back(completion);
        if let Some(waker) = slot.waker.take() {
            waker.wake();
        }
    }

    /// Closes what a completion brought and nobody takes.
    fn dispose(&self, completion: Completion, opens: bool) {
        let descriptor = match (completion.payload, completion.result) {
            (Payload::Socket(socket), _) => socket,
            (_, Ok(result)) if opens => Descriptor(result as i32),
            _ => return,
        };
        self.close(descriptor);
    }

    /// Closes a descriptor without waiting for the outcome. Its owner must not use it again.
    pub fn close(&self, descriptor: Descriptor) {
        // A number may be closed again before the completion of an earlier closing has come.
        let closings = &self.0.closings;
        closings.set(closings.get().wrapping_add(1));
        let token = Token::new(KIND_IGNORED, closings.get(), descriptor.0 as u32);
        self.submit_reserved(token, Operation::Close { descriptor });
    }
}

/// The completions of one operation of a task, in order. Dropping it cancels the operation.
#[must_use = "an operation starts when its first completion is asked for"]
pub struct Steps {
    reactor: Reactor,
    state: State,
}

enum State {
    Unsubmitted(Operation),
    InFlight(Token),
    Ended,
}

impl Steps {
    pub(crate) fn new(reactor: Reactor, operation: Operation) -> Self {
        Self { reactor, state: State::Unsubmitted(operation) }
    }

    /// Submits the operation now rather than at the first [`Steps::next`].
    pub fn start(&mut self) {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Unsubmitted(operation) => {
                let opens = matches!(operation, Operation::Open { .. });
                let token = self.reactor.0.operations.borrow_mut().insert(opens);
                self.state = State::InFlight(token);
                self.reactor.submit_reserved(token, operation);
            }
            other => self.state = other,
        }
    }

    /// Asks for the operation to end early; its completions are still to be taken.
    pub fn cancel(&self) {
        if let State::InFlight(token) = self.state {
            self.reactor.cancel(token);
        }
    }

    /// The next completion; `None` after the last.
    pub async fn next(&mut self) -> Option<Completion> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// The next completion, for hand-written futures; `None` after the last.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Completion>> {
        self.start();
        let State::InFlight(token) = self.state else { return Poll::Ready(None) };
        let mut operations = self.reactor.0.operations.borrow_mut();
        let Some(slot) = operations.get_mut(token) else { return Poll::Ready(None) };
        let Some(completion) = slot.completions.pop_front() else {
            match &mut slot.waker {
                Some(waker) => waker.clone_from(context.waker()),
                None => slot.waker = Some(context.waker().clone()),
            }
            return Poll::Pending;
        };
        if !completion.more {
            operations.release(token);
            self.state = State::Ended;
        }
        Poll::Ready(Some(completion))
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        let State::InFlight(token) = self.state else { return };
        let mut operations = self.reactor.0.operations.borrow_mut();
        let Some(slot) = operations.get_mut(token) else { return };
        slot.orphaned = true;
        slot.waker = None;
        let opens = slot.opens;
        let untaken = std::mem::take(&mut slot.completions);
        let ended = untaken.back().is_some_and(|completion| !completion.more);
        if ended {
            operations.release(token);
        }
        drop(operations);
        if !ended {
            self.reactor.cancel(token);
        }
        for completion in untaken {
            self.reactor.dispose(completion, opens);
        }
    }
}

/// Waits for the last completion of an operation.
#[must_use = "an operation starts when its future is polled"]
pub struct Operating(Steps);

impl Operating {
    pub(crate) fn new(steps: Steps) -> Self {
        Self(steps)
    }
}

impl Future for Operating {
    type Output = Completion;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Completion> {
        loop {
            match self.0.poll_next(context) {
                Poll::Ready(Some(completion)) if completion.more => {
                    let reactor = self.0.reactor.clone();
                    reactor.dispose(completion, false);
                }
                Poll::Ready(Some(completion)) => return Poll::Ready(completion),
                Poll::Ready(None) => panic!("an operation is not awaited again after its end"),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// The timer of a sleeping task, forgotten with the task.
pub(crate) struct SleepTimer {
    reactor: Reactor,
    key: Option<TimerKey>,
}

impl SleepTimer {
    pub(crate) fn new(reactor: Reactor) -> Self {
        Self { reactor, key: None }
    }

    pub(crate) fn set(&mut self, deadline_ns: u64, waker: Waker) {
        self.forget();
        self.key = Some(self.reactor.0.set_due(deadline_ns, Due::Wake(waker)));
    }

    fn forget(&mut self) {
        if let Some(key) = self.key.take() {
            self.reactor.cancel_timer(key);
        }
    }
}

impl Drop for SleepTimer {
    fn drop(&mut self) {
        self.forget();
    }
}
