//! Runs `dx test` in the folders of `apis/test/tests/suites` and compares what it prints with what
//! Bun 1.4.5 printed there (`expected.txt`), line by line, times and the folder's path masked.
//!
//! A folder may hold `arguments.txt`, one argument a line. With `DX_RECORD=1` and a Bun binary
//! (`DX_BUN`) the recordings are made anew. `DX_PROGRAM=part` runs only folders so named.

#![forbid(unsafe_code)]

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn suites() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("apis/test/tests/suites");
    let wanted = std::env::var("DX_PROGRAM").unwrap_or_default();
    let entries = std::fs::read_dir(root).expect("the suites");
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && path.to_string_lossy().contains(&wanted))
        .collect();
    found.sort();
    found
}

/// Digits before `ms]` and `s]` become a letter; paths of the folder become `<folder>`.
fn masked(text: &str, folder: &Path) -> String {
    let text = text.replace(&*folder.to_string_lossy(), "<folder>");
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim_end();
        let cut = line.rfind('[').filter(|&at| {
            let time = &line[at + 1..];
            let unit = time.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            unit == "ms]" || unit == "s]"
        });
        // A time is printed only where it is long enough to tell.
        let _ = writeln!(out, "{}", cut.map_or(line, |at| line[..at].trim_end()));
    }
    out
}

fn run(runtime: &Path, folder: &Path) -> String {
    let arguments = std::fs::read_to_string(folder.join("arguments.txt")).unwrap_or_default();
    let output = Command::new(runtime)
        .arg("test")
        .args(arguments.lines())
        .current_dir(folder)
        .env_remove("FORCE_COLOR")
        .env_remove("GITHUB_ACTIONS")
        .env("CI", "false")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the runtime starts");
    let text = |bytes: &[u8]| masked(&String::from_utf8_lossy(bytes), folder);
    let code = output.status.code().unwrap_or(-1);
    format!("{}---\n{}---\nexit {code}\n", text(&output.stdout), text(&output.stderr))
}

#[test]
fn test_files_print_what_they_print_in_bun() {
    let recorder = std::env::var_os("DX_BUN").filter(|_| std::env::var_os("DX_RECORD").is_some());
    let mut failures = String::new();
    for folder in suites() {
        let recording = folder.join("expected.txt");
        if let Some(bun) = &recorder {
            std::fs::write(&recording, run(Path::new(bun), &folder)).expect("a recording");
        }
        let expected = std::fs::read_to_string(&recording).expect("a recording");
        let printed = run(Path::new(env!("CARGO_BIN_EXE_dx")), &folder);
        if expected == printed {
            continue;
        }
        let lines = expected.lines().zip(printed.lines());
        let first = lines.enumerate().find(|(_, (left, right))| left != right);
        let (at, (left, right)) = first.unwrap_or((0, ("(length)", "(length)")));
        let name = folder.display();
        let _ = writeln!(failures, "{name}: line {}: expected {left:?}, printed {right:?}", at + 1);
    }
    assert!(failures.is_empty(), "{failures}");
}
