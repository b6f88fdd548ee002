// The JUnit report (--reporter=junit): a suite for each file and scope, a case for each test.
//
// Kept as a tree while tests end, written as XML to --reporter-outfile when the run does.
"use strict";

const { runner } = require("test/state");

// How reports mark a test that is to be written.
const MARK = "todo".toUpperCase();

// What a result without an error of its own is reported as.
const MESSAGES = {
  __proto__: null,
  "failing-passed": () => "test marked with .failing() did not throw",
  "todo-passed": () => `${MARK} passed`,
  "no-assertions": () => "Expected to have assertions, but none were run",
  "assertion-count": ({ expectCalls }) =>
    `Expected more assertions, but only received ${expectCalls}`,
};

class Suite {
  constructor(name, file, line) {
    this.name = name;
    this.file = file;
    this.line = line;
    // Cases and suites, in order.
    this.parts = [];
    this.scopes = new Map();
    this.elapsed = 0;
  }

  // The suite of a scope inside this one.
  inner(scope) {
    let suite = this.scopes.get(scope);
    if (suite === undefined) {
      suite = new Suite(scope.name, this.file, scope.line);
      this.scopes.set(scope, suite);
      this.parts.push(suite);
    }
    return suite;
  }
}

const files = new Map();

function scopesOf(entry) {
  const scopes = [];
  for (let scope = entry.parent; scope !== undefined; scope = scope.parent) {
    if (scope.name) scopes.unshift(scope);
  }
  return scopes;
}

function testEnded(file, sequence, entry, elapsed) {
  if (!files.has(file.title)) files.set(file.title, new Suite(file.title, file.title, 0));
  const fileSuite = files.get(file.title);
  const scopes = scopesOf(entry);
  let suite = fileSuite;
  for (const scope of scopes) suite = suite.inner(scope);
  suite.elapsed += Math.trunc(elapsed / 1e6);
  suite.parts.push({
    name: entry.name ?? "(unnamed)",
    className: scopes.map(({ name }) => name).reverse().join(" > "),
    seconds: elapsed / 1e9,
    file: file.title,
    line: entry.line,
    assertions: sequence.expectCalls,
    result: sequence.result,
    sequence,
  });
}

// ---- XML -------------------------------------------------------------------------------------

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

const escaped = (text) => text.replace(/[&<>"'\x00-\x1f]/g,
  (character) => ENTITIES[character] ?? `&#${character.charCodeAt(0)};`);

function caseText(part, indent) {
  const { result } = part;
  const line = part.line > 0 ? ` line="${part.line}"` : "";
  const head = `${indent}<testcase name="${escaped(part.name)}" ` +
    `classname="${escaped(part.className)}" time="${part.seconds}" ` +
    `file="${escaped(part.file)}"${line} assertions="${part.assertions}"`;
  if (result === "pass") return `${head} />\n`;
  return `${head}>\n${indent}  ${outcomeText(part)}\n${indent}</testcase>\n`;
}

function outcomeText({ result, sequence }) {
  if (result === "skip" || result === "filtered") return "<skipped />";
  if (result === "todo") return `<skipped message="${MARK}" />`;
  const message = MESSAGES[result];
  if (message !== undefined) {
    return `<failure message="${message(sequence)}" type="AssertionError"/>`;
  }
  if (result === "fail" && sequence.error !== undefined) return errorText(sequence.error);
  return result === "fail"
    ? '<failure type="AssertionError" />'
    : '<failure type="TimeoutError" message="test timed out" />';
}

// Where an error comes from, below the working directory by short names.
function framesOf(stack) {
  const prefix = `${runner.options.directory}/`;
  let text = "";
  for (const line of stack) {
    const unnamed = line.replace(/^<anonymous> \((.*)\)$/, "$1");
    text += `      at ${unnamed.replace(/^(.* \()?(.*)$/, (_, name = "", place) =>
      name + (place.startsWith(prefix) ? place.slice(prefix.length) : place))}\n`;
  }
  return text;
}

function errorText({ value, stack }) {
  const frames = framesOf(stack);
  if (!(value instanceof Error)) {
    if (typeof value === "object" && value !== null) {
      return `<failure type="Error">${escaped(`error\n${frames}`)}</failure>`;
    }
    const text = typeof value === "string" ? value : require("bun/inspect").inspect(value);
    return `<failure type="Error" message="${escaped(text)}">` +
      `${escaped(`${text}\n${frames}`)}</failure>`;
  }
  const { isMatcherError } = require("test/expect");
  const name = isMatcherError(value) ? "AssertionError" : String(value.name);
  const message = String(value.message);
  const body = escaped(`${name}: ${message}\n${frames}`);
  return `<failure type="${escaped(name)}" message="${escaped(message)}">${body}</failure>`;
}

function countsOf(suite) {
  const counts = { tests: 0, assertions: 0, failures: 0, skipped: 0 };
  const { basicOf } = require("test/report");
  for (const part of suite.parts) {
    if (part instanceof Suite) {
      const inner = countsOf(part);
      for (const name of Object.keys(counts)) counts[name] += inner[name];
      continue;
    }
    counts.tests++;
    counts.assertions += part.assertions;
    const basic = basicOf(part.result);
    if (basic === "fail") counts.failures++;
    else if (basic !== "pass") counts.skipped++;
  }
  return counts;
}

const countsText = ({ tests, assertions, failures, skipped }) =>
  `tests="${tests}" assertions="${assertions}" failures="${failures}" skipped="${skipped}"`;

function suiteText(suite, depth, hostname) {
  const indent = "  ".repeat(depth);
  const line = suite.line > 0 ? ` line="${suite.line}"` : "";
  let text = `${indent}<testsuite name="${escaped(suite.name)}" file="${escaped(suite.file)}"` +
    `${line} ${countsText(countsOf(suite))} time="${suite.elapsed / 1000}" ` +
    `hostname="${escaped(hostname)}">\n`;
  for (const part of suite.parts) {
    text += part instanceof Suite
      ? suiteText(part, depth + 1, hostname)
      : caseText(part, `${indent}  `);
  }
  return `${text}${indent}</testsuite>\n`;
}

const COUNTS = ["tests", "assertions", "failures", "skipped"];
// Reports of other processes: text and counts.
const fromOthers = [];

// The suites of this process, for the one that started it.
function handedOver() {
  if (files.size === 0) return undefined;
  const hostname = require("node/os").hostname();
  const suites = [...files.values()];
  const text = suites.map((suite) => suiteText(suite, 1, hostname)).join("");
  return { text, counts: countsOf({ parts: suites }) };
}

function add(report) {
  if (report !== undefined) fromOthers.push(report);
}

// Writes the report, where one is asked for and there is something to report.
function write() {
  const { reporter, reporterOutfile, directory } = runner.options;
  if (reporter !== "junit" || reporterOutfile === undefined) return;
  add(handedOver());
  if (fromOthers.length === 0) return;
  const sum = {};
  for (const name of COUNTS) {
    sum[name] = fromOthers.reduce((total, { counts }) => total + counts[name], 0);
  }
  const seconds = ops.elapsedNanoseconds() / 1e9;
  let text = '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<testsuites name="bun test" ${countsText(sum)} time="${seconds}">\n`;
  text += fromOthers.map((report) => report.text).join("");
  text += "</testsuites>\n";
  const isAbsolute = reporterOutfile.startsWith("/");
  const path = isAbsolute ? reporterOutfile : `${directory}/${reporterOutfile}`;
  const problem = ops.writeText(path, text);
  if (problem === undefined) return;
  const why = `Failed to write JUnit report to ${reporterOutfile}\n${problem}`;
  require("test/report").write(`JUnitReportFailed: ${why}\n`);
}

module.exports = { add, handedOver, testEnded, write };
