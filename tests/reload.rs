//! `--watch` and `--hot`: a program that is running takes up what has changed on disk. Where Bun is
//! installed it runs the same and must print the same.

#![forbid(unsafe_code)]

mod support;

use std::{
    cell::RefCell,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use support::folder::Folder;

/// Longest time from a change to its effect.
const PATIENCE: Duration = Duration::from_secs(30);

const COMMIT: [&str; 8] = [
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@example.org",
    "commit",
    "--quiet",
    "--message",
    "first",
];

fn runtimes() -> impl Iterator<Item = PathBuf> {
    [Some(PathBuf::from(env!("CARGO_BIN_EXE_dx"))), support::bun()].into_iter().flatten()
}

/// A program that goes on until its test is over.
struct Running {
    child: Child,
    lines: Receiver<String>,
    /// What came while another line was awaited: the two streams come in any order.
    seen: RefCell<Vec<String>>,
}

impl Running {
    fn start(folder: &Folder, runtime: &Path, words: &[&str]) -> Self {
        let mut command = folder.command(runtime);
        let child = command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the program starts");
        let (sender, lines) = channel();
        let streams: [Box<dyn std::io::Read + Send>; 2] = [
            Box::new(child.stdout.take().expect("a pipe")),
            Box::new(child.stderr.take().expect("a pipe")),
        ];
        for stream in streams {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    // The test may have ended before its program.
                    let _ = sender.send(line);
                }
            });
        }
        Self { child, lines, seen: RefCell::default() }
    }

    /// Waits for a line that begins so; each line that came is taken once.
    fn expect(&self, start: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen.borrow_mut();
        if let Some(place) = seen.iter().position(|line| line.starts_with(start)) {
            return seen.remove(place);
        }
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.starts_with(start) => return line,
                Ok(line) => seen.push(line),
                Err(_) => panic!("{start:?} never came; what came: {seen:#?}"),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const PROGRAM: &str = "\
import { value } from './value';
globalThis.runs = (globalThis.runs ?? 0) + 1;
console.log(`value ${value}, run ${globalThis.runs} of process ${process.pid}`);
globalThis.timer ??= setInterval(() => {}, 1000);
";

fn value(text: &str) -> String {
    format!("export const value = '{text}';\n")
}

#[test]
fn a_watched_program_starts_anew_when_a_file_changes() {
    for runtime in runtimes() {
        let folder = Folder::new(&[("program.ts", PROGRAM), ("value.ts", &value("first"))]);
        let running = Running::start(&folder, &runtime, &["--watch", "program.ts"]);
        let process = running.child.id();
        running.expect(&format!("value first, run 1 of process {process}"));
        folder.write("value.ts", &value("second"));
        running.expect(&format!("value second, run 1 of process {process}"));
        folder.write("value.ts", "export const value = ;\n");
        running.expect("error: ");
        folder.write("value.ts", &value("third"));
        running.expect(&format!("value third, run 1 of process {process}"));
    }
}

#[test]
fn a_watched_program_that_has_ended_or_spins_starts_anew_too() {
    for runtime in runtimes() {
        let folder = Folder::new(&[("program.ts", "console.log('ends');\n")]);
        let running = Running::start(&folder, &runtime, &["--watch", "program.ts"]);
        running.expect("ends");
        std::thread::sleep(Duration::from_millis(300));
        folder.write("program.ts", "console.log('spins');\nfor (;;);\n");
        running.expect("spins");
        folder.write("program.ts", "console.log('throws');\nthrow new Error('thrown');\n");
        running.expect("throws");
        running.expect("error: thrown");
        folder.write("program.ts", "console.log('is well again');\n");
        running.expect("is well again");
    }
}

#[test]
fn a_hot_program_keeps_its_globals_and_its_servers() {
    let program = "\
import { value } from './value';
globalThis.runs = (globalThis.runs ?? 0) + 1;
const server = Bun.serve({ port: 0, fetch: () => new Response(value) });
globalThis.port ??= server.port;
const answer = await fetch(`http://127.0.0.1:${globalThis.port}/`);
console.log(`value ${value}, run ${globalThis.runs}, answer ${await answer.text()}`);
";
    for runtime in runtimes() {
        let folder = Folder::new(&[("program.ts", program), ("value.ts", &value("first"))]);
        let running = Running::start(&folder, &runtime, &["--hot", "program.ts"]);
        running.expect("value first, run 1, answer first");
        folder.write("value.ts", &value("second"));
        running.expect("value second, run 2, answer second");
        folder.write("value.ts", &value("third"));
        running.expect("value third, run 3, answer third");
    }
}

#[test]
fn watched_tests_run_again_when_a_file_changes() {
    let test = "import { expect, test } from 'bun:test';\nimport { value } from './value';\n\
                test('is good', () => expect(value).toBe('good'));\n";
    for runtime in runtimes() {
        let folder = Folder::new(&[("some.test.ts", test), ("value.ts", &value("bad"))]);
        let running = Running::start(&folder, &runtime, &["test", "--watch"]);
        running.expect(" 1 fail");
        std::thread::sleep(Duration::from_millis(300));
        folder.write("value.ts", &value("good"));
        running.expect(" 1 pass");
    }
}

#[test]
fn watched_tests_run_again_where_a_change_reaches_them() {
    let test = |name: &str| {
        let file = format!("{name}.test.ts");
        let text = format!(
            "import {{ test }} from 'bun:test';\nimport {{ value }} from './{name}';\n\
             test('{name} ' + value, () => {{}});\n"
        );
        (file, text)
    };
    let [(left, left_text), (right, right_text)] = [test("left"), test("right")];
    for runtime in runtimes() {
        let first = value("first");
        let folder = Folder::new(&[
            (&left, &left_text),
            (&right, &right_text),
            ("left.ts", &first),
            ("right.ts", &first),
        ]);
        for words in [&["init", "--quiet"][..], &["add", "."], &COMMIT] {
            assert_eq!(folder.run("git", words).code, 0);
        }
        let running = Running::start(&folder, &runtime, &["test", "--changed", "--watch"]);
        running.expect("--changed: no changed files");
        running.expect("Ran 0 tests");
        for name in ["left", "right"] {
            std::thread::sleep(Duration::from_millis(300));
            folder.write(&format!("{name}.ts"), &value("second"));
            running.expect(&format!("(pass) {name} second"));
            running.expect("Ran 1 test across 1 file");
        }
    }
}
