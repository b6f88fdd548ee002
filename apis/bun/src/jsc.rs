//! bun:jsc, and the parts of Bun that are about the engine: Bun.gc, Bun.unsafe.
//!
//! Figures come from the engine and the system. What the engine's C API does not tell (the
//! just-in-time compilers' counters, the random seed) is refused with an error.

use dx_ops::{Call, Exception, Extension, Global, Op, PreludeModule, Value, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "bun-jsc",
    modules: MODULES,
    ops: OPS,
    globals: GLOBALS,
    builtins: &[("bun:jsc", "bun/jsc")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("bun/jsc", "apis/bun/js/jsc.js"),
    prelude_module!("bun/memory", "apis/bun/js/memory.js"),
];

const OPS: &[Op] = &[Op::sync("processMemory", process_memory)];

const GLOBALS: &[Global] = &[
    Global { name: "Bun.gc", module: "bun/memory" },
    Global { name: "Bun.generateHeapSnapshot", module: "bun/memory" },
    Global { name: "Bun.indexOfLine", module: "bun/memory" },
    Global { name: "Bun.peek", module: "bun/memory" },
    Global { name: "Bun.shrink", module: "bun/memory" },
    Global { name: "Bun.unsafe", module: "bun/memory" },
];

/// `processMemory()`: `[resident, peak resident, committed, peak committed]` bytes and the count
/// of page faults that needed the disk; zeros where the system does not tell.
fn process_memory(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        Value::Number(kilobytes.unwrap_or(0.0) * 1024.0)
    };
    let mut figures: Vec<Value> =
        ["VmRSS:", "VmHWM:", "VmData:", "VmPeak:"].into_iter().map(field).collect();
    figures.push(Value::Number(major_faults() as f64));
    Ok(Value::Array(figures))
}

/// The twelfth field of `/proc/self/stat`, counted from the state that follows the name.
fn major_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name.split_whitespace().nth(9).and_then(|text| text.parse().ok()).unwrap_or(0)
}
