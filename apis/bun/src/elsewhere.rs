//! Work that would keep JavaScript waiting, on the process's pool of threads.

use dx_ops::{Call, Deferred, ErrorClass, Exception, Value};

/// Runs `job` on another thread and settles `deferred` with what `present` makes of its result.
pub(crate) fn run<T: Send + 'static>(
    call: &Call<'_>,
    deferred: Deferred,
    job: impl FnOnce() -> T + Send + 'static,
    present: impl FnOnce(T) -> Result<Value, Exception> + 'static,
) {
    call.host.spawn(async move {
        deferred.settle(match dx_blocking::shared().run_when_free(job).await {
            Ok(result) => present(result),
            Err(error) => Err(Exception::new(ErrorClass::Error, error.to_string())),
        });
    });
}
