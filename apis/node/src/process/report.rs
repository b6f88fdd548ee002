//! What `process.report` asks of the system.

use dx_ops::{Call, Exception, Value};

/// `libraryVersions()`: the C library dx was built for and the one it runs on.
pub(super) fn library_versions(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let runtime = dx_sys::system::c_library_version();
    Ok(Value::Array(vec![Value::from("2.31"), Value::from(runtime)]))
}

/// `limits()`: the text of `/proc/self/limits`, empty where it cannot be read.
pub(super) fn limits(_call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::String(std::fs::read_to_string("/proc/self/limits").unwrap_or_default()))
}

/// `sharedObjects()`: the paths of the libraries mapped into the process.
pub(super) fn shared_objects(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let mut found: Vec<&str> = Vec::new();
    for line in maps.lines() {
        let Some(at) = line.find('/') else { continue };
        let path = &line[at..];
        if path.contains(".so") && !found.contains(&path) {
            found.push(path);
        }
    }
    Ok(Value::Array(found.into_iter().map(Value::from).collect()))
}
