//! Runs the programs under `apis/*/tests/programs`, and one for each package of npm under
//! `tests/packages`, in dx and compares what they print.
//!
//! Each `name.ts` (or `.js`, `.mjs`, `.cjs`, `.tsx`) stands beside `name.expected`, what Bun
//! 1.4.5 printed, and perhaps `name.expected-stderr`. Where a Bun binary is found (`DX_BUN`, or
//! `tests/node_modules/.bin/bun`), the program runs there too, so that a recording that has gone
//! stale is noticed. `DX_PROGRAM=part-of-a-name` runs only those.

#![forbid(unsafe_code)]

use std::{
    ffi::OsStr,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

/// Longest time one program may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Programs run at the same time.
const AT_ONCE: usize = 2;

struct Outcome {
    stdout: String,
    stderr: String,
    ended: bool,
}

fn tests_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn apis() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("apis")
}

fn bun() -> Option<PathBuf> {
    let given = std::env::var_os("DX_BUN").map(PathBuf::from);
    given.or_else(|| Some(tests_directory().join("node_modules/.bin/bun"))).filter(|p| p.exists())
}

/// Variables of the environment that choose a driver; none for the machine's own.
type Driver = &'static [(&'static str, &'static str)];

fn run(runtime: &Path, program: &Path, driver: Driver) -> Outcome {
    let directory = program.parent().expect("programs lie in a directory");
    let name = program.file_name().expect("programs are files");
    let output = |stream: &str| {
        let program = name.to_string_lossy();
        let runtime = runtime.file_name().unwrap_or_default().to_string_lossy();
        let by = driver.first().map_or("any", |(_, name)| name);
        let file = format!("dx-{}-{program}-{runtime}-{by}-{stream}", std::process::id());
        std::env::temp_dir().join(file)
    };
    let (stdout, stderr) = (output("out"), output("err"));
    let file = |path: &Path| std::fs::File::create(path).expect("a temporary file");
    let mut command = Command::new(runtime);
    command.envs(driver.iter().copied());
    let mut child = command
        .arg("run")
        .arg(name)
        .current_dir(directory)
        .env_remove("FORCE_COLOR")
        .env("NO_COLOR", "1")
        .env("TERM", "xterm-256color")
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .stdout(file(&stdout))
        .stderr(file(&stderr))
        .spawn()
        .expect("the runtime starts");
    let start = Instant::now();
    let ended = loop {
        match child.try_wait().expect("the child can be waited for") {
            Some(_) => break true,
            None if start.elapsed() > PATIENCE => {
                child.kill().expect("the child can be killed");
                child.wait().expect("the child ends");
                break false;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let read = |path: &Path| {
        let bytes = std::fs::read(path).expect("the output is there");
        std::fs::remove_file(path).expect("the output can be removed");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Outcome { stdout: read(&stdout), stderr: read(&stderr), ended }
}

/// The first line in which two outputs differ.
fn difference(expected: &str, printed: &str) -> String {
    let mut lines = expected.lines().zip(printed.lines()).enumerate();
    match lines.find(|(_, (expected, printed))| expected != printed) {
        Some((at, (expected, printed))) => {
            format!("line {}: expected {expected:?}, printed {printed:?}", at + 1)
        }
        None => format!(
            "expected {} lines, printed {}",
            expected.lines().count(),
            printed.lines().count()
        ),
    }
}

fn check(program: &Path, bun: Option<&Path>, driver: Driver) -> Result<(), String> {
    let dx = Path::new(env!("CARGO_BIN_EXE_dx"));
    let recorded =
        |extension: &str| std::fs::read_to_string(program.with_extension(extension)).ok();
    let expected = recorded("expected").ok_or("there is no recorded output")?;
    let expected_stderr = recorded("expected-stderr");
    let runtimes = [Some(dx), bun];
    for (runtime, name) in runtimes.into_iter().zip(["dx", "bun"]) {
        let Some(runtime) = runtime else { continue };
        let mut outcome = run(runtime, program, driver);
        // What Bun prints may depend on the machine's load, which says nothing of dx.
        if name == "bun" && outcome.stdout != expected {
            outcome = run(runtime, program, driver);
        }
        if !outcome.ended {
            return Err(format!("{name} did not end in {PATIENCE:?}"));
        }
        if outcome.stdout != expected {
            let found = difference(&expected, &outcome.stdout);
            let tail: String = outcome.stderr.lines().take(6).collect::<Vec<_>>().join(" | ");
            return Err(format!("{name}: {found}; stderr: {tail}"));
        }
        if let Some(expected) = expected_stderr.as_ref().filter(|e| **e != outcome.stderr) {
            return Err(format!("{name}, stderr: {}", difference(expected, &outcome.stderr)));
        }
    }
    Ok(())
}

fn programs(group: &str) -> Vec<PathBuf> {
    let wanted = std::env::var("DX_PROGRAM").unwrap_or_default();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(group);
    let mut found: Vec<PathBuf> = std::fs::read_dir(directory)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    let runnable = ["ts", "tsx", "js", "mjs", "cjs"].map(OsStr::new);
    found.retain(|path| path.extension().is_some_and(|extension| runnable.contains(&extension)));
    found.retain(|path| path.to_string_lossy().contains(&wanted));
    found.sort();
    found
}

/// What programs about files, sockets and children are called.
const INPUT_AND_OUTPUT: [&str; 11] = [
    "bun-file",
    "child-",
    "dgram-",
    "fetch",
    "file-",
    "fs-",
    "http-",
    "net-",
    "sockets",
    "spawn-",
    "websocket",
];

fn does_input_and_output(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    INPUT_AND_OUTPUT.iter().any(|start| name.starts_with(start))
}

fn run_group(group: &str) {
    run_all(group, programs(group), bun().as_deref(), &[]);
}

fn run_all(group: &str, programs: Vec<PathBuf>, bun: Option<&Path>, driver: Driver) {
    let queue = Mutex::new(programs);
    let failures = Mutex::new(String::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no panics here").pop();
                    let Some(program) = next else { return };
                    if let Err(why) = check(&program, bun, driver) {
                        let mut failures = failures.lock().expect("no panics here");
                        let name = program.file_name().unwrap_or_default().to_string_lossy();
                        let _ = writeln!(failures, "{group}/{name} {driver:?}: {why}");
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panics here");
    assert!(failures.is_empty(), "programs that print something else:\n{failures}");
}

macro_rules! groups {
    ($($test:ident: $group:literal;)*) => {
        const GROUPS: &[&str] = &[$($group),*];
        $(
            #[test]
            fn $test() {
                run_group($group);
            }
        )*
    };
}

groups! {
    bun_programs_print_what_bun_prints: "apis/bun/tests/programs";
    html_programs_print_what_bun_prints: "apis/html/tests/programs";
    sqlite_programs_print_what_bun_prints: "apis/sqlite/tests/programs";
    node_programs_print_what_bun_prints: "apis/node/tests/programs";
    packages_from_npm_work_as_in_bun: "tests/packages";
    shell_programs_print_what_bun_prints: "apis/shell/tests/programs";
    web_programs_print_what_bun_prints: "apis/web/tests/programs";
}

/// Programs that print in which pieces bytes come, or what a broken connection looks like: on the
/// simulation that is another every time. `tests/drivers` has what holds there too. And one that
/// hands the descriptors of sockets to a child, where simulated sockets have none.
const NOT_SIMULATED: [&str; 8] = [
    "child-handles",
    "child-server",
    "fetch-connection",
    "fetch-http2-faults",
    "fs-content",
    "http-transfer-codings",
    "net-faults",
    "sockets",
];

fn run_input_and_output(driver: Driver, except: &[&str]) {
    for group in GROUPS {
        let mut programs = programs(group);
        programs.retain(|program| {
            let name = program.file_stem().unwrap_or_default().to_string_lossy();
            does_input_and_output(program) && !except.contains(&&*name)
        });
        run_all(group, programs, None, driver);
    }
}

/// Elsewhere the machine's own driver is used, which is io_uring where that can be had.
#[test]
fn files_sockets_and_children_are_the_same_on_epoll() {
    run_input_and_output(&[("DX_DRIVER", "epoll")], &[]);
}

/// Elsewhere what a program asks of its own servers stays within the process.
#[test]
fn programs_that_ask_their_own_servers_are_the_same_by_tcp() {
    for group in GROUPS {
        let mut programs = programs(group);
        programs.retain(|program| {
            let text = std::fs::read_to_string(program).expect("a program is text");
            text.contains("Bun.serve")
        });
        run_all(group, programs, None, &[("DX_LOOPBACK", "tcp")]);
    }
}

/// With simulated sockets, and pipes and files that come late and in pieces.
#[test]
fn files_sockets_and_children_are_the_same_on_the_simulation() {
    const SIMULATION: Driver = &[
        ("DX_DRIVER", "sim"),
        ("DX_SIM_FAULTS", "gentle"),
        ("DX_SIM_FILES", "real"),
        ("DX_SIM_SEED", "7"),
    ];
    run_input_and_output(SIMULATION, &NOT_SIMULATED);
}

#[test]
fn no_folder_of_programs_is_forgotten() {
    let entries = std::fs::read_dir(apis()).expect("the folder of APIs").flatten();
    for entry in entries.filter(|entry| entry.path().join("tests/programs").is_dir()) {
        let group = format!("apis/{}/tests/programs", entry.file_name().to_string_lossy());
        assert!(GROUPS.contains(&&*group), "{group} runs in no group");
    }
}

#[test]
fn a_difference_names_its_line() {
    assert!(difference("a\nb\n", "a\nc\n").starts_with("line 2: expected \"b\""));
    assert!(difference("a\n", "a\nb\n").contains("expected 1 lines, printed 2"));
}
