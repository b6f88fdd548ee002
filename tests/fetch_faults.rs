//! fetch against servers that misbehave: the errors are Bun's, and nothing is left of them.

#[path = "faults/server.rs"]
mod server;
mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use server::Gate;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults")
}

fn output(runtime: &Path, port: u16) -> String {
    let output = Command::new(runtime)
        .arg("fetch.ts")
        .current_dir(folder())
        .env("FAULT_PORT", port.to_string())
        .env("NO_COLOR", "1")
        .output()
        .expect("the runtime starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn every_fault_is_the_error_it_is_in_bun() {
    let port = server::start(&Arc::default());
    let record = folder().join("fetch.expected");
    if let (Some(bun), Some(_)) = (support::bun(), std::env::var_os("DX_RECORD")) {
        fs::write(&record, output(&bun, port)).expect("the record can be written");
    }
    let expected = fs::read_to_string(record).expect("a kept record");
    let own = output(Path::new(env!("CARGO_BIN_EXE_dx")), port);
    for (own, expected) in own.lines().zip(expected.lines()) {
        assert_eq!(own, expected);
    }
    assert_eq!(own.lines().count(), expected.lines().count());
    if let Some(bun) = support::bun() {
        assert_eq!(output(&bun, port), expected, "Bun changed its mind");
    }
}

/// Open descriptors, and resident memory in KiB.
fn held(child: &Child) -> (usize, u64) {
    let process = format!("/proc/{}", child.id());
    let descriptors = fs::read_dir(format!("{process}/fd")).expect("the process lives").count();
    let status = fs::read_to_string(format!("{process}/status")).expect("the process lives");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.and_then(|text| text.trim().strip_suffix(" kB"));
    (descriptors, resident.and_then(|text| text.parse().ok()).unwrap_or(0))
}

#[test]
fn nothing_is_left_of_faults() {
    // More for a long look: DX_FAULT_ROUNDS=1000 is 19,000 fetches.
    let rounds = std::env::var("DX_FAULT_ROUNDS").unwrap_or_else(|_| "40".to_owned());
    let gate = Arc::new(Gate::default());
    let port = server::start(&gate);
    let mut child = Command::new(env!("CARGO_BIN_EXE_dx"))
        .arg("rounds.ts")
        .current_dir(folder())
        .env("FAULT_PORT", port.to_string())
        .env("FAULT_ROUNDS", &rounds)
        .stdout(Stdio::null())
        .spawn()
        .expect("dx starts");
    let limit = Duration::from_secs(600);
    assert!(gate.wait(1, limit), "the first rounds do not end");
    let before = held(&child);
    gate.open(1);
    assert!(gate.wait(2, limit), "the rounds do not end");
    let after = held(&child);
    gate.open(2);
    let status = child.wait().expect("it ends");
    println!("{rounds} rounds: {before:?} then {after:?} (descriptors, KiB resident)");
    assert!(status.success());
    // Idle connections come and go: as many as one round makes at once.
    assert!(after.0 <= before.0 + 20, "descriptors: {} then {}", before.0, after.0);
    assert!(after.1 <= before.1 + 32 * 1024, "KiB: {} then {}", before.1, after.1);
}
