//! Holds the sources to the rules of their shape: short functions, lines and files, no marks of
//! unfinished work, no call that has a better replacement.

#![forbid(unsafe_code)]

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

const COLUMNS_MAX: usize = 100;
const FILE_LINES_MAX: usize = 1_000;
const FUNCTION_LINES_MAX: usize = 70;

/// Text that may not appear, and what to write instead. Split so that this file passes itself.
const BANNED: &[(&str, &str, &str)] = &[
    ("TO", "DO", "do it now, or say in the documentation what is missing"),
    ("FIX", "ME", "fix it"),
    ("dbg", "!(", "remove it"),
    ("todo", "!(", "write it"),
    ("unimplemented", "!(", "write it, or answer with an error"),
    ("std::thread::", "sleep_ms", "use std::thread::sleep with a Duration"),
];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let skipped = ["target", "node_modules", ".git", "corpus", "programs", "results"];
        if path.is_dir() {
            if !skipped.contains(&name) {
                collect(&path, found);
            }
        } else if name.ends_with(".rs") || name.ends_with(".js") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let folders =
        ["src", "core", "actors", "apis", "js-bridge", "loadtest", "perf", "benches", "examples"];
    for folder in folders {
        collect(&workspace().join(folder), &mut found);
    }
    found.sort();
    assert!(found.len() > 50, "the sources were not found");
    found
}

/// First lines and lengths of the functions of a Rust file, by their indentation: the formatter
/// sees to it that a function's closing brace stands under its first line.
fn functions(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let starts = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn "]
            .iter()
            .chain(&["pub async fn ", "const fn ", "pub const fn ", "unsafe fn "])
            .any(|start| code.starts_with(start));
        if !starts || code.ends_with(';') {
            continue;
        }
        let closing = format!("{}}}", " ".repeat(indent));
        let end = lines[at..].iter().position(|line| *line == closing);
        found.push((at + 1, end.unwrap_or(0) + 1));
    }
    found
}

#[test]
fn sources_keep_their_shape() {
    let mut complaints = String::new();
    for path in sources() {
        let text = std::fs::read_to_string(&path).expect("sources are text");
        let lines: Vec<&str> = text.lines().collect();
        let name = path.strip_prefix(workspace()).unwrap_or(&path).display().to_string();
        if lines.len() > FILE_LINES_MAX {
            let _ = writeln!(complaints, "{name}: {} lines; find the seam", lines.len());
        }
        for (at, line) in lines.iter().enumerate() {
            if line.chars().count() > COLUMNS_MAX {
                let _ = writeln!(complaints, "{name}:{}: over {COLUMNS_MAX} columns", at + 1);
            }
            for (first, second, instead) in BANNED {
                if line.contains(&format!("{first}{second}")) {
                    let _ = writeln!(complaints, "{name}:{}: {first}{second}: {instead}", at + 1);
                }
            }
        }
        if name.ends_with(".rs") {
            for (line, length) in functions(&lines) {
                if length > FUNCTION_LINES_MAX {
                    let _ = writeln!(complaints, "{name}:{line}: a function of {length} lines");
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints}");
}

#[test]
fn the_length_of_a_function_is_seen() {
    let text = "impl A {\n    fn a() {\n        b();\n    }\n}\nfn c() {\n}\n";
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(functions(&lines), [(2, 3), (6, 2)]);
}
