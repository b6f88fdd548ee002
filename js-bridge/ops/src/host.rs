//! What an operation may ask of the shard it runs on.

use std::{
    any::{Any, TypeId},
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    future::Future,
    hash::{BuildHasherDefault, Hasher},
    rc::Rc,
};

use dx_reactor::{Event, Reactor};

use crate::{exception::Exception, value::Value};

/// Hashes a type's id by the 64 bits it consists of, which are a hash already.
#[derive(Default)]
struct TypeHasher(u64);

impl Hasher for TypeHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, id: u64) {
        self.0 = id;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Handles the reactor's events of one token kind.
type EventHandler = Rc<dyn Fn(&Host, Event)>;

/// The shard an operation runs on: its reactor, its tasks, and state kept by API crates.
pub struct Host {
    reactor: Reactor,
    state: RefCell<HashMap<TypeId, Rc<dyn Any>, BuildHasherDefault<TypeHasher>>>,
    settle: OnceCell<Rc<dyn Settle>>,
    alive: Rc<Cell<usize>>,
    handlers: RefCell<HashMap<u8, EventHandler>>,
    dispatches: RefCell<Vec<Registration>>,
    generation: Cell<u64>,
}

/// A native queue whose items JavaScript takes in batches, once a turn.
///
/// The source writes descriptors of the items into memory shared with JavaScript
/// ([`Value::Shared`]) and tells how many; the registered function is called with that count.
pub trait Dispatch {
    /// Prepares the next batch and returns how many items it has; zero when there is none.
    fn take(&self) -> u32;
    /// Called after JavaScript has seen a batch and its microtasks have run: the place to send
    /// what the batch has written.
    fn flush(&self) {}
}

/// One registered [`Dispatch`].
#[derive(Clone)]
pub struct Registration {
    /// The JavaScript function that takes a batch.
    pub function: Handle,
    /// Where batches come from.
    pub source: Rc<dyn Dispatch>,
    number: u64,
}

impl Host {
    /// A host on `reactor`.
    #[must_use]
    pub fn new(reactor: Reactor) -> Self {
        Self {
            reactor,
            state: RefCell::default(),
            settle: OnceCell::new(),
            alive: Rc::default(),
            handlers: RefCell::default(),
            dispatches: RefCell::default(),
            generation: Cell::new(0),
        }
    }

    /// For the runtime: where calls of JavaScript go. The first one stays.
    pub fn attach(&self, settle: Rc<dyn Settle>) {
        let _ = self.settle.set(settle);
    }

    /// The shard's reactor.
    #[must_use]
    pub fn reactor(&self) -> &Reactor {
        &self.reactor
    }

    /// Runs a future on this shard. Does not keep the event loop alive by itself: an
    /// unanswered [`Deferred`] does, and so does [`Host::keep_alive`].
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.reactor.spawn(task);
    }

    /// The shard's one value of type `T`, made by `Default` when first asked for.
    #[must_use]
    pub fn state<T: Default + 'static>(&self) -> Rc<T> {
        let entry = Rc::clone(
            self.state
                .borrow_mut()
                .entry(TypeId::of::<T>())
                .or_insert_with(|| Rc::new(T::default())),
        );
        entry.downcast::<T>().unwrap_or_else(|_| unreachable!("keyed by its own type"))
    }

    /// Keeps the event loop running until the answer is dropped.
    #[must_use]
    pub fn keep_alive(&self) -> KeepAlive {
        self.alive().keep_alive()
    }

    /// What makes [`KeepAlive`]s where no host is at hand.
    #[must_use]
    pub fn alive(&self) -> Alive {
        Alive(Rc::clone(&self.alive))
    }

    /// For the runtime: how many [`KeepAlive`]s there are.
    #[must_use]
    pub fn kept_alive(&self) -> usize {
        self.alive.get()
    }

    /// Calls a JavaScript function in this turn's next batch, nextTicks and microtasks
    /// following. Exceptions are reported as uncaught.
    pub fn call(&self, function: &Handle, arguments: Vec<Value>) {
        if let Some(settle) = self.settle.get() {
            settle.call(function.clone(), arguments);
        }
    }

    /// Ends the program with an exit code: at once where the isolate owns the process, otherwise
    /// when the current turn ends.
    pub fn exit(&self, code: i32) {
        if let Some(settle) = self.settle.get() {
            settle.exit(code);
        }
    }

    /// What ends the program from where no host is at hand.
    #[must_use]
    pub fn exit_handle(&self) -> ExitHandle {
        ExitHandle(self.settle.get().cloned())
    }

    /// Hands the reactor's events whose token is of `kind` to `handler`; one handler a kind,
    /// the last one set counts.
    pub fn on_event(&self, kind: u8, handler: impl Fn(&Self, Event) + 'static) {
        self.handlers.borrow_mut().insert(kind, Rc::new(handler));
    }

    /// For the runtime: handles one event of the reactor. An event nobody waits for is dropped.
    pub fn handle_event(&self, event: Event) {
        let kind = match &event {
            Event::Completion(completion) => completion.token.kind(),
            Event::Timer(token) => token.kind(),
        };
        let handler = self.handlers.borrow().get(&kind).cloned();
        if let Some(handler) = handler {
            handler(self, event);
        }
    }

    /// Registers a source of batches, asked once a turn from now on. Keep the loop alive with
    /// [`Host::keep_alive`] for as long as batches are to be waited for.
    pub fn register_dispatch(&self, function: Handle, source: Rc<dyn Dispatch>) -> DispatchKey {
        let number = self.generation.get();
        self.generation.set(number + 1);
        self.dispatches.borrow_mut().push(Registration { function, source, number });
        DispatchKey(number)
    }

    /// Forgets a source of batches.
    pub fn unregister_dispatch(&self, key: DispatchKey) {
        self.dispatches.borrow_mut().retain(|registration| registration.number != key.0);
    }

    /// For the runtime: the registered source at `index`.
    #[must_use]
    pub fn registration(&self, index: usize) -> Option<Registration> {
        self.dispatches.borrow().get(index).cloned()
    }
}

/// Names a registered source of batches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DispatchKey(u64);

/// Makes [`KeepAlive`]s, as [`Host::keep_alive`] does.
pub struct Alive(Rc<Cell<usize>>);

impl Alive {
    /// As [`Host::keep_alive`].
    #[must_use]
    pub fn keep_alive(&self) -> KeepAlive {
        self.0.set(self.0.get() + 1);
        KeepAlive(Rc::clone(&self.0))
    }
}

impl std::fmt::Debug for Alive {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Alive({})", self.0.get())
    }
}

/// Ends the program of one host.
#[derive(Clone)]
pub struct ExitHandle(Option<Rc<dyn Settle>>);

impl ExitHandle {
    /// As [`Host::exit`].
    pub fn exit(&self, code: i32) {
        if let Some(settle) = &self.0 {
            settle.exit(code);
        }
    }
}

impl std::fmt::Debug for ExitHandle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ExitHandle")
    }
}

/// Keeps the event loop running until dropped.
pub struct KeepAlive(Rc<Cell<usize>>);

impl Drop for KeepAlive {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl std::fmt::Debug for KeepAlive {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeepAlive")
    }
}

/// Where the runtime receives settled operations, calls and released handles.
pub trait Settle {
    /// Queues the answer of operation `id`; JavaScript sees it in the next batch.
    fn settle(&self, id: u32, answer: Result<Value, Exception>);
    /// Queues a call of a held function.
    fn call(&self, function: Handle, arguments: Vec<Value>);
    /// Says whether operation `id` keeps the event loop alive; every operation does at first.
    fn keep_alive(&self, id: u32, alive: bool);
    /// Ends the program.
    fn exit(&self, code: i32);
    /// Releases a held value.
    fn release(&self, handle: u32);
}

/// The right, and the duty, to answer one asynchronous operation. Dropped without an answer, it
/// rejects with an error that says so.
pub struct Deferred {
    id: u32,
    settle: Option<Rc<dyn Settle>>,
}

impl Deferred {
    /// For the runtime: the answer of operation `id` goes to `settle`.
    #[must_use]
    pub fn new(id: u32, settle: Rc<dyn Settle>) -> Self {
        Self { id, settle: Some(settle) }
    }

    /// Answers the operation.
    pub fn settle(mut self, answer: Result<Value, Exception>) {
        if let Some(settle) = self.settle.take() {
            settle.settle(self.id, answer);
        }
    }

    /// Lets the event loop end while this operation waits (as `unref()` in JavaScript).
    pub fn let_loop_end(&self) {
        if let Some(settle) = &self.settle {
            settle.keep_alive(self.id, false);
        }
    }
}

impl Drop for Deferred {
    fn drop(&mut self) {
        if let Some(settle) = self.settle.take() {
            let message = "The operation was abandoned before it finished";
            settle.settle(self.id, Err(Exception::new(crate::ErrorClass::Error, message)));
        }
    }
}

/// A JavaScript value kept alive by native code; released when the last clone is dropped.
#[derive(Clone)]
pub struct Handle(Rc<HeldValue>);

struct HeldValue {
    index: u32,
    settle: Rc<dyn Settle>,
}

impl Handle {
    /// For the runtime: the value it keeps under `index`.
    #[must_use]
    pub fn new(index: u32, settle: Rc<dyn Settle>) -> Self {
        Self(Rc::new(HeldValue { index, settle }))
    }

    /// For the runtime: where it keeps the value.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.0.index
    }
}

impl Drop for HeldValue {
    fn drop(&mut self) {
        self.settle.release(self.index);
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Handle({})", self.0.index)
    }
}
