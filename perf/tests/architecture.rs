//! Holds the map in ARCHITECTURE.md against the workspace.

#![forbid(unsafe_code)]

use std::{collections::BTreeMap, path::Path, process::Command};

fn workspace() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace")
}

/// Crates of the workspace and their folders, by `cargo metadata`.
fn crates() -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(workspace())
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    let root = workspace().display().to_string();
    let mut found = BTreeMap::new();
    for part in text.split("\"manifest_path\":\"").skip(1) {
        let manifest = part.split('"').next().unwrap_or("");
        let manifest_text = std::fs::read_to_string(manifest).expect("a manifest");
        let name = manifest_text
            .lines()
            .find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
            .expect("a name");
        let folder = manifest.trim_start_matches(&root).trim_start_matches('/');
        let folder = folder.trim_end_matches("Cargo.toml").trim_end_matches('/');
        let folder = if folder.is_empty() { "." } else { folder };
        found.insert(name.to_owned(), folder.to_owned());
    }
    assert!(found.len() > 15, "cargo metadata was not understood: {text:.200}");
    found
}

/// Rows of the map: crate, folder, state.
fn map() -> BTreeMap<String, (String, String)> {
    let text = std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).expect("the map");
    let rows = text.lines().filter(|line| line.starts_with("| dx-"));
    rows.map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let mut cell = || cells.next().unwrap_or("").to_owned();
        (cell(), (cell(), cell()))
    })
    .collect()
}

#[test]
fn the_map_shows_the_workspace() {
    let map = map();
    for (name, folder) in crates() {
        let Some((shown, state)) = map.get(&name) else {
            panic!("ARCHITECTURE.md does not show {name} ({folder})");
        };
        assert_eq!(*shown, folder, "ARCHITECTURE.md shows {name} in another folder");
        assert!(["built", "partial", "planned"].contains(&state.as_str()), "{name}: {state}");
    }
    for name in map.keys() {
        assert!(crates().contains_key(name), "ARCHITECTURE.md shows {name}, which is not there");
    }
}

#[test]
fn only_the_named_crates_allow_unsafe_code() {
    let allowed = [
        "dx-sys",
        "dx-ring",
        "dx-mem",
        "dx-driver",
        "dx-jsc-sys",
        "dx-jsc",
        "dx-napi",
        "dx-compat-sqlite",
    ];
    for (name, folder) in crates() {
        let library = workspace().join(&folder).join("src/lib.rs");
        let Ok(text) = std::fs::read_to_string(library) else { continue };
        let forbids = text.contains("#![forbid(unsafe_code)]");
        assert!(forbids != allowed.contains(&name.as_str()), "{name}: forbids unsafe: {forbids}");
    }
}
