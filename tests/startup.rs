//! What a start costs, by counts that do not depend on what else the machine does.

#![forbid(unsafe_code)]

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// Pages that an empty program may touch beyond those of a process that only prints its version,
/// which has been linked but has made no engine. In an unoptimised build 630 to 750 of them, by what
/// of the engine's library the page cache holds in large pieces.
const FAULTS_OF_AN_EMPTY_PROGRAM_MAX: u64 = 900;

/// Names of the libraries that the dynamic linker looks names up in first, in this order.
const LOOKED_UP_FIRST: [&str; 3] = ["libjavascriptcoregtk", "libstdc++", "libc.so"];

/// The type of a binary that is loaded where it was linked for (`ET_EXEC` of `elf(5)`).
const FIXED_ADDRESS: u16 = 2;

/// Page faults of `dx` with these arguments, from its start to its end.
fn faults(arguments: &[&Path]) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dx"))
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .expect("dx starts");
    let file = format!("/proc/{}/stat", child.id());
    // The counter can be read until the child is waited for; `Z` says that it has ended.
    let count = loop {
        let stat = std::fs::read_to_string(&file).expect("the child is not waited for yet");
        let (_, fields) = stat.rsplit_once(") ").expect("a name in brackets");
        let fields: Vec<_> = fields.split(' ').collect();
        if fields[0] == "Z" {
            break fields[7].parse().expect("minflt is a number");
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    assert!(child.wait().expect("the child ends").success());
    count
}

#[test]
fn nothing_of_the_binary_has_to_be_relocated() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_dx")).expect("the binary");
    assert_eq!(u16::from_le_bytes([binary[16], binary[17]]), FIXED_ADDRESS);
}

#[test]
fn names_are_looked_up_first_where_most_are_found() {
    let output = Command::new(env!("CARGO_BIN_EXE_dx"))
        .arg("--version")
        .env("LD_DEBUG", "scopes")
        .output()
        .expect("dx starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let (_, scope) = said.split_once("scope 0: ").expect("a scope of the dynamic linker");
    let libraries = scope.split_whitespace().skip(1);
    for (library, first) in libraries.zip(LOOKED_UP_FIRST) {
        assert!(library.contains(first), "{library} in the place of {first}");
    }
}

#[test]
fn an_empty_program_touches_few_pages() {
    let program = std::env::temp_dir().join(format!("dx-empty-{}.ts", std::process::id()));
    std::fs::write(&program, "").expect("a program");
    let linked = faults(&[Path::new("--version")]);
    let started = faults(&[&program]);
    std::fs::remove_file(&program).expect("the program is removed");
    let beyond = started.saturating_sub(linked);
    println!("{linked} to link, {beyond} beyond for an empty program");
    assert!(beyond <= FAULTS_OF_AN_EMPTY_PROGRAM_MAX, "{linked} to link, {beyond} beyond");
}
