// The end of a run: repeated lines, counts, exit code. Also which of the found files run, and what
// is said when none was found.
"use strict";

const { runner, counters } = require("test/state");
const { paint, paintText } = require("test/paint");
const { shuffleFiles } = require("test/order");
const report = require("test/report");

const { plural, write } = report;

// Lines are repeated after more than so many passed.
const REPEATS_AFTER = 20;
const SECONDS_FROM_MS = 1500;

function chooseFiles(files) {
  const { changed, parallel, shard, seed } = runner.options;
  let chosen = files.slice();
  if (changed !== undefined) {
    const choice = require("test/changed").choose(chosen);
    chosen = choice.files;
    write(paint`<r><d>--changed:<r> ${choice.message}\n`);
  }
  const timings = require("test/timings");
  timings.read();
  if (shard !== undefined) {
    const [index, count] = shard;
    chosen = timings.balance(chosen, count)[index - 1];
    write(paint`<r><d>--shard=${index}/${count}:<r> running ${chosen.length}/${files.length} ` +
      `test file${plural(files.length)}\n`);
  }
  if (parallel > 0 && timings.isUsed()) chosen = timings.slowestFirst(chosen);
  if (seed !== undefined) shuffleFiles(chosen, seed);
  return chosen;
}

// ---- Counting lines --------------------------------------------------------------------------

function durationText() {
  const milliseconds = Math.trunc(ops.elapsedNanoseconds() / 1e6);
  const text = milliseconds <= SECONDS_FROM_MS
    ? `${milliseconds.toFixed(2)}ms`
    : `${(milliseconds / 1000).toFixed(2)}s`;
  return paint`<r><d>[<b>${text}<r><d>]<r>`;
}

function printRan() {
  const tests = counters.fail + counters.pass + counters.skip + counters.todo;
  const { files } = counters;
  const across = `${files} file${plural(files)}`;
  write(`Ran ${tests} test${plural(tests)} across ${across}. ${durationText()}`);
}

function repeatLines() {
  const quiet = runner.options.reporter === "dots" || runner.options.onlyFailures;
  if (counters.pass <= REPEATS_AFTER || quiet) return;
  let isFirst = true;
  for (const [kind, name] of [["skip", "skipped"], ["todo", "todo"], ["fail", "failed"]]) {
    if (counters[kind] === 0) continue;
    if (!isFirst) write("\n");
    isFirst = false;
    write(paint`\n<r><d>${counters[kind]} tests ${name}:<r>\n${report.repeated[kind]}`);
  }
}

// Answers whether the count of expect() calls is still to be printed.
function printSnapshots(indent) {
  const { total, added, passed, failed } = counters.snapshots;
  const { expectations } = counters;
  if (total === 0) return expectations > 0;
  if (expectations > 0 && added === 0 && failed === 0) {
    write(`${indent}${total} snapshots, ${expectations} expect() calls\n`);
    return false;
  }
  let text = paint`<d>snapshots:<r> `;
  const parts = [];
  if (passed > 0) parts.push(paint`<d>${passed} passed<r>`);
  if (added > 0) parts.push(paint`<b>${parts.length === 0 ? "+" : ""}${added} added<r>`);
  if (failed > 0) parts.push(paint`<red>${failed} failed<r>`);
  text += parts.join(", ");
  write(`${text}\n`);
  return expectations > 0;
}

function printCounts() {
  const indent = runner.options.reporter === "dots" ? "" : " ";
  if (indent === "") write("\n");
  const { pass, skip, filtered, todo, fail, errors, expectations } = counters;
  const { seed } = runner.options;
  if (seed !== undefined) write(paint`${indent}<r>--seed=${seed}<r>\n`);
  if (pass > 0) write(paintText("<r><green>"));
  write(paint`${indent}${pass} pass<r>\n`);
  if (skip > 0) write(paint`${indent}<r><yellow>${skip} skip<r>\n`);
  else if (filtered > 0) write(paint`${indent}<r><d>${filtered} filtered out<r>\n`);
  if (todo > 0) write(paint`${indent}<r><magenta>${todo} todo<r>\n`);
  write(paintText(fail > 0 ? "<r><red>" : "<r><d>"));
  write(paint`${indent}${fail} fail<r>\n`);
  if (errors > 0) write(paint`${indent}<r><red>${errors} error${plural(errors)}<r>\n`);
  if (printSnapshots(indent)) write(`${indent}${expectations} expect() calls\n`);
  printRan();
}

function printFilteredOut() {
  const { files, filtered } = counters;
  const pattern = JSON.stringify(runner.options.namePattern);
  write(paint`<red>error<r><d>:<r> regex <b>${pattern}<r> matched 0 tests. Searched ${files} ` +
    `file${plural(files)} (skipping ${filtered} test${plural(filtered)}) ${durationText()}`);
}

const isAllFilteredOut = () =>
  counters.filtered > 0 &&
  counters.pass + counters.fail + counters.skip + counters.todo === 0;

// ---- The end ---------------------------------------------------------------------------------

// Answers the exit code.
function end() {
  const snapshotsWritten = require("test/snapshots").writeAll();
  const processes = require("test/processes");
  if (processes.isWorker()) {
    processes.handOver();
    return exitCode(snapshotsWritten);
  }
  repeatLines();
  const isCovered = require("test/coverage").report();
  write("\n");
  const isEmpty = isAllFilteredOut() && counters.errors === 0;
  if (isEmpty) printFilteredOut();
  else printCounts();
  write("\n");
  require("test/junit").write();
  require("test/timings").write();
  return exitCode(snapshotsWritten && isCovered);
}

function exitCode(isComplete) {
  const fails = (isAllFilteredOut() && !runner.options.passWithNoTests) || counters.fail > 0 ||
    counters.errors > 0 || !isComplete;
  return fails ? 1 : 0;
}

function bailOut() {
  const { bail } = runner.options;
  printRan();
  write(paint`\nBailed out after ${bail} failure${plural(bail)}<r>\n`);
  require("test/junit").write();
  process.exit(1);
}

function fileFailed() {
  counters.fail++;
  if (counters.fail === runner.options.bail) bailOut();
}

// For reports that list every test.
function testEnded(file, sequence, entry, elapsed) {
  const nodeEvents = require("test/node-test-events");
  if (nodeEvents.isWanted()) nodeEvents.entryEnded(entry);
  if (runner.options.reporter !== "junit") return;
  require("test/junit").testEnded(file, sequence, entry, elapsed);
}

// ---- Nothing found ---------------------------------------------------------------------------

const NEEDS = 'Tests need ".test", "_test_", ".spec" or "_spec_" in the filename ';
const EXAMPLE = '<d>(ex: "MyApp.test.ts")<r>\n';

const EVERY_TEST = "**{.test,.spec,_test_,_spec_}.{js,ts,jsx,tsx}";

function nothingFound(found) {
  const { patterns, passWithNoTests } = runner.options;
  if (found.missing !== undefined) {
    const quoted = JSON.stringify(found.missing);
    write(patterns.length === 0
      ? paint`<red>Failed to scan non-existent root directory for tests:<r> ${quoted}\n`
      : paint`Test filter <b>${quoted}<r> had no matches\n`);
    return 1;
  }
  if (patterns.length === 0 && runner.isForAgent) {
    const folder = JSON.stringify(runner.options.directory);
    write(paint`<red>error<r><d>:<r> 0 test files matching ${EVERY_TEST} in --cwd=${folder}\n\n`);
    return passWithNoTests ? 0 : 1;
  }
  if (patterns.length === 0) {
    write(paintText(`<yellow>No tests found!<r>\n\n${NEEDS}${EXAMPLE}`));
  } else {
    explainFilters(patterns, found);
  }
  write(paintText("\nLearn more about bun test: <magenta>https://bun.com/docs/cli/test<r>\n"));
  return passWithNoTests ? 0 : 1;
}

function explainFilters(patterns, found) {
  const where = runner.isForAgent ? ` in --cwd=${JSON.stringify(runner.options.directory)}` : ":";
  write(paint`<yellow>The following filters did not match any test files${where}<r>\n`);
  for (const pattern of patterns) write(` ${pattern}`);
  if (found.searched > 0) write(`\n${found.searched} files were searched ${durationText()}`);
  const note = paintText("<blue>note<r><d>:<r> ");
  write(`\n\n${note}${paintText(NEEDS + EXAMPLE)}`);
  const path = patterns.find((pattern) => /\.[tj]sx?$/.test(pattern));
  if (path === undefined) return;
  write(`${note}To treat the "${path}" filter as a path, run "bun test ./${path}"\n`);
}

module.exports = { bailOut, chooseFiles, end, fileFailed, nothingFound, testEnded };
