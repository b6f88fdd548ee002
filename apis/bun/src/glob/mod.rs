//! Bun.Glob: patterns against strings, and against what lies in folders.
//!
//! A scan in the background runs on the process's pool of threads.

mod scan;

use std::collections::{BTreeSet, HashMap};

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
            done = pattern.is_ascii().then(|| fast_glob::glob_match(&pattern, bytes));
        }
    });
    let is_match = match done {
        Some(is_match) => is_match,
        None => matches_text(&pattern, &call.expect_string(1, "str")?),
    };
    Ok(Value::Boolean(is_match))
}

/// Whether a text fits, a character of any length being one. The matcher compares bytes: each
/// character outside ASCII is given one, in their order, while there are enough.
fn matches_text(pattern: &str, text: &str) -> bool {
    let is_other = |character: &char| !character.is_ascii();
    let others: BTreeSet<char> = pattern.chars().chain(text.chars()).filter(is_other).collect();
    if others.is_empty() || others.len() > 128 {
        return fast_glob::glob_match(pattern, text);
    }
    let codes: HashMap<char, u8> = others.into_iter().zip(0x80..=0xff).collect();
    let coded = |text: &str| -> Vec<u8> {
        text.chars().map(|one| codes.get(&one).copied().unwrap_or(one as u8)).collect()
    };
    fast_glob::glob_match(coded(pattern), coded(text))
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

#[cfg(test)]
mod tests {
    use super::matches_text;

    #[test]
    fn a_character_of_several_bytes_is_one() {
        let fits = [("?", "\u{e9}"), ("a?c", "a\u{65e5}c"), ("[\u{e0}-\u{ea}]x", "\u{e9}x")];
        for (pattern, text) in fits {
            assert!(matches_text(pattern, text), "{pattern} {text}");
        }
        assert!(!matches_text("[\u{e0}-\u{ea}]", "\u{65e5}"));
        assert!(!matches_text("?", "ab"));
    }
}
