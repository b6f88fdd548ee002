//! What node:os asks the system. Calls that fail answer the error's name, text and number, which
//! JavaScript words; what cannot be read counts as nothing.

use std::net::IpAddr;

use dx_ops::{Call, Exception, Value};
use dx_sys::interfaces::InterfaceAddress;
use rustix::{process, system};

use dx_sys::errno::describe;

pub(crate) fn parallelism(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(Value::Number(count as f64))
}

fn meminfo_bytes(meminfo: &str, field: &str) -> f64 {
    let line = meminfo.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    (kib.unwrap_or(0) * 1024) as f64
}

/// `memory()`: all of it and what is available, in bytes.
pub(crate) fn memory(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let meminfo = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let figures = ["MemTotal:", "MemAvailable:"].map(|field| meminfo_bytes(&meminfo, field));
    Ok(Value::Array(figures.map(Value::Number).into()))
}

/// `user()`: name, home directory and shell of the user the process runs as, as the system's
/// list of users has them.
pub(crate) fn user(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let id = process::getuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let entry = users
        .lines()
        .map(|line| line.split(':').collect::<Vec<&str>>())
        .find(|fields| fields.get(2) == Some(&id.as_str()));
    let field = |index: usize| {
        let found = entry.as_ref().and_then(|fields| fields.get(index));
        Value::from(found.copied().unwrap_or_default())
    };
    Ok(Value::Array(vec![field(0), field(5), field(6)]))
}

/// `systemNames()`: system, host, release, version and machine.
pub(crate) fn system_names(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let names = system::uname();
    let parts =
        [names.sysname(), names.nodename(), names.release(), names.version(), names.machine()];
    Ok(Value::Array(parts.map(|part| Value::from(part.to_string_lossy().as_ref())).into()))
}

/// Seconds since the system started.
pub(crate) fn uptime(_call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Number(system::sysinfo().uptime as f64))
}

pub(crate) fn load_averages(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut figures = text.split(' ').map(|field| field.parse::<f64>().unwrap_or(0.0));
    let mut next = || Value::Number(figures.next().unwrap_or(0.0));
    Ok(Value::Array(vec![next(), next(), next()]))
}

const FIGURES_OF_A_PROCESSOR: usize = 7;

/// `processors()`: for each its model, speed in MHz, and milliseconds spent in user, nice,
/// system, idle and interrupt state.
pub(crate) fn processors(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let statistics = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    Ok(Value::Array(processors_of(&information, &statistics)))
}

fn processors_of(information: &str, statistics: &str) -> Vec<Value> {
    const MS_A_TICK: f64 = 10.0;
    let values = |field: &'static str| {
        information.lines().filter_map(move |line| {
            let (name, value) = line.split_once(':')?;
            (name.trim() == field).then(|| value.trim())
        })
    };
    let mut models = values("model name");
    let mut speeds = values("cpu MHz");
    let lines = statistics.lines().filter(|line| {
        line.strip_prefix("cpu").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    let mut flat = Vec::with_capacity(8 * FIGURES_OF_A_PROCESSOR);
    for line in lines {
        let ticks: Vec<f64> =
            line.split(' ').skip(1).map(|field| field.parse().unwrap_or(0.0)).collect();
        let time =
            |index: usize| Value::Number(ticks.get(index).copied().unwrap_or(0.0) * MS_A_TICK);
        flat.push(Value::from(models.next().unwrap_or("unknown")));
        let speed = speeds.next().and_then(|speed| speed.parse::<f64>().ok());
        flat.push(Value::Number(speed.unwrap_or(0.0).trunc()));
        flat.extend([time(0), time(1), time(2), time(3), time(5)]);
    }
    flat
}

/// `networkInterfaces()`: for each address the interface's name, address, prefix length (-1
/// where the mask has holes), mask, family, hardware address, whether it is internal, scope.
pub(crate) fn network_interfaces(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let found = dx_sys::interfaces::addresses().unwrap_or_default();
    Ok(Value::Array(found.iter().flat_map(interface_values).collect()))
}

fn prefix_length(mask: &IpAddr) -> i32 {
    let (bits, width) = match mask {
        IpAddr::V4(mask) => (u128::from(mask.to_bits()) << 96, 32),
        IpAddr::V6(mask) => (mask.to_bits(), 128),
    };
    let ones = bits.leading_ones();
    if bits.count_ones() == ones && ones <= width { ones as i32 } else { -1 }
}

fn interface_values(entry: &InterfaceAddress) -> [Value; 8] {
    let hardware = entry.hardware.map(|byte| format!("{byte:02x}")).join(":");
    let family = if entry.address.is_ipv4() { "IPv4" } else { "IPv6" };
    [
        Value::from(entry.name.as_str()),
        Value::String(entry.address.to_string()),
        Value::from(prefix_length(&entry.netmask)),
        Value::String(entry.netmask.to_string()),
        Value::from(family),
        Value::String(hardware),
        Value::from(entry.internal),
        Value::from(entry.scope),
    ]
}

fn failure(error: rustix::io::Errno) -> Value {
    let number = error.raw_os_error();
    let (code, text) = describe(number);
    Value::Object(vec![
        ("code", Value::from(code)),
        ("text", Value::from(text)),
        ("errno", Value::from(-number)),
    ])
}

fn process_of(number: f64) -> Result<Option<process::Pid>, rustix::io::Errno> {
    match number as i32 {
        0 => Ok(None),
        number if number < 0 => Err(rustix::io::Errno::SRCH),
        number => Ok(process::Pid::from_raw(number)),
    }
}

/// `getPriority(pid)`: the priority, or how it failed.
pub(crate) fn get_priority(call: &mut Call<'_>) -> Result<Value, Exception> {
    let found = process_of(call.arguments.number(0)).and_then(process::getpriority_process);
    Ok(found.map_or_else(failure, Value::from))
}

/// `setPriority(pid, priority)`: nothing, or how it failed.
pub(crate) fn set_priority(call: &mut Call<'_>) -> Result<Value, Exception> {
    let level = call.arguments.number(1) as i32;
    let changed = process_of(call.arguments.number(0))
        .and_then(|target| process::setpriority_process(target, level));
    Ok(changed.map_or_else(failure, Value::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_with_holes_has_no_prefix_length() {
        let mask = |text: &str| prefix_length(&text.parse().expect("an address"));
        assert_eq!(mask("255.255.255.0"), 24);
        assert_eq!(mask("0.0.0.0"), 0);
        assert_eq!(mask("255.0.255.0"), -1);
        assert_eq!(mask("ffff:ffff:ffff:ffff::"), 64);
        assert_eq!(mask("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), 128);
    }

    #[test]
    fn processors_are_read_line_by_line() {
        let information = "model name\t: A\ncpu MHz\t\t: 2400.5\nmodel name\t: B\n";
        let flat = processors_of(information, "cpu  9 9\ncpu0 1 2 3 4 5 6 7\ncpu1 1 0 0 0\nintr 1");
        assert_eq!(flat.len(), 2 * FIGURES_OF_A_PROCESSOR);
        let shown = format!("{:?}", &flat[..FIGURES_OF_A_PROCESSOR]);
        assert_eq!(
            shown,
            "[String(\"A\"), Number(2400.0), Number(10.0), Number(20.0), Number(30.0), \
             Number(40.0), Number(60.0)]"
        );
        assert!(matches!(&flat[FIGURES_OF_A_PROCESSOR], Value::String(model) if model == "B"));
    }
}
