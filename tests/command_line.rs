//! What the command line makes of files and packages. Where Bun is installed it must do the same.

#![forbid(unsafe_code)]

mod support;

use std::path::PathBuf;

use support::folder::{Folder, Outcome};

fn runtimes() -> impl Iterator<Item = PathBuf> {
    [Some(PathBuf::from(env!("CARGO_BIN_EXE_dx"))), support::bun()].into_iter().flatten()
}

#[test]
fn a_script_of_the_shell_is_run_by_the_own_one() {
    let folder = Folder::new(&[
        ("good.sh", "echo $1 is given\nno-such-command\nexit 3\n"),
        ("bad.sh", "echo never\n)"),
    ]);
    for runtime in runtimes() {
        let Outcome { stdout, stderr, code } = folder.run(&runtime, &["./good.sh", "it"]);
        assert_eq!(stdout, "it is given\n", "{runtime:?}");
        assert_eq!(stderr, "bun: command not found: no-such-command\n", "{runtime:?}");
        assert_eq!(code, 3, "{runtime:?}");
        let bad = folder.run(&runtime, &["./bad.sh"]);
        let said = "error: Failed to run bad.sh due to error Unexpected ')'\n";
        assert_eq!((bad.stdout.as_str(), bad.stderr.as_str(), bad.code), ("", said, 1));
    }
}

#[test]
fn a_script_of_the_command_line_is_run_by_the_own_shell() {
    let folder = Folder::new(&[("file", "content\n")]);
    for runtime in runtimes() {
        let Outcome { stdout, stderr, code } =
            folder.run(&runtime, &["exec", "cat file && no-such-command; exit 4"]);
        assert_eq!(stdout, "content\n", "{runtime:?}");
        assert_eq!(stderr, "bun: command not found: no-such-command\n", "{runtime:?}");
        assert_eq!(code, 4, "{runtime:?}");
        let bad = folder.run(&runtime, &["exec", "echo )"]);
        assert!(bad.stderr.contains("[eval] due to error Unexpected ')'\n"), "{}", bad.stderr);
        assert_eq!(bad.code, 1);
        let usage = folder.run(&runtime, &["exec"]);
        assert!(usage.stdout.starts_with("Usage: ") && usage.code == 0, "{runtime:?}");
    }
}

#[test]
fn a_package_file_may_have_comments_and_commas() {
    let folder = Folder::new(&[
        ("package.json", "{\n  // a comment\n  \"name\": \"relaxed\",\n},\n"),
        ("main.ts", "console.log(require('./package.json').name);\n"),
    ]);
    for runtime in runtimes() {
        assert_eq!(folder.run(&runtime, &["main.ts"]).stdout, "relaxed\n", "{runtime:?}");
    }
}

#[test]
fn what_is_not_found_is_named() {
    let cases = [
        ("absent", "package 'absent'"),
        ("absent/part", "module 'absent/part'"),
        ("@scope/absent", "module '@scope/absent'"),
        ("./absent", "module './absent'"),
    ];
    for (specifier, named) in cases {
        let folder = Folder::new(&[("main.ts", &format!("import '{specifier}';\n"))]);
        for runtime in runtimes() {
            let Outcome { stderr, code, .. } = folder.run(&runtime, &["main.ts"]);
            let said = format!("error: Cannot find {named} from ");
            assert!(stderr.contains(&said), "{runtime:?}: {stderr}");
            assert_eq!(code, 1);
        }
    }
}
