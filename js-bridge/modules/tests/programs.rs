//! Programs of `tests/programs`: Bun, where it is installed, prints what was recorded of it in
//! `expected.txt`. dx runs them in `tests/modules.rs` of the workspace.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

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
fn bun_still_prints_what_was_recorded() {
    let bun = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/node_modules/.bin/bun");
    if !bun.exists() {
        eprintln!("skipped: ./x test installs Bun, which is not there");
        return;
    }
    for folder in programs() {
        let expected = std::fs::read_to_string(folder.join("expected.txt")).expect("expected.txt");
        let output = Command::new(&bun)
            .arg(main_of(&folder))
            .current_dir(&folder)
            .env("NO_COLOR", "1")
            .output()
            .expect("bun runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{}", folder.display());
    }
}
