//! Calls without an asynchronous form, made on the process's pool of threads.

use dx_ops::{Call, Deferred, ErrorClass, Exception, Value};

use crate::fs::answer::Answer;

/// Runs `job` on a thread and answers `deferred` with what it says.
pub(crate) fn run(
    call: &Call<'_>,
    deferred: Deferred,
    job: impl FnOnce() -> Answer + Send + 'static,
) {
    call.host.spawn(async move {
        let answer = dx_blocking::shared().run_when_free(job).await;
        deferred.settle(answer.map(Value::from).map_err(|error| {
            Exception::new(ErrorClass::Error, format!("A file operation failed: {error}"))
        }));
    });
}
