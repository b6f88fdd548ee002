//! The programs of `tests/drivers` on every driver: HTTP and WebSockets between a server and
//! clients of one process, and files, with sockets and files that are real or simulated, and
//! connections that the kernel carries or that stay within the process.
//!
//! Each `name.ts` stands beside `name.expected`, what Bun 1.4.5 printed. The simulation runs from
//! many seeds; a failure names its own, which `DX_SIM_SEED=n` repeats alone.

#![forbid(unsafe_code)]

mod support;

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use support::folder::Folder;

/// Seeds of each kind of faults.
const SEEDS: u64 = 12;
/// Longest time one run may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a program prints on a driver, with a folder for temporary files of its own.
fn run(program: &str, environment: &[(&str, &str)], temporary: &Path) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drivers");
    let mut command = Command::new(env!("CARGO_BIN_EXE_dx"));
    command.arg("run").arg(program).current_dir(folder).env("TMPDIR", temporary);
    command.env("NO_COLOR", "1").envs(environment.iter().copied());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().expect("dx starts");
    let start = Instant::now();
    // What a program here prints fits into a pipe.
    while child.try_wait().expect("it can be waited for").is_none() {
        if start.elapsed() > PATIENCE {
            child.kill().expect("it can be killed");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("it has ended");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn expected(program: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drivers");
    let path = folder.join(program).with_extension("expected");
    std::fs::read_to_string(path).expect("a recorded output")
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).expect("a folder").next().is_none()
}

fn check_real(program: &str) {
    for driver in ["uring", "epoll"] {
        for loopback in ["process", "tcp"] {
            let environment = [("DX_DRIVER", driver), ("DX_LOOPBACK", loopback)];
            let folder = Folder::new(&[]);
            let printed = run(program, &environment, folder.path());
            assert_eq!(printed, expected(program), "{environment:?}");
        }
    }
}

fn seeds() -> Vec<u64> {
    let given = std::env::var("DX_SIM_SEED").ok().and_then(|seed| seed.parse().ok());
    given.map_or_else(|| (0..SEEDS).collect(), |seed| vec![seed])
}

/// Runs a program from many seeds, without faults and with those that no program may notice.
fn check_simulated(program: &str, files: &str) {
    for seed in seeds() {
        for faults in ["none", "gentle"] {
            let seed = seed.to_string();
            let environment = [
                ("DX_DRIVER", "sim"),
                ("DX_SIM_SEED", &*seed),
                ("DX_SIM_FAULTS", faults),
                ("DX_SIM_FILES", files),
            ];
            let folder = Folder::new(&[]);
            let printed = run(program, &environment, folder.path());
            assert_eq!(printed, expected(program), "{environment:?}");
            let is_untouched = is_empty(folder.path());
            assert!(is_untouched || files == "real", "{environment:?} has made real files");
        }
    }
}

/// By the sockets it has open while its requests are answered.
#[test]
fn a_program_that_fetches_from_itself_needs_no_sockets_for_it() {
    for driver in ["uring", "epoll"] {
        for (loopback, sockets) in [("process", "0 0"), ("tcp", "6 6"), ("", "0 0")] {
            let environment = [("DX_DRIVER", driver), ("DX_LOOPBACK", loopback)];
            let folder = Folder::new(&[]);
            let printed = run("own-sockets.ts", &environment, folder.path());
            assert_eq!(printed, format!("sockets: {sockets}\n"), "{environment:?}");
        }
    }
}

#[test]
fn files_are_the_same_on_every_driver() {
    check_real("files.ts");
    check_simulated("files.ts", "simulated");
    check_simulated("files.ts", "real");
}

#[test]
fn exchanges_are_the_same_on_every_driver() {
    check_real("exchanges.ts");
    check_simulated("exchanges.ts", "simulated");
}

#[test]
fn upgrades_are_the_same_on_every_driver() {
    check_real("upgrades.ts");
    check_simulated("upgrades.ts", "real");
}
