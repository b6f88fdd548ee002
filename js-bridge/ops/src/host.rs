//! What an operation may ask of the shard it runs on.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::HashMap,
    future::Future,
    rc::Rc,
};

use dx_reactor::Reactor;

use crate::{exception::Exception, value::Value};

/// The shard an operation runs on: its reactor, its tasks, and state kept by API crates.
pub struct Host {
    reactor: Reactor,
    state: RefCell<HashMap<TypeId, Rc<dyn Any>>>,
}

impl Host {
    /// A host on `reactor`.
    #[must_use]
    pub fn new(reactor: Reactor) -> Self {
        Self { reactor, state: RefCell::default() }
    }

    /// The shard's reactor.
    #[must_use]
    pub fn reactor(&self) -> &Reactor {
        &self.reactor
    }

    /// Runs a future on this shard.
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
}

/// Where the runtime receives settled operations and released handles.
pub trait Settle {
    /// Queues the answer of operation `id`; JavaScript sees it in the next batch.
    fn settle(&self, id: u32, answer: Result<Value, Exception>);
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
