//! The clock of `performance`: milliseconds since the process started, and how many processors
//! there are for `navigator`.

use std::{
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use dx_ops::{Call, Exception, Value};
use rustix::time::{ClockId, clock_gettime};

/// Ticks a second in `/proc/self/stat`, which Linux fixes for all programs.
const TICKS_PER_SECOND: f64 = 100.0;
/// The field of `/proc/self/stat` that holds the start time, counted after the command's name.
const START_TIME_FIELD: usize = 19;

/// Nanoseconds in a millisecond.
const NS_A_MS: f64 = 1e6;

struct Clock {
    /// When the process began, on the monotonic clock.
    begin_ns: u64,
    /// Unix time of the process's start, in milliseconds.
    origin_ms: f64,
}

impl Default for Clock {
    fn default() -> Self {
        let age = process_age().unwrap_or_default();
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let origin_ms = (unix.as_secs_f64() - age.as_secs_f64()) * 1000.0;
        let begin_ns = dx_sys::clock::monotonic_ns().saturating_sub(age.as_nanos() as u64);
        Self { begin_ns, origin_ms }
    }
}

/// How long the process has been running, to a hundredth of a second.
fn process_age() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The command's name is in brackets and may itself hold brackets and spaces.
    let fields = &stat[stat.rfind(')')? + 1..];
    let ticks: f64 = fields.split_ascii_whitespace().nth(START_TIME_FIELD)?.parse().ok()?;
    let booted = clock_gettime(ClockId::Boottime);
    let since_boot = booted.tv_sec as f64 + booted.tv_nsec as f64 / 1e9;
    Some(Duration::from_secs_f64((since_boot - ticks / TICKS_PER_SECOND).max(0.0)))
}

/// `performanceNow()`: milliseconds since the process started.
pub(crate) fn now(call: &mut Call<'_>) -> Result<Value, Exception> {
    let clock = call.host.state::<Clock>();
    Ok(Value::Number((dx_sys::clock::monotonic_ns() - clock.begin_ns) as f64 / NS_A_MS))
}

/// `performanceTimeOrigin()`: the Unix time of the process's start, in milliseconds.
pub(crate) fn time_origin(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Number(call.host.state::<Clock>().origin_ms))
}

/// `processorCount()`: how many processors this process may use.
pub(crate) fn processor_count(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let count = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(Value::Number(count as f64))
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_process_is_young() {
        let age = super::process_age().expect("Linux tells");
        assert!(age.as_secs() < 3600, "{age:?}");
    }
}
