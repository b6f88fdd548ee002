//! What all addons of one isolate share: the helpers in JavaScript, and the way back to its
//! thread for work that ends elsewhere.

use std::{
    cell::{OnceCell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
};

use dx_jsc::{Context, Global, Local};
use dx_ops::{Handle, Host};

use crate::native::Finalizer;

/// Something to do on the isolate's thread, in a turn of its own.
pub(crate) type Task = Box<dyn FnOnce(Context<'static>) -> Result<(), Local<'static>>>;

/// What addons of one isolate share.
#[derive(Default)]
pub(crate) struct Isolate {
    /// The list `helpers` of napi.js.
    pub(crate) helpers: OnceCell<Global>,
    host: OnceCell<Rc<Host>>,
    dispatch: OnceCell<Handle>,
    tasks: RefCell<VecDeque<Task>>,
    /// Data whose objects the collector has freed.
    pub(crate) freed: Arc<Freed>,
}

/// Finalizers that wait for the isolate's thread; the collector may be on any thread.
#[derive(Default)]
pub(crate) struct Freed {
    state: Mutex<(Vec<Finalizer>, Option<Waker>)>,
}

impl Freed {
    pub(crate) fn push(&self, finalizer: Finalizer) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.push(finalizer);
        if let Some(waker) = state.1.take() {
            waker.wake();
        }
    }

    async fn next(&self) -> Vec<Finalizer> {
        poll_fn(|context| {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.0.is_empty() {
                state.1 = Some(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(std::mem::take(&mut state.0))
        })
        .await
    }
}

impl Isolate {
    /// The isolate's host, once an addon has been loaded.
    pub(crate) fn host(&self) -> Option<&Rc<Host>> {
        self.host.get()
    }

    pub(crate) fn start(self: &Rc<Self>, host: &Rc<Host>) {
        if self.host.set(Rc::clone(host)).is_err() {
            return;
        }
        let isolate = Rc::clone(self);
        let freed = Arc::clone(&self.freed);
        host.spawn(async move {
            loop {
                let finalizers = freed.next().await;
                isolate
                    .post(Box::new(move |_| finalizers.into_iter().try_for_each(Finalizer::run)));
            }
        });
    }

    pub(crate) fn attach(&self, dispatch: Handle) {
        let _ = self.dispatch.set(dispatch);
    }

    /// Has a task run in the next batch, on this thread.
    pub(crate) fn post(&self, task: Task) {
        self.tasks.borrow_mut().push_back(task);
        if let (Some(host), Some(dispatch)) = (self.host.get(), self.dispatch.get()) {
            host.call(dispatch, Vec::new());
        }
    }

    /// Runs one task: each was posted with a call of its own, so that what one throws is
    /// reported and the next ones still run.
    pub(crate) fn run_one(&self, context: Context<'static>) -> Result<(), Local<'static>> {
        let task = self.tasks.borrow_mut().pop_front();
        task.map_or(Ok(()), |task| task(context))
    }
}
