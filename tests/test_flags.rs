//! Flags of `dx test` whose effect lies beside what it prints of each test: processes of their
//! own, files that a change reaches, times that are kept, reports. Where Bun is installed it runs
//! the same and must say the same.

#![forbid(unsafe_code)]

mod support;

use std::path::{Path, PathBuf};

use support::folder::{Folder, Outcome};

const PASSING: &str = "import { test } from 'bun:test';\ntest('is well', () => {});\n";

fn dx() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_dx"))
}

/// dx, and Bun where it is installed.
fn runtimes() -> impl Iterator<Item = PathBuf> {
    [Some(dx()), support::bun()].into_iter().flatten()
}

fn test(folder: &Folder, runtime: &Path, words: &[&str]) -> Outcome {
    let words: Vec<&str> = ["test"].iter().chain(words).copied().collect();
    folder.run(runtime, &words)
}

/// The names of the test files that have run, in their order.
fn files_run(outcome: &Outcome) -> Vec<&str> {
    outcome.stderr.lines().filter_map(|line| line.strip_suffix(".test.ts:")).collect()
}

fn failing_files() -> Folder {
    Folder::new(&[
        (
            "crashes.test.ts",
            "import { test } from 'bun:test';\n\
             test('crashes', () => process.kill(process.pid, 'SIGKILL'));\n",
        ),
        (
            "exits.test.ts",
            "import { test } from 'bun:test';\n\
             test('exits', () => process.exit(3));\ntest('is never run', () => {});\n",
        ),
        ("good.test.ts", PASSING),
        (
            "hangs.test.ts",
            "import { test } from 'bun:test';\n\
             test('hangs', () => new Promise(() => {}), 200);\n",
        ),
        (
            "last.test.ts",
            "import { expect, test } from 'bun:test';\n\
             test('runs all the same', () => expect(globalThis.left).toBeUndefined());\n",
        ),
        (
            "leaves.test.ts",
            "import { test } from 'bun:test';\n\
             test('leaves something', () => { globalThis.left = 1; });\n",
        ),
    ])
}

fn check_that_failures_stay_alone(outcome: &Outcome) {
    let text = &outcome.stderr;
    for line in [
        "✗ crashes.test.ts (worker crashed: SIGKILL)",
        "✗ exits.test.ts (worker crashed: exit code 3)",
        "(fail) hangs",
        "  ^ this test timed out after 200ms.",
        "(pass) is well",
        "(pass) runs all the same",
        "(pass) leaves something",
        " 3 pass",
        " 3 fail",
        "Ran 6 tests across 6 files.",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line:?} is not in\n{text}");
    }
    assert!(!text.contains("is never run"), "{text}");
    assert_eq!(outcome.code, 1);
}

#[test]
fn a_file_that_crashes_hangs_or_exits_fails_alone_among_several() {
    let folder = failing_files();
    for runtime in runtimes() {
        check_that_failures_stay_alone(&test(&folder, &runtime, &["--parallel=2"]));
    }
}

#[test]
fn a_file_that_crashes_hangs_or_exits_fails_alone_in_isolation() {
    check_that_failures_stay_alone(&test(&failing_files(), &dx(), &["--isolate"]));
}

#[test]
fn without_isolation_a_file_that_exits_ends_the_run() {
    let folder = Folder::new(&[
        ("a.test.ts", "import { test } from 'bun:test';\ntest('x', () => process.exit(3));\n"),
        ("b.test.ts", PASSING),
    ]);
    for runtime in runtimes() {
        let outcome = test(&folder, &runtime, &[]);
        assert_eq!((files_run(&outcome), outcome.code), (vec!["a"], 3), "{runtime:?}");
    }
}

#[test]
fn children_of_a_test_that_takes_too_long_are_killed() {
    let program = "\
import { expect, test } from 'bun:test';
const before = Bun.spawn(['sleep', '60']);
test('leaves children', async () => {
  Bun.spawn(['sleep', '60']);
  require('node:child_process').spawn('sleep', ['60']);
  await Bun.sleep(5000);
}, 100);
test('blocks', () => { Bun.spawnSync(['sleep', '60']); }, 100);
test('the others live', () => {
  expect(before.signalCode).toBe(null);
  before.kill();
});
";
    let folder = Folder::new(&[("some.test.ts", program)]);
    for runtime in runtimes() {
        let Outcome { stderr, code, .. } = test(&folder, &runtime, &[]);
        let lines: Vec<&str> = stderr.lines().filter(|line| line.starts_with("killed ")).collect();
        let killed = ["killed 2 dangling processes", "killed 1 dangling process"];
        assert_eq!((lines, code), (killed.to_vec(), 1), "{runtime:?}: {stderr}");
        assert!(stderr.contains("(pass) the others live"), "{stderr}");
    }
}

fn git(folder: &Folder, words: &[&str]) {
    let who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
    let words: Vec<&str> = who.iter().chain(words).copied().collect();
    let outcome = folder.run("git", &words);
    assert_eq!(outcome.code, 0, "git {words:?}: {}", outcome.stderr);
}

#[test]
fn only_files_that_a_change_reaches_run() {
    let folder = Folder::new(&[
        ("inner.ts", "export const value = 1;\n"),
        ("outer.ts", "export { value } from './inner';\n"),
        (
            "reached.test.ts",
            "import './outer';\nimport { test } from 'bun:test';\ntest('x', () => {});\n",
        ),
        ("apart.test.ts", PASSING),
    ]);
    git(&folder, &["init", "--quiet"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message", "first"]);
    for runtime in runtimes() {
        let nothing = test(&folder, &runtime, &["--changed"]);
        assert!(nothing.stderr.contains("--changed: no changed files, nothing to run"));
        assert_eq!((files_run(&nothing), nothing.code), (vec![], 0));
    }
    folder.write("inner.ts", "export const value = 2;\n");
    for runtime in runtimes() {
        let reached = test(&folder, &runtime, &["--changed"]);
        let said = "--changed: 1 changed file, running 1/2 test files";
        assert!(reached.stderr.contains(said), "{}", reached.stderr);
        assert_eq!((files_run(&reached), reached.code), (vec!["reached"], 0), "{runtime:?}");
    }
    git(&folder, &["commit", "--quiet", "--all", "--message", "second"]);
    folder.write("new.test.ts", PASSING);
    for runtime in runtimes() {
        assert_eq!(files_run(&test(&folder, &runtime, &["--changed"])), ["new"]);
        let since = test(&folder, &runtime, &["--changed=HEAD~1"]);
        assert_eq!(files_run(&since), ["new", "reached"], "{runtime:?}");
    }
}

#[test]
fn shards_are_of_equal_length_by_the_times_kept() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let folder = Folder::new(&[]);
    for name in names {
        folder.write(&format!("{name}.test.ts"), PASSING);
    }
    let cases: &[(&[u32], &[&str])] = &[
        (&[10, 500, 20, 30, 40, 50], &["ab", "cdef"]),
        (&[200, 10, 1, 200, 1, 200], &["a", "bcd", "ef"]),
        (&[1, 1, 1, 1, 1, 1], &["a", "b", "cd", "ef"]),
        (&[], &["ace", "bdf"]),
        (&[5], &["a", "b", "c", "d", "e", "f", ""]),
    ];
    for (times, shards) in cases {
        let pairs = names.iter().zip(*times);
        let pairs: Vec<String> =
            pairs.map(|(name, ms)| format!("\"{name}.test.ts\":{ms}")).collect();
        folder.write("t.json", &format!("{{\"version\":1,\"files\":{{{}}}}}", pairs.join(",")));
        for runtime in runtimes() {
            for (at, shard) in shards.iter().enumerate() {
                let flag = format!("--shard={}/{}", at + 1, shards.len());
                let outcome = test(&folder, &runtime, &["--timings=t.json", &flag]);
                assert_eq!(files_run(&outcome).concat(), *shard, "{runtime:?} {times:?} {flag}");
            }
        }
    }
}

#[test]
fn times_are_kept_where_that_is_asked_for() {
    for runtime in runtimes() {
        let folder = Folder::new(&[
            (
                "slow.test.ts",
                "import { test } from 'bun:test';\ntest('x', () => Bun.sleep(300));\n",
            ),
            ("fast.test.ts", PASSING),
        ]);
        let outcome = test(&folder, &runtime, &["--timings=t.json", "--update-timings"]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let kept = folder.read("t.json");
        let at = |name: &str| kept.find(name).expect("the file's time is kept");
        assert!(
            kept.contains("\"version\": 1") && at("slow.test.ts") < at("fast.test.ts"),
            "{kept}"
        );
        folder.write("t.json", "{}");
        let refused = test(&folder, &runtime, &["--timings=t.json"]);
        assert!(refused.stderr.contains("error: --timings file t.json must look like"));
        assert_eq!(refused.code, 1);
    }
}

fn reported_files() -> Folder {
    Folder::new(&[
        (
            "sum.ts",
            "export function sum(a: number, b: number) {\n  return a + b;\n}\n\
             export function never() {\n  return 1;\n}\n",
        ),
        (
            "some.test.ts",
            "import { describe, expect, test } from 'bun:test';\n\
             import { sum } from './sum';\n\
             describe('sums & <others>', () => {\n\
             \x20 test('small ones', () => expect(sum(1, 2)).toBe(3));\n\
             \x20 test('wrong \"ones\"', () => expect(sum(1, 2)).toBe(4));\n\
             \x20 test.skip('left out', () => {});\n\
             \x20 test.todo('to come');\n\
             });\n\
             test('thrown', () => { throw new RangeError('far'); });\n\
             test('alone', () => {\n\
             \x20 expect(1).toBe(1);\n\
             \x20 expect(2).toBe(2);\n\
             });\n",
        ),
    ])
}

const LCOV: &str = "TN:\nSF:sum.ts\nFNF:2\nFNH:1\nDA:1,2\nDA:2,2\nDA:4,0\nDA:5,0\nLF:4\nLH:2\n\
                    end_of_record\n";

#[test]
fn lines_that_ran_are_counted_in_lcov() {
    let folder = reported_files();
    let words = ["--coverage", "--coverage-reporter=lcov", "--coverage-dir=counted"];
    for runtime in runtimes() {
        test(&folder, &runtime, &words);
        assert_eq!(folder.read("counted/lcov.info"), LCOV, "{runtime:?}");
    }
    for own in ["--isolate", "--parallel=2"] {
        test(&folder, &dx(), &[&words[..], &[own]].concat());
        assert_eq!(folder.read("counted/lcov.info"), LCOV, "{own}");
    }
}

/// The text with what stands between `name="` and the next quote taken out.
fn without_attribute(text: &str, name: &str) -> String {
    let start = format!(" {name}=\"");
    let mut parts = text.split(&start);
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('"').map_or(part, |(_, behind)| behind));
    first + &rest.collect::<String>()
}

fn report(folder: &Folder, runtime: &Path, more: &[&str]) -> String {
    let words = ["--reporter=junit", "--reporter-outfile=report.xml"];
    test(folder, runtime, &[&words[..], more].concat());
    let text = folder.read("report.xml");
    std::fs::remove_file(folder.path().join("report.xml")).expect("it was there");
    without_attribute(&without_attribute(&text, "time"), "hostname")
}

#[test]
fn results_are_reported_to_junit() {
    let folder = reported_files();
    let own = report(&folder, &dx(), &[]);
    for part in [
        "<testsuites name=\"bun test\" tests=\"6\" assertions=\"4\" failures=\"2\" skipped=\"2\">",
        "<testsuite name=\"sums &amp; &lt;others&gt;\" file=\"some.test.ts\" line=\"3\"",
        "<failure type=\"AssertionError\" message=\"expect(received).toBe(expected)&#10;&#10;\
         Expected: 4&#10;Received: 3&#10;\">",
        "RangeError: far&#10;      at some.test.ts:9:50&#10;</failure>",
        "<skipped message=\"TODO\" />",
        "<testcase name=\"alone\" classname=\"\" file=\"some.test.ts\" line=\"10\" assertions=\"2\" />",
    ] {
        assert!(own.contains(part), "{part} is not in\n{own}");
    }
    assert_eq!(report(&folder, &dx(), &["--isolate"]), own);
    if let Some(bun) = support::bun() {
        assert_eq!(report(&folder, &bun, &[]), own);
    }
}

/// The annotations that the workflows of GitHub show, in the order of the tests.
fn annotations(folder: &Folder, runtime: &Path) -> Vec<String> {
    let output = folder.command(runtime).arg("test").env("GITHUB_ACTIONS", "1").output();
    let text = String::from_utf8_lossy(&output.expect("it starts").stderr).into_owned();
    let place = std::fs::canonicalize(folder.path()).expect("a folder");
    let lines = text.lines().filter(|line| line.starts_with("::error"));
    lines.map(|line| line.replace(&*place.to_string_lossy(), "")).collect()
}

const ANNOTATIONS: &[&str] = &[
    "::error file=some.test.ts,line=2,col=29,title=error: expect(received).toBe(expected)::\
     Expected: 2%0AReceived: 1%0A%0A      at <anonymous> (/some.test.ts:2:29)",
    "::error file=some.test.ts,line=3,col=55,title=TypeError: 50%25%2C a%3Ab::c: d%0A      \
     at <anonymous> (/some.test.ts:3:55)",
    "::error file=some.test.ts,line=4,col=44,title=error: outer::%0A      \
     at <anonymous> (/some.test.ts:4:44)",
    "::error file=some.test.ts,line=5,col=34,title=error::%0A      \
     at <anonymous> (/some.test.ts:5:34)",
];

#[test]
fn failures_are_annotated_by_their_message_and_stack() {
    let folder = Folder::new(&[(
        "some.test.ts",
        "import { expect, test } from 'bun:test';\n\
         test('a', () => { expect(1).toBe(2); });\n\
         test('b', () => { throw new TypeError('50%, a:b\\nc: d'); });\n\
         test('c', async () => { await 1; throw new Error('outer'); });\n\
         test('d', () => { throw { one: 1 }; });\n",
    )]);
    for runtime in runtimes() {
        assert_eq!(annotations(&folder, &runtime), ANNOTATIONS, "{runtime:?}");
    }
}

#[test]
fn a_preload_that_fails_fails_every_file() {
    let folder = Folder::new(&[
        ("a.test.ts", PASSING),
        ("b.test.ts", PASSING),
        ("throws.ts", "throw new Error('no start');\n"),
    ]);
    for runtime in runtimes() {
        let failed = test(&folder, &runtime, &["--preload", "./throws.ts"]);
        assert_eq!(files_run(&failed), ["a", "b"], "{runtime:?}");
        assert_eq!(failed.stderr.matches("# Unhandled error between tests").count(), 2);
        assert!(failed.stderr.contains("\n 0 pass\n 2 fail\n 2 errors\n"), "{runtime:?}");
        let absent = test(&folder, &runtime, &["--preload", "./absent.ts"]);
        assert_eq!(absent.stderr, "\na.test.ts:\nerror: preload not found \"./absent.ts\"\n");
        assert_eq!((failed.code, absent.code), (1, 1));
        let refused = test(&folder, &runtime, &["-t", "("]);
        assert!(refused.stderr.contains("expects a valid regular expression but received \"(\""));
        assert_eq!((refused.code, refused.stdout.as_str()), (1, ""));
    }
}
