//! What native code has for JavaScript: answers, calls, and the values it holds meanwhile.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    rc::Rc,
};

use dx_jsc::{Context, Global, Local};
use dx_ops::{Exception, Handle, Settle, Value};
use dx_reactor::Reactor;

use crate::state::{Slot, State};

/// An operation's answer, on its way to JavaScript.
pub(crate) struct Answer {
    pub(crate) id: u32,
    pub(crate) answer: Result<Value, Exception>,
}

/// A call of a held function, on its way to JavaScript.
pub(crate) struct QueuedCall {
    pub(crate) function: Handle,
    pub(crate) arguments: Vec<Value>,
}

#[derive(Default)]
struct Held {
    values: Vec<Option<Global>>,
    free: Vec<u32>,
}

/// The queue between operations and the event loop of one isolate.
pub(crate) struct Queue {
    state: State,
    /// Told not to wait when its tasks queue something.
    reactor: Reactor,
    answers: RefCell<Vec<Answer>>,
    calls: RefCell<Vec<QueuedCall>>,
    held: RefCell<Held>,
    /// Unanswered operations that keep the loop alive.
    awaited: Cell<usize>,
    unreferenced: RefCell<HashSet<u32>>,
    /// Set when the program asked to end, with its exit code.
    exit_code: Cell<Option<i32>>,
    /// Whether the end of the program is the end of the process.
    ends_process: bool,
    /// Whether the program was ended by force.
    terminated: Cell<bool>,
}

impl Queue {
    pub(crate) fn new(state: State, reactor: Reactor, ends_process: bool) -> Self {
        Self {
            state,
            reactor,
            answers: RefCell::default(),
            calls: RefCell::default(),
            held: RefCell::default(),
            awaited: Cell::new(0),
            unreferenced: RefCell::default(),
            exit_code: Cell::new(None),
            ends_process,
            terminated: Cell::new(false),
        }
    }

    /// The exit code, once the program asked to end.
    pub(crate) fn exit_code(&self) -> Option<i32> {
        self.exit_code.get()
    }

    /// Whether the program was ended by force: nothing of it may run any more.
    pub(crate) fn is_terminated(&self) -> bool {
        self.terminated.get()
    }

    /// Whether the program has just asked to end and the process goes on: what it still runs is
    /// to be terminated. Says so once.
    pub(crate) fn must_halt(&self) -> bool {
        let asked = self.exit_code.get().is_some() && !self.ends_process;
        asked && !self.terminated.replace(true)
    }

    /// Notes that the program is ended by force.
    pub(crate) fn terminate(&self, code: i32) {
        self.terminated.set(true);
        self.end(code);
    }

    fn end(&self, code: i32) {
        self.exit_code.set(Some(code));
        self.state.set(Slot::Ended, 1.0);
    }

    /// Counts an operation that has begun.
    pub(crate) fn begin(&self) {
        self.awaited.set(self.awaited.get() + 1);
    }

    pub(crate) fn awaited(&self) -> usize {
        self.awaited.get()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.answers.borrow().is_empty() && self.calls.borrow().is_empty()
    }

    pub(crate) fn take_answers(&self) -> Vec<Answer> {
        self.answers.take()
    }

    pub(crate) fn take_calls(&self) -> Vec<QueuedCall> {
        self.calls.take()
    }

    /// Takes back the answer of an operation that failed to begin: its exception is thrown.
    pub(crate) fn retract(&self, id: u32) {
        let mut answers = self.answers.borrow_mut();
        match answers.iter().rposition(|answer| answer.id == id) {
            Some(position) => drop(answers.remove(position)),
            None => self.awaited.set(self.awaited.get().saturating_sub(1)),
        }
    }

    /// Keeps a value alive until the handle and its clones are dropped.
    pub(crate) fn hold<'vm>(self: &Rc<Self>, context: Context<'vm>, value: Local<'vm>) -> Handle {
        let kept = Some(value.protect(context));
        let mut held = self.held.borrow_mut();
        let index = match held.free.pop() {
            Some(index) => {
                held.values[index as usize] = kept;
                index
            }
            None => {
                held.values.push(kept);
                held.values.len() as u32 - 1
            }
        };
        Handle::new(index, Rc::clone(self) as Rc<dyn Settle>)
    }

    /// The value behind a handle.
    pub(crate) fn held<'vm>(&self, context: Context<'vm>, handle: &Handle) -> Local<'vm> {
        match self.held.borrow().values.get(handle.index() as usize) {
            Some(Some(value)) => value.get(context),
            _ => context.undefined(),
        }
    }

    /// Lets go of everything; for teardown.
    pub(crate) fn clear(&self) {
        drop(self.take_calls());
        drop(self.take_answers());
        let values = std::mem::take(&mut self.held.borrow_mut().values);
        drop(values);
    }
}

impl Settle for Queue {
    fn settle(&self, id: u32, answer: Result<Value, Exception>) {
        if !self.unreferenced.borrow_mut().remove(&id) {
            self.awaited.set(self.awaited.get().saturating_sub(1));
        }
        self.answers.borrow_mut().push(Answer { id, answer });
        self.reactor.hurry();
    }

    fn call(&self, function: Handle, arguments: Vec<Value>) {
        self.calls.borrow_mut().push(QueuedCall { function, arguments });
        self.reactor.hurry();
    }

    fn keep_alive(&self, id: u32, alive: bool) {
        let mut unreferenced = self.unreferenced.borrow_mut();
        if alive && unreferenced.remove(&id) {
            self.awaited.set(self.awaited.get() + 1);
        } else if !alive && unreferenced.insert(id) {
            self.awaited.set(self.awaited.get().saturating_sub(1));
        }
    }

    fn exit(&self, code: i32) {
        self.end(code);
        if self.ends_process {
            let _closed = std::io::Write::flush(&mut std::io::stdout());
            dx_sys::exit::now(code);
        }
    }

    fn release(&self, handle: u32) {
        let mut held = self.held.borrow_mut();
        if let Some(value) = held.values.get_mut(handle as usize) {
            let released = value.take();
            held.free.push(handle);
            drop(held);
            drop(released);
        }
    }
}
