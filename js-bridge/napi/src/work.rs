//! Asynchronous work: run on a thread of the pool, completed on the isolate's.

use std::{
    ffi::c_void,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use crate::{
    env::{Answer, Env, RawEnv, Value, enter, put},
    functions,
    status::Status,
};

type Execute = unsafe extern "C" fn(RawEnv, *mut c_void);
type Complete = unsafe extern "C" fn(RawEnv, Status, *mut c_void);

const IDLE: u8 = 0;
const QUEUED: u8 = 1;
const RUNNING: u8 = 2;
const CANCELLED: u8 = 3;

/// `napi_async_work`
pub(crate) struct AsyncWork {
    execute: Execute,
    complete: Option<Complete>,
    data: *mut c_void,
    state: Arc<AtomicU8>,
}

/// What a thread of the pool runs.
struct Job {
    env: RawEnv,
    execute: Execute,
    data: *mut c_void,
    state: Arc<AtomicU8>,
}

// SAFETY: the addon's function is meant for any thread; the environment is only passed on.
unsafe impl Send for Job {}

impl Job {
    fn run(self) {
        let started =
            self.state.compare_exchange(QUEUED, RUNNING, Ordering::AcqRel, Ordering::Acquire);
        if started.is_ok() {
            // SAFETY: the addon gave the function and its argument.
            unsafe { (self.execute)(self.env, self.data) };
        }
    }
}

exported! {
    fn napi_create_async_work(
        env: RawEnv, _resource: Value, _name: Value, execute: Option<Execute>,
        complete: Option<Complete>, data: *mut c_void, result: *mut *mut AsyncWork,
    ) {
        enter(env, |_| {
            let execute = execute.ok_or(Status::InvalidArgument)?;
            let state = Arc::new(AtomicU8::new(IDLE));
            put(result, Box::into_raw(Box::new(AsyncWork { execute, complete, data, state })))
        })
    }

    fn napi_delete_async_work(env: RawEnv, work: *mut AsyncWork) {
        enter(env, |_| {
            if work.is_null() {
                return Err(Status::InvalidArgument);
            }
            // SAFETY: the addon deletes its work once.
            drop(unsafe { Box::from_raw(work) });
            Ok(())
        })
    }

    fn napi_queue_async_work(env: RawEnv, work: *mut AsyncWork) {
        enter(env, |env| {
            // SAFETY: the addon passes work that it has not deleted.
            let work = unsafe { work.as_ref() }.ok_or(Status::InvalidArgument)?;
            queue(env, work)
        })
    }

    fn napi_cancel_async_work(env: RawEnv, work: *mut AsyncWork) {
        enter(env, |_| {
            // SAFETY: as above.
            let work = unsafe { work.as_ref() }.ok_or(Status::InvalidArgument)?;
            work.state
                .compare_exchange(QUEUED, CANCELLED, Ordering::AcqRel, Ordering::Acquire)
                .map_err(|_| Status::GenericFailure)?;
            Ok(())
        })
    }

    fn napi_async_init(
        env: RawEnv, _resource: Value, _name: Value, result: *mut *mut c_void,
    ) {
        enter(env, |env| put(result, env.raw().cast()))
    }

    fn napi_async_destroy(env: RawEnv, _context: *mut c_void) {
        enter(env, |_| Ok(()))
    }

    fn napi_make_callback(
        env: RawEnv, _context: *mut c_void, this: Value, callee: Value, count: usize,
        arguments: *const Value, result: *mut Value,
    ) {
        functions::napi_call_function(env, this, callee, count, arguments, result)
    }
}

fn queue(env: &'static Env, work: &AsyncWork) -> Answer {
    let host = env.isolate.host().ok_or(Status::GenericFailure)?;
    let (complete, data, state) = (work.complete, work.data, Arc::clone(&work.state));
    state.store(QUEUED, Ordering::Release);
    let job = Job { env: env.raw(), execute: work.execute, data, state: Arc::clone(&work.state) };
    let alive = host.keep_alive();
    host.spawn(async move {
        // A panic cannot come out of the addon's code; a job is never refused here.
        let _ = dx_blocking::shared().run_when_free(move || job.run()).await;
        let was_cancelled = state.swap(IDLE, Ordering::AcqRel) == CANCELLED;
        let status = if was_cancelled { Status::Cancelled } else { Status::Ok };
        env.isolate.post(Box::new(move |_| {
            drop(alive);
            complete.map_or(Ok(()), |complete| {
                // SAFETY: the addon gave the function and its argument.
                env.run(|| unsafe { complete(env.raw(), status, data) })
            })
        }));
    });
    Ok(())
}
