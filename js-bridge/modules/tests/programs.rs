//! Programs of `tests/programs`, run by the module registry in the engine's bare shell and
//! compared with what Bun printed for them (`expected.txt`); with Bun itself where `DX_BUN` names
//! one. Skipped where the shell is not installed.

mod shell;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Programs that need what only the whole runtime has; `tests/modules.rs` runs them.
const BEYOND_THE_SHELL: [&str; 2] = ["commonjs", "using"];

fn programs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut folders: Vec<_> =
        root.read_dir().expect("programs").map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    folders
}

fn main_of(folder: &Path) -> String {
    ["main.ts", "main.tsx", "main.mjs", "main.cjs"]
        .into_iter()
        .find(|name| folder.join(name).exists())
        .map(str::to_owned)
        .unwrap_or_else(|| panic!("{} has no main file", folder.display()))
}

#[test]
fn programs_print_what_they_print_in_bun() {
    if Command::new("jsc").arg("-e").arg("0").output().is_err() {
        eprintln!("skipped: no jsc shell");
        return;
    }
    let mut wrong = Vec::new();
    for folder in programs() {
        if BEYOND_THE_SHELL.iter().any(|name| folder.ends_with(name)) {
            continue;
        }
        let expected = std::fs::read_to_string(folder.join("expected.txt")).expect("expected.txt");
        let printed = shell::run(&main_of(&folder), &folder).expect("a run");
        if printed != expected.lines().collect::<Vec<_>>() {
            wrong.push(format!("{}:\n{}", folder.display(), printed.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn bun_still_prints_what_was_recorded() {
    let Some(bun) = std::env::var_os("DX_BUN") else { return };
    for folder in programs() {
        let expected = std::fs::read_to_string(folder.join("expected.txt")).expect("expected.txt");
        let output = Command::new(&bun)
            .arg(main_of(&folder))
            .current_dir(&folder)
            .output()
            .expect("bun runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{}", folder.display());
    }
}
