//! Programs of `programs/`, whose output and exit code must be what Bun 1.4.5 gave.
//!
//! Each `name.js` has its record `name.txt`. To record again: run the program in Bun with
//! `programs/record.js` preloaded, and put its standard output there.

mod support;

use std::{fs, path::Path};

#[test]
fn programs_do_what_they_do_in_bun() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut names: Vec<_> = fs::read_dir(&folder)
        .expect("the programs")
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".js")?.to_owned()))
        .filter(|name| name != "record")
        .collect();
    names.sort();
    assert!(names.len() >= 8, "programs are missing: {names:?}");
    let failures: Vec<_> = names.iter().filter_map(|name| check(&folder, name)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn check(folder: &Path, name: &str) -> Option<String> {
    let read = |suffix: &str| {
        let path = folder.join(format!("{name}.{suffix}"));
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let (lines, code) = support::run(&read("js"));
    let found = format!("{lines}\ncode {code}\n");
    let wanted = read("txt");
    (found != wanted).then(|| format!("{name}: wanted\n{wanted}\nfound\n{found}"))
}
