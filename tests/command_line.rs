//! What the command line makes of files and packages. Where Bun is installed it must do the same.

#![forbid(unsafe_code)]

mod support;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

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

#[test]
fn names_and_calls_are_put_in_place_of_others() {
    let program = r#"
        import { feature } from "bun:bundle";
        declare const A: unknown, B: unknown;
        console.log(A, typeof B, process.env.MODE);
        if (process.env.MODE === "fast") console.info("folded");
        (() => { const A = "own"; console.log(A); })();
        if (feature("X") && !feature("Y")) console.log("x without y");
        declare const C: any;
        C.never(1);
        console.log(feature("Y") ? 1 : 2, console.error("never"));
        debugger;
    "#;
    let folder = Folder::new(&[("main.ts", program)]);
    let flags = [
        "--define",
        "A:[1,2]",
        "-d",
        "B=unquoted text",
        "--define=process.env.MODE:\"fast\"",
        "--drop=console.error",
        "--drop=C",
        "--drop",
        "debugger",
        "--feature=X",
        "main.ts",
    ];
    for runtime in runtimes() {
        let Outcome { stdout, stderr, code } = folder.run(&runtime, &flags);
        let expected = "[ 1, 2 ] string fast\nfolded\nown\nx without y\n2 undefined\n";
        assert_eq!((stdout.as_str(), stderr.as_str(), code), (expected, "", 0), "{runtime:?}");
    }
}

#[test]
fn a_feature_is_no_value() {
    let folder = Folder::new(&[(
        "main.ts",
        "import { feature } from 'bun:bundle';\nexport const on = feature('X');\n",
    )]);
    for runtime in runtimes() {
        let Outcome { stderr, code, .. } = folder.run(&runtime, &["main.ts"]);
        let said = "feature() from \"bun:bundle\" can only be used directly in an if statement";
        assert!(stderr.contains(said) && stderr.contains("main.ts:2:19"), "{runtime:?}: {stderr}");
        assert_eq!(code, 1, "{runtime:?}");
    }
}

#[test]
fn loaders_and_jsx_are_chosen_by_flags_and_by_bunfig() {
    let files = [
        (
            "main.tsx",
            "import text from './note.md';\nimport table from './a.data';\n\
            const h = (...parts: unknown[]) => parts.length, Frag = 0;\n\
            console.log(text, table.a, <a>{1}{2}</a>, <></>);\n",
        ),
        ("note.md", "# note"),
        ("a.data", "{ \"a\": 7 }"),
        (
            "other.toml",
            "jsx = \"react\"\njsxFactory = \"h\"\njsxFragment = \"Frag\"\n\
            [loader]\n\".md\" = \"text\"\n\".data\" = \"json\"\n",
        ),
    ];
    let folder = Folder::new(&files);
    let flags = [
        "--loader",
        ".md:text",
        "-l",
        ".data:json",
        "--jsx-runtime=classic",
        "--jsx-factory=h",
        "--jsx-fragment",
        "Frag",
        "main.tsx",
    ];
    for runtime in runtimes() {
        let by_flags = folder.run(&runtime, &flags);
        assert_eq!((by_flags.stdout.as_str(), by_flags.stderr.as_str()), ("# note 7 4 2\n", ""));
        let by_file = folder.run(&runtime, &["--config=other.toml", "main.tsx"]);
        assert_eq!((by_file.stdout.as_str(), by_file.stderr.as_str()), ("# note 7 4 2\n", ""));
    }
}

#[test]
fn a_file_of_no_known_extension_is_code_where_it_is_required_unless_a_flag_says_otherwise() {
    let files = [
        ("main.cjs", "const it = require('./a.odd'); console.log(typeof it, it.name);\n"),
        ("a.odd", "exports.name = 'code';\n"),
    ];
    let folder = Folder::new(&files);
    for runtime in runtimes() {
        assert_eq!(folder.run(&runtime, &["main.cjs"]).stdout, "object code\n", "{runtime:?}");
        let as_file = folder.run(&runtime, &["--loader=.odd:file", "main.cjs"]);
        assert_eq!(as_file.stdout, "string undefined\n", "{runtime:?}");
    }
}

#[test]
fn a_file_of_any_extension_runs_unless_it_holds_data() {
    let folder = Folder::new(&[
        ("code.odd", "console.log(require('./part.odd').name, typeof __filename);\n"),
        ("part.odd", "exports.name = 'part';\n"),
        ("data.json", "{}\n"),
        ("data.toml", "a = 1\n"),
        ("data.txt", "text\n"),
        ("data.yml", "a: 1\n"),
    ]);
    for runtime in runtimes() {
        for arguments in [["run", "code.odd"], ["run", "./code.odd"]] {
            assert_eq!(folder.run(&runtime, &arguments).stdout, "part string\n", "{runtime:?}");
        }
        for (name, kind) in [("json", "json"), ("toml", "toml"), ("txt", "text"), ("yml", "yaml")] {
            let named = folder.run(&runtime, &[&format!("data.{name}")]);
            let told = format!("note: Bun cannot run {kind} files directly\n");
            assert!(named.stderr.ends_with(&told), "{runtime:?}: {}", named.stderr);
            assert_eq!(named.code, 1, "{runtime:?} data.{name}");
            let by_path = folder.run(&runtime, &[&format!("./data.{name}")]);
            assert_eq!((by_path.stderr.as_str(), by_path.code), ("", 0), "{runtime:?} {name}");
        }
    }
}

#[test]
fn mistaken_values_of_flags_are_refused() {
    let folder = Folder::new(&[("main.ts", "console.log('runs');\n")]);
    let cases = [
        ("--define=A", "error: --define \"A\" is missing a"),
        ("--loader=.md", "error: --loader \".md\" is missing a"),
        ("--loader=md:text", "error: file extension must start with a '.'"),
        ("--loader=.md:bogus", "error: invalid loader \"bogus\", expected one of:"),
        ("--jsx-runtime=bogus", "error: Invalid --jsx-runtime: \"bogus\", expected"),
        ("--dns-result-order=bogus", "error: Invalid DNS result order."),
        ("--max-http-header-size=x", "error: Invalid value for --max-http-header-size: \"x\"."),
        ("--port=x", "error: The value of \"--port\" is out of range."),
    ];
    for (flag, said) in cases {
        for runtime in runtimes() {
            let Outcome { stdout, stderr, code } = folder.run(&runtime, &[flag, "main.ts"]);
            assert!(stderr.starts_with(said), "{runtime:?}: {stderr}");
            assert_eq!((stdout.as_str(), code), ("", 1), "{runtime:?} {flag}");
        }
    }
}

#[test]
fn servers_and_fetch_take_their_defaults_from_flags() {
    let program = r"
        const server = Bun.serve({
            fetch: request => new Response(request.headers.get('user-agent')),
        });
        console.log(await (await fetch(server.url)).text(), server.port === 3000);
        server.stop(true);
    ";
    let folder = Folder::new(&[("main.ts", program)]);
    for runtime in runtimes() {
        let flags = ["--user-agent=me/1", "--port", "0", "main.ts"];
        let Outcome { stdout, stderr, code } = folder.run(&runtime, &flags);
        assert_eq!(
            (stdout.as_str(), stderr.as_str(), code),
            ("me/1 false\n", "", 0),
            "{runtime:?}"
        );
    }
}

#[test]
fn no_orphans_are_left_where_they_are_forbidden() {
    let program = r#"
        const child = Bun.spawn(["sh", "-c", "sleep 86399 & echo $!; exec sleep 86398"],
            { stdout: "pipe" });
        child.unref();
        const { value } = await child.stdout.getReader().read();
        console.log(child.pid, new TextDecoder().decode(value).trim());
        process.exit(3);
    "#;
    let folder = Folder::new(&[("main.ts", program), ("fig.toml", "[run]\nnoOrphans = true\n")]);
    let is_alive = |pid: &str| {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        state.contains("sleep") && !state.contains(") Z")
    };
    for runtime in runtimes() {
        for flag in ["--no-orphans", "--config=fig.toml"] {
            let Outcome { stdout, code, .. } = folder.run(&runtime, &[flag, "main.ts"]);
            assert_eq!((stdout.split_whitespace().count(), code), (2, 3), "{runtime:?}");
            for pid in stdout.split_whitespace() {
                // A killed process may outlive who has killed it by a moment.
                let start = Instant::now();
                while is_alive(pid) && start.elapsed() < Duration::from_secs(10) {
                    std::thread::sleep(Duration::from_millis(5));
                }
                assert!(!is_alive(pid), "{runtime:?} {flag}");
            }
        }
    }
}

#[test]
fn help_tells_the_flags() {
    let folder = Folder::new(&[]);
    let dx = PathBuf::from(env!("CARGO_BIN_EXE_dx"));
    for (words, named) in [
        (["test", "--help"], "--update-snapshots"),
        (["run", "-h"], "--define"),
        (["loadtest", "--help"], "--connections"),
    ] {
        let Outcome { stdout, code, .. } = folder.run(&dx, &words);
        assert!(stdout.contains(named) && code == 0, "{words:?}: {stdout}");
    }
}
