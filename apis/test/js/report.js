// Says on standard error how each test went, and keeps the lines that the summary repeats.
"use strict";

const { runner, counters } = require("test/state");
const { paint, paintText } = require("test/paint");
const annotations = require("test/annotations");

const NS_SHOWN_MIN = 10_000;

const write = (text) => ops.write(2, text);

// The heading of the running file, printed at once or, with a quieter reporter, when needed.
let heading;
let lastWasDot = false;
const repeated = { skip: "", todo: "", fail: "" };

let hasGroup = false;

function fileStarted(title, run) {
  const suffix = run === undefined ? "" : paint` <d>(run #${run})<r>`;
  const group = annotations.areWanted() ? "::group::" : "";
  heading = paint`<r>\n${group}${title}:${suffix}\n`;
  if (!isQuiet()) printHeading();
}

function printHeading() {
  if (heading === undefined) return;
  write(heading);
  heading = undefined;
  hasGroup = annotations.areWanted();
}

function fileEnded() {
  if (hasGroup) write("\n::endgroup::\n");
  hasGroup = false;
}

const usesDots = () => runner.options.reporter === "dots";
const isQuiet = () => usesDots() || runner.options.onlyFailures;

// With a quieter reporter, what a test prints stands below its file's heading too.
function watchConsole() {
  if (!isQuiet()) return;
  for (const name of ["log", "info", "debug", "warn", "error", "dir", "trace", "table"]) {
    const print = console[name];
    console[name] = { [name](...values) {
      beforePrinting();
      return Reflect.apply(print, this, values);
    } }[name];
  }
}

function beforePrinting() {
  if (lastWasDot) write(paint`<r>\n`);
  lastWasDot = false;
  printHeading();
}

// Processes that a test left behind when its time was up.
function childrenKilled(count) {
  if (count === 0) return;
  beforePrinting();
  write(paint`<d>killed ${count} dangling process${count === 1 ? "" : "es"}<r>\n`);
}

// ---- Errors ----------------------------------------------------------------------------------

// `isThrown`: it left a callback of the program by a throw, not by a promise.
function formatted(error, isThrown) {
  const { formatUncaught } = require("bun/inspect-errors");
  const frames = isThrown ? require("runtime/module-observing").framesOf(error) : undefined;
  return formatUncaught(error, runner.colors, frames).replace(/\n?$/, "\n");
}

function error(value, isThrown = false) {
  beforePrinting();
  write(formatted(value, isThrown));
  annotations.ofError(value, isThrown);
}

const LINE = "-------------------------------";

function betweenTests(value, isThrown = false) {
  beforePrinting();
  counters.errors++;
  write(paint`<r>\n<b><d>#<r> <red><b>Unhandled error<r><d> between tests<r>\n<d>${LINE}<r>\n`);
  write(formatted(value, isThrown));
  annotations.ofError(value, isThrown);
  write(paint`<r><d>${LINE}<r>\n\n`);
}

// ---- Lines -----------------------------------------------------------------------------------

const BASIC = {
  __proto__: null,
  pass: "pass", skip: "skip", todo: "todo", filtered: "skip",
};
const basicOf = (result) => BASIC[result] ?? "fail";

const MARKS = {
  pass: ["(pass)", "<r><green>✓<r>"],
  fail: ["(fail)", "<r><red>✗<r>"],
  skip: ["(skip)", "<r><yellow>»<d>"],
  todo: ["(todo)", "<r><magenta>✎<r>"],
};

const NOT_INTENDED = "<d>If a done callback was not intended, remove the last parameter from the";
const NOTES = {
  __proto__: null,
  "failing-passed": () => "<red>this test is marked as failing but it passed.<r> " +
    "<d>Remove `.failing` if tested behavior now works<r>",
  "todo-passed": () => "<red>this test is marked as todo but passes.<r> " +
    "<d>Remove `.todo` if tested behavior now works<r>",
  timeout: (test) => `<red>this test timed out after ${test.timeout}ms.<r>`,
  "timeout-done": (test) => `<red>this test timed out after ${test.timeout}ms, before its done ` +
    `callback was called.<r> ${NOT_INTENDED} test callback function<r>`,
  "hook-timeout": () => "<red>a beforeEach/afterEach hook timed out for this test.<r>",
  "hook-timeout-done": () => "<red>a beforeEach/afterEach hook timed out before its done " +
    `callback was called.<r> ${NOT_INTENDED} hook callback function<r>`,
};

// The names of the scopes around a test, outermost first.
function scopeNames(entry) {
  const names = [];
  for (let scope = entry.parent; scope !== undefined; scope = scope.parent) {
    if (scope.name) names.unshift(scope.name);
  }
  return names;
}

function elapsedText(nanoseconds) {
  return paint`<r><d>[${(nanoseconds / 1e6).toFixed(2)}ms<r><d>]<r>`;
}

function lineOf(sequence, entry, elapsed) {
  const { result } = sequence;
  const basic = basicOf(result);
  const isDim = basic === "skip" || (basic === "todo" && !runner.options.todo);
  const scopeInk = paintText(isDim ? "<r><d>" : "<r>");
  let line = runner.colors ? paintText(MARKS[basic][1]) : MARKS[basic][0];
  for (const name of scopeNames(entry)) line += ` ${scopeInk}${name}${paintText("<d>")} >`;
  const label = entry.name ?? "(unnamed)";
  line += `${paintText(isDim ? "<r><d>" : "<r><b>")} ${label}${paintText("<r>")}`;
  const attempts = entry.retry - sequence.retriesLeft + 1;
  const runs = entry.repeats - sequence.repeatsLeft + 1;
  if (attempts > 1) line += paint` <d>(attempt ${attempts})<r>`;
  if (runs > 1) line += paint` <d>(run ${runs})<r>`;
  if (elapsed > NS_SHOWN_MIN) line += ` ${elapsedText(elapsed)}`;
  line += "\n";
  const note = NOTES[result];
  if (note !== undefined) line += `  ${paintText("<d>^<r>")} ${paintText(note(entry))}\n`;
  return line;
}

const plural = (count) => (count === 1 ? "" : "s");

function assertionNote(sequence) {
  if (sequence.result === "no-assertions") {
    write(paint`<r><red>AssertionError<r><d>:<r> received <red>0 assertions<r>, ` +
      paint`but expected <green>at least one assertion<r> to be called\n`);
  } else if (sequence.result === "assertion-count") {
    const { expectedCalls: expected, expectCalls: called } = sequence;
    write(paint`<r><red>AssertionError<r><d>:<r> expected <green>${expected} ` +
      paint`assertion${plural(expected)}<r>, but test ended with <red>${called} ` +
      paint`assertion${plural(called)}<r>\n`);
  }
}

// ---- Ended sequences -------------------------------------------------------------------------

function sequenceEnded(file, sequence, elapsed) {
  const { result, test } = sequence;
  counters.expectations += sequence.expectCalls;
  if (test === undefined && result === "pass") return;
  const entry = test ?? sequence.plan[0].entry;
  const basic = basicOf(result);
  if (result === "filtered") {
    counters.filtered++;
  } else {
    print(sequence, entry, basic, elapsed);
    counters[basic]++;
  }
  require("test/summary").testEnded(file, sequence, entry, elapsed);
  if (basic === "fail" && counters.fail === runner.options.bail) {
    require("test/summary").bailOut();
  }
}

function print(sequence, entry, basic, elapsed) {
  if (usesDots() && basic !== "fail") {
    write(runner.colors ? `\x1b[0m${dotInk(basic)}.\x1b[0m` : ".");
    lastWasDot = true;
    return;
  }
  if (runner.options.onlyFailures && basic !== "fail") return;
  beforePrinting();
  assertionNote(sequence);
  if (sequence.result === "timeout") annotations.ofTimeout(entry);
  const line = lineOf(sequence, entry, elapsed);
  write(line);
  if (!isQuiet() && basic !== "pass") repeated[basic] += line;
}

function dotInk(basic) {
  if (basic === "pass") return "\x1b[32m";
  return basic === "skip" ? "\x1b[33m" : "\x1b[35m";
}

module.exports = {
  basicOf, beforePrinting, betweenTests, childrenKilled, error, fileEnded, fileStarted, plural,
  repeated, scopeNames, sequenceEnded, watchConsole, write,
};
