//! Time, memory and processor use of the process.

use std::sync::OnceLock;

use dx_ops::{Call, Exception, Value};

static START_NS: OnceLock<u64> = OnceLock::new();

/// Nanoseconds since the first look at the clock, which the command line takes at its start.
pub(crate) fn uptime_ns() -> u64 {
    let now = dx_sys::clock::monotonic_ns();
    now - *START_NS.get_or_init(|| process_start_ns().unwrap_or(now).min(now))
}

/// When the process began, on the monotonic clock, to the hundredth of a second.
fn process_start_ns() -> Option<u64> {
    const NS_A_TICK: u64 = 10_000_000;
    const FIELD_AFTER_NAME: usize = 19;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields = stat.rsplit_once(") ")?.1;
    let ticks: u64 = fields.split(' ').nth(FIELD_AFTER_NAME)?.parse().ok()?;
    Some(ticks * NS_A_TICK)
}

pub(crate) fn uptime_nanoseconds(_call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Number(uptime_ns() as f64))
}

pub(crate) fn resident_bytes(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|statm| statm.split(' ').nth(1)?.parse::<u64>().ok())
        .unwrap_or(0);
    Ok(Value::Number((pages * rustix::param::page_size() as u64) as f64))
}

pub(crate) fn resource_usage(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let usage = dx_sys::usage::of_process();
    let figures = [
        ("userCPUTime", usage.user_us),
        ("systemCPUTime", usage.system_us),
        ("maxRSS", usage.resident_max_kib),
        ("sharedMemorySize", 0),
        ("unsharedDataSize", 0),
        ("unsharedStackSize", 0),
        ("minorPageFault", usage.minor_faults),
        ("majorPageFault", usage.major_faults),
        ("swappedOut", 0),
        ("fsRead", usage.blocks_read),
        ("fsWrite", usage.blocks_written),
        ("ipcSent", 0),
        ("ipcReceived", 0),
        ("signalsCount", 0),
        ("voluntaryContextSwitches", usage.voluntary_switches),
        ("involuntaryContextSwitches", usage.involuntary_switches),
    ];
    let properties = figures.map(|(name, figure)| (name, Value::Number(figure as f64)));
    Ok(Value::Object(properties.into()))
}

fn meminfo_bytes(field: &str) -> Option<u64> {
    let meminfo = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = meminfo.lines().find_map(|line| line.strip_prefix(field))?;
    let kib: u64 = line.trim_start_matches(':').split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// The control group's limit where there is one, otherwise the machine's memory.
pub(crate) fn memory_limit(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let total = meminfo_bytes("MemTotal").unwrap_or(0);
    let limit = std::fs::read_to_string("/sys/fs/cgroup/memory.max")
        .ok()
        .and_then(|limit| limit.trim().parse::<u64>().ok())
        .unwrap_or(total);
    Ok(Value::Number(limit.min(total) as f64))
}

pub(crate) fn memory_available(_call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Number(meminfo_bytes("MemAvailable").unwrap_or(0) as f64))
}
