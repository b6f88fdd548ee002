//! Calls without an asynchronous form, made on the process's pool of threads.

use std::sync::OnceLock;

use dx_blocking::Pool;
use dx_ops::{Call, Deferred, ErrorClass, Exception, Value};

use crate::fs::answer::Answer;

/// The pool, made when first needed and shared by all shards.
pub(crate) fn pool() -> &'static Pool {
    static POOL: OnceLock<Pool> = OnceLock::new();
    POOL.get_or_init(Pool::default)
}

/// Runs `job` on a thread and answers `deferred` with what it says.
pub(crate) fn run(
    call: &Call<'_>,
    deferred: Deferred,
    job: impl FnOnce() -> Answer + Send + 'static,
) {
    call.host.spawn(async move {
        let answer = pool().run_when_free(job).await;
        deferred.settle(answer.map(Value::from).map_err(|error| {
            Exception::new(ErrorClass::Error, format!("A file operation failed: {error}"))
        }));
    });
}
