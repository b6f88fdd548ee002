//! The programs of `js-bridge/modules/tests/programs` in dx: what they print, beside what Bun
//! printed.

#![forbid(unsafe_code)]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

fn main_of(folder: &Path) -> Option<PathBuf> {
    let names = ["main.ts", "main.tsx", "main.mjs", "main.cjs"];
    names.into_iter().map(|name| folder.join(name)).find(|path| path.exists())
}

#[test]
fn module_programs_print_what_they_print_in_bun() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("js-bridge/modules/tests/programs");
    let mut wrong = Vec::new();
    for entry in root.read_dir().expect("the programs") {
        let folder = entry.expect("an entry").path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let output = Command::new(env!("CARGO_BIN_EXE_dx"))
            .arg(main_of(&folder).expect("a main file"))
            .current_dir(&folder)
            .env("NO_COLOR", "1")
            .output()
            .expect("dx runs");
        let expected = std::fs::read_to_string(folder.join("expected.txt")).expect("expected.txt");
        let printed = String::from_utf8_lossy(&output.stdout);
        if printed != expected {
            let errors = String::from_utf8_lossy(&output.stderr);
            wrong.push(format!("{name}:\n{printed}\n{errors}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn long_programs_are_kept_where_the_environment_says() {
    let root = std::env::temp_dir().join(format!("dx-kept-{}", std::process::id()));
    std::fs::create_dir_all(&root).expect("a folder");
    let (program, cache) = (root.join("long.cjs"), root.join("cache"));
    let text =
        "(async () => { await 1; console.log(new Error('here').stack.split('\\n')[1]); })();";
    std::fs::write(&program, format!("{}{text}", "// filler\n".repeat(6_000))).expect("a program");
    let run = |folder: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_dx"))
            .arg(&program)
            .env("BUN_RUNTIME_TRANSPILER_CACHE_PATH", folder)
            .output()
            .expect("dx runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let folder = cache.to_string_lossy();
    let kept = || cache.read_dir().map_or(0, Iterator::count);
    let plain = run("0");
    assert!(plain.contains("long.cjs:6001:"), "{plain}");
    assert_eq!(kept(), 0);
    assert_eq!(run(&folder), plain);
    assert_eq!(kept(), 1);
    assert_eq!(run(&folder), plain);
    assert_eq!(run("/proc/self/nowhere"), plain);
    std::fs::remove_dir_all(&root).expect("the folder is removed");
}
