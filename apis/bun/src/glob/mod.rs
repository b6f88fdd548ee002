//! Bun.Glob: patterns against strings, and against what lies in folders.
//!
//! A scan in the background runs on the process's pool of threads.

mod scan;

use dx_ops::{Call, Deferred, Exception, Text, Value};

use scan::{Failure, Scan};

/// `globMatch(pattern, text)`
pub(crate) fn matches(call: &mut Call<'_>) -> Result<Value, Exception> {
    let pattern = call.expect_string(0, "pattern")?;
    let mut done = None;
    call.arguments.text(1, &mut |text| {
        if let Text::Latin1(bytes) = text
            && bytes.is_ascii()
        {
            done = Some(fast_glob::glob_match(&pattern, bytes));
        }
    });
    let is_match = match done {
        Some(is_match) => is_match,
        None => fast_glob::glob_match(&pattern, call.expect_string(1, "str")?),
    };
    Ok(Value::Boolean(is_match))
}

/// `(pattern, cwd, dot, absolute, followSymlinks, throwErrorOnBrokenSymlink, onlyFiles)`
fn arguments(call: &Call<'_>) -> Result<Scan, Exception> {
    Ok(Scan {
        pattern: call.expect_string(0, "pattern")?,
        cwd: call.expect_string(1, "cwd")?,
        dot: call.arguments.boolean(2),
        absolute: call.arguments.boolean(3),
        follow_links: call.arguments.boolean(4),
        refuse_broken_links: call.arguments.boolean(5),
        only_files: call.arguments.boolean(6),
    })
}

/// `globScanNow(...)`: the paths found.
pub(crate) fn scan_now(call: &mut Call<'_>) -> Result<Value, Exception> {
    answer(arguments(call)?.run())
}

/// `globScan(...)`: the same, elsewhere.
pub(crate) fn scan_elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let scan = arguments(call)?;
    crate::elsewhere::run(call, deferred, move || scan.run(), answer);
    Ok(())
}

fn answer(found: Result<Vec<String>, Failure>) -> Result<Value, Exception> {
    match found {
        Ok(paths) => Ok(Value::Array(paths.into_iter().map(Value::String).collect())),
        Err(failure) => Err(crate::errno::Failure {
            error: failure.error.into(),
            syscall: "open",
            path: Some(failure.path),
        }
        .into_exception()),
    }
}
