//! Thread-safe functions: calls of JavaScript that other threads ask for.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    ffi::c_void,
    future::poll_fn,
    rc::Rc,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use dx_jsc::{Global, Local};
use dx_ops::KeepAlive;

use crate::{
    env::{Env, Finalize, RawEnv, Value, enter, local, put},
    status::Status,
};

type CallJs = unsafe extern "C" fn(RawEnv, Value, *mut c_void, *mut c_void);

/// `napi_threadsafe_function`: what any thread may touch.
pub(crate) struct Threadsafe {
    shared: Mutex<Shared>,
    room: Condvar,
    limit: usize,
    context: *mut c_void,
    /// For the isolate's thread alone.
    own: Own,
}

struct Own {
    env: &'static Env,
    function: RefCell<Option<Global>>,
    call: Option<CallJs>,
    finalizer: Option<(Finalize, *mut c_void)>,
    alive: RefCell<Option<KeepAlive>>,
    ended: Cell<bool>,
}

#[derive(Default)]
struct Shared {
    queue: VecDeque<Item>,
    threads: usize,
    closing: bool,
    waker: Option<Waker>,
}

/// The addon's data for one call.
struct Item(*mut c_void);

// SAFETY: the pointer is the addon's and only passed on.
unsafe impl Send for Item {}
// SAFETY: `own` is only touched by the isolate's thread: the functions that other threads may
// call reach for nothing but `shared`, `room`, `limit` and `context`.
unsafe impl Send for Threadsafe {}
// SAFETY: as above.
unsafe impl Sync for Threadsafe {}

/// Items run in one turn, so that a busy thread does not hold the event loop.
const ITEMS_A_TURN: usize = 1_000;
/// `napi_tsfn_abort`
const ABORT: u32 = 1;
/// `napi_tsfn_blocking`
const BLOCKING: u32 = 1;

impl Threadsafe {
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ready when there is something to do on the isolate's thread.
    async fn due(&self) {
        poll_fn(|context| {
            let mut shared = self.lock();
            if !shared.queue.is_empty() || shared.closing || shared.threads == 0 {
                return Poll::Ready(());
            }
            shared.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn wake(mut shared: MutexGuard<'_, Shared>) {
        let waker = shared.waker.take();
        drop(shared);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Calls what is queued. Whether the function has come to its end.
    fn serve(&self) -> Result<bool, Local<'static>> {
        for _ in 0..ITEMS_A_TURN {
            let mut shared = self.lock();
            if shared.closing {
                break;
            }
            let Some(Item(data)) = shared.queue.pop_front() else { break };
            self.room.notify_one();
            drop(shared);
            self.call(data)?;
        }
        let mut shared = self.lock();
        if shared.threads == 0 && shared.queue.is_empty() {
            shared.closing = true;
        }
        Ok(shared.closing)
    }

    fn call(&self, data: *mut c_void) -> Result<(), Local<'static>> {
        let Own { env, function, call, .. } = &self.own;
        let function = function.borrow().as_ref().map(|function| function.get(env.context()));
        if let Some(call) = call {
            return env.run(|| {
                let function = function.map_or(std::ptr::null(), |function| env.handle(function));
                // SAFETY: the addon gave the function and its arguments.
                unsafe { call(env.raw(), function, self.context, data) };
            });
        }
        match function {
            Some(function) => env.context().call(function, &[]).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Runs the finalizer, once, after the last call.
    fn end(&self) -> Result<(), Local<'static>> {
        if self.own.ended.replace(true) {
            return Ok(());
        }
        self.own.alive.take();
        self.own.function.take();
        let env = self.own.env;
        self.own.finalizer.map_or(Ok(()), |(run, data)| {
            // SAFETY: the addon gave the function and its arguments.
            env.run(|| unsafe { run(env.raw(), data, self.context) })
        })
    }
}

/// Waits for calls from other threads, and serves them in turns of the isolate.
fn watch(function: Arc<Threadsafe>) {
    let env = function.own.env;
    let Some(host) = env.isolate.host() else { return };
    host.spawn(async move {
        while !function.own.ended.get() {
            function.due().await;
            let served = Rc::new(Cell::new(false));
            let (own, done) = (Arc::clone(&function), Rc::clone(&served));
            let waker = Rc::new(RefCell::new(None::<Waker>));
            let waiting = Rc::clone(&waker);
            env.isolate.post(Box::new(move |_| {
                let outcome = own.serve();
                done.set(true);
                if let Some(waker) = waiting.take() {
                    waker.wake();
                }
                if outcome? { own.end() } else { Ok(()) }
            }));
            poll_fn(|context| {
                if served.get() {
                    return Poll::Ready(());
                }
                *waker.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            })
            .await;
        }
    });
}

/// # Safety
/// `function` is null or one that `napi_create_threadsafe_function` made.
unsafe fn threadsafe<'a>(function: *const Threadsafe) -> Option<&'a Threadsafe> {
    // SAFETY: the caller's promise; the memory is kept for good, because other threads may still
    // ask after the end.
    unsafe { function.as_ref() }
}

exported! {
    fn napi_create_threadsafe_function(
        env: RawEnv, function: Value, _resource: Value, _name: Value, limit: usize,
        threads: usize, data: *mut c_void, finalizer: Option<Finalize>, context: *mut c_void,
        call: Option<CallJs>, result: *mut *const Threadsafe,
    ) {
        enter(env, |env| {
            let host = env.isolate.host().ok_or(Status::GenericFailure)?;
            if threads == 0 || (function.is_null() && call.is_none()) {
                return Err(Status::InvalidArgument);
            }
            let function = local(function).ok().map(|function| function.protect(env.context()));
            let made = Arc::new(Threadsafe {
                shared: Mutex::new(Shared { threads, ..Shared::default() }),
                room: Condvar::new(),
                limit,
                context,
                own: Own {
                    env,
                    function: RefCell::new(function),
                    call,
                    finalizer: finalizer.map(|run| (run, data)),
                    alive: RefCell::new(Some(host.keep_alive())),
                    ended: Cell::new(false),
                },
            });
            watch(Arc::clone(&made));
            put(result, Arc::into_raw(made))
        })
    }

    fn napi_ref_threadsafe_function(env: RawEnv, function: *const Threadsafe) {
        enter(env, |env| {
            // SAFETY: the addon passes a function of its own.
            let function = unsafe { threadsafe(function) }.ok_or(Status::InvalidArgument)?;
            if !function.own.ended.get() {
                *function.own.alive.borrow_mut() = env.isolate.host().map(|host| host.keep_alive());
            }
            Ok(())
        })
    }

    fn napi_unref_threadsafe_function(env: RawEnv, function: *const Threadsafe) {
        enter(env, |_| {
            // SAFETY: as above.
            let function = unsafe { threadsafe(function) }.ok_or(Status::InvalidArgument)?;
            function.own.alive.take();
            Ok(())
        })
    }
}

// The functions below may run on any thread and have no environment.

/// `napi_get_threadsafe_function_context`
///
/// # Safety
/// `function` is the addon's own.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn napi_get_threadsafe_function_context(
    function: *const Threadsafe,
    result: *mut *mut c_void,
) -> Status {
    // SAFETY: the caller's promise.
    let Some(function) = (unsafe { threadsafe(function) }) else { return Status::InvalidArgument };
    put(result, function.context).err().unwrap_or(Status::Ok)
}

/// `napi_call_threadsafe_function`
///
/// # Safety
/// As [`napi_get_threadsafe_function_context`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn napi_call_threadsafe_function(
    function: *const Threadsafe,
    data: *mut c_void,
    mode: u32,
) -> Status {
    // SAFETY: the caller's promise.
    let Some(function) = (unsafe { threadsafe(function) }) else { return Status::InvalidArgument };
    let mut shared = function.lock();
    while function.limit > 0 && shared.queue.len() >= function.limit && !shared.closing {
        if mode != BLOCKING {
            return Status::QueueFull;
        }
        shared = function.room.wait(shared).unwrap_or_else(PoisonError::into_inner);
    }
    if shared.closing {
        shared.threads = shared.threads.saturating_sub(1);
        return Status::Closing;
    }
    shared.queue.push_back(Item(data));
    Threadsafe::wake(shared);
    Status::Ok
}

/// `napi_acquire_threadsafe_function`
///
/// # Safety
/// As [`napi_get_threadsafe_function_context`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn napi_acquire_threadsafe_function(
    function: *const Threadsafe,
) -> Status {
    // SAFETY: the caller's promise.
    let Some(function) = (unsafe { threadsafe(function) }) else { return Status::InvalidArgument };
    let mut shared = function.lock();
    if shared.closing {
        return Status::Closing;
    }
    shared.threads += 1;
    Status::Ok
}

/// `napi_release_threadsafe_function`
///
/// # Safety
/// As [`napi_get_threadsafe_function_context`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn napi_release_threadsafe_function(
    function: *const Threadsafe,
    mode: u32,
) -> Status {
    // SAFETY: the caller's promise.
    let Some(function) = (unsafe { threadsafe(function) }) else { return Status::InvalidArgument };
    let mut shared = function.lock();
    let Some(left) = shared.threads.checked_sub(1) else { return Status::InvalidArgument };
    shared.threads = left;
    if mode == ABORT {
        shared.closing = true;
        function.room.notify_all();
    }
    if left == 0 || mode == ABORT {
        Threadsafe::wake(shared);
    }
    Status::Ok
}
