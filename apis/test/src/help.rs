//! What `dx test --help` prints.

/// How `dx test` is used: every flag of its own.
pub const HELP: &str = "\
Usage: dx test [flags] [<patterns>]
  Runs the test files whose paths contain a pattern, or all of them

What runs:
  -t, --test-name-pattern REGEX  only tests whose full name matches
      --only                     only tests marked only
      --todo                     tests marked todo as well
      --changed[=COMMIT]         only files that a change since then reaches
      --path-ignore-patterns GLOB  leave files out
      --shard INDEX/COUNT        one share of the files
      --rerun-each N             every file so many times
      --randomize, --seed N      files and tests in random order
      --pass-with-no-tests       no test files is no failure
      --preload MODULE           loaded before the first file

How it runs:
      --timeout MS               of a test that says nothing itself (default 5000)
      --retry N                  of a failing test that says nothing itself
      --bail[=N]                 end after so many failures (default 1)
      --concurrent               tests run together unless they say otherwise
      --max-concurrency N        so many at a time (default 20)
      --isolate                  every file in a process of its own
      --parallel[=N]             so many processes at a time (default: one a processor)
      --timings FILE             how long files took, to balance shards by
      --update-timings           write the first of these files anew
      --no-orphans               end with the parent process, and every descendant with this one
      --watch                    again when a loaded file changes
  -u, --update-snapshots         rewrite snapshots that differ

What is reported:
      --coverage                 which lines and functions ran
      --coverage-reporter KIND   text or lcov
      --coverage-dir FOLDER      of lcov.info (default coverage)
      --reporter KIND            dots, or junit with --reporter-outfile FILE
      --dots                     --reporter=dots
      --only-failures            nothing of what passes

Modules are found and read as with dx run: --conditions, --define, --drop, --feature, --loader,
--tsconfig-override, --jsx-runtime and its relatives. bunfig.toml is read; -c, --config FILE
names another.";
