//! Runs a program that uses a native addon in dx and, where it is installed, in Bun.
//!
//! `tests/addons/addon.c` is compiled here with the system's C compiler; it calls every family
//! of Node-API. `program.expected` is what Bun printed.

#![forbid(unsafe_code)]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/addons")
}

fn compile() -> PathBuf {
    let addon = Path::new(env!("CARGO_TARGET_TMPDIR")).join("addon.node");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&addon)
        .arg(folder().join("addon.c"))
        .arg("-lpthread")
        .status()
        .expect("a C compiler runs");
    assert!(compiled.success(), "the addon compiles");
    addon
}

fn output(runtime: &Path, addon: &Path) -> String {
    let output = Command::new("timeout")
        .arg("60")
        .arg(runtime)
        .args(["run", "program.ts"])
        .current_dir(folder())
        .env("NO_COLOR", "1")
        .env("DX_TEST_ADDON", addon)
        .output()
        .expect("the runtime starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", runtime.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_native_addon_works_as_in_bun() {
    let addon = compile();
    let expected = std::fs::read_to_string(folder().join("program.expected"));
    let expected = expected.expect("the recorded output");
    assert_eq!(output(Path::new(env!("CARGO_BIN_EXE_dx")), &addon), expected);
    let bun = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node_modules/.bin/bun");
    if bun.exists() {
        assert_eq!(output(&bun, &addon), expected, "the recording is stale");
    }
}
