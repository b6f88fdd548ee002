// The coverage of a run: which lines and functions of the loaded files ran, as a table on standard
// error and as lcov. Files of packages are never counted, test files only where bunfig asks for
// it. Ends the run with 1 where a threshold was set and a file stays below it.
"use strict";

const { runner } = require("test/state");
const { paint, paintText } = require("test/paint");
const { write } = require("test/report");

// What makes a figure green where no threshold is set.
const GOOD_FRACTION = 0.9;
const HEADINGS = [" % Funcs ", " % Lines ", " Uncovered Line #s"];
const DASHES = ["-".repeat(9), "-".repeat(9), "-".repeat(19)];
const TEST_NAME = /(?:\.|_)(?:test|spec)\.[cm]?[jt]sx?$/;

function begin() {
  require("runtime/module-observing").begin({ counts: runner.options.coverage });
}

const fractionOf = (counts) =>
  counts.length === 0 ? 1 : counts.filter((count) => count > 0).length / counts.length;

// A file's figures; `title` is its path as it is shown.
function figuresOf({ path, lines, functions }) {
  const title = require("node/path").relative(runner.options.directory, path);
  const sorted = [...lines].sort((one, other) => one[0] - other[0]);
  const calls = functions.filter((count) => count !== null);
  return {
    path,
    title,
    lines: sorted,
    functions: calls,
    fractions: [fractionOf(calls), fractionOf(sorted.map(([, count]) => count))],
  };
}

function counted({ title }) {
  const { coverageWithTests, coverageIgnore } = runner.options;
  if (!coverageWithTests && TEST_NAME.test(title)) return false;
  return !coverageIgnore.some((pattern) => ops.globMatches(pattern, title));
}

// Figures of one process as plain data, for the process that started it.
function handedOver() {
  const { results } = require("runtime/module-observing");
  return results().map(({ path, lines, functions }) => ({ path, lines: [...lines], functions }));
}

const fromOthers = new Map();

// Adds up what other processes have counted: the files are the same, and so are their parts.
function add(programs) {
  for (const { path, lines, functions } of programs) {
    const known = fromOthers.get(path);
    if (known === undefined) {
      fromOthers.set(path, { path, lines: new Map(lines), functions });
      continue;
    }
    for (const [line, count] of lines) known.lines.set(line, known.lines.get(line) + count);
    known.functions = known.functions.map((count, index) =>
      (count === null ? functions[index] : count + functions[index]));
  }
}

function allFigures() {
  const { results } = require("runtime/module-observing");
  const programs = new Map(fromOthers);
  for (const program of results()) programs.set(program.path, program);
  const figures = [...programs.values()].map(figuresOf).filter(counted);
  return figures.sort((one, other) => (one.path < other.path ? -1 : 1));
}

// ---- The table -------------------------------------------------------------------------------

// "4-7", "21": runs of lines that did not run.
function uncovered(lines) {
  const runs = [];
  for (const [line, count] of lines) {
    if (count > 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else runs.push([line, line]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
}

const inkOf = (isGood) => paintText(isGood ? "<b><green>" : "<b><red>");
const percent = (fraction) => (fraction * 100).toFixed(2).padStart(7);

function row(name, width, fractions, limits) {
  const isGood = fractions.every((fraction, index) => fraction >= limits[index]);
  const cells = fractions.map((fraction, index) =>
    paint`<r><d> | <r>${inkOf(fraction >= limits[index])}${percent(fraction)}`);
  return `${paintText("<r>")}${inkOf(isGood)}${name.padEnd(width)}${cells.join("")}`;
}

function table(figures, limits) {
  const width = Math.max(...figures.map(({ title }) => title.length), 9) + 1;
  const rule = paint`<r><d>${["-".repeat(width + 1), ...DASHES].join("|")}<r>\n`;
  const bar = paint`<d>|<r>`;
  const head = `${"File".padEnd(width + 1)}${bar}${HEADINGS.join(bar)}\n`;
  const mean = (index) => figures.length === 0
    ? 0
    : figures.reduce((sum, { fractions }) => sum + fractions[index], 0) / figures.length;
  let text = rule + head + rule;
  text += row("All files", width, [mean(0), mean(1)], limits) + paint`<r><d> |<r>\n`;
  for (const { title, lines, fractions } of figures) {
    const runs = uncovered(lines).map((run) => paint`<red>${run}`);
    text += row(` ${title}`, width, fractions, limits) + paint`<r><d> | <r>`;
    text += `${runs.join(paint`<r><d>,<r>`)}\n`;
  }
  return text + rule;
}

// ---- lcov ------------------------------------------------------------------------------------

function lcov(figures) {
  let text = "";
  for (const { title, lines, functions } of figures) {
    const hit = (counts) => counts.filter((count) => count > 0).length;
    text += `TN:\nSF:${title}\nFNF:${functions.length}\nFNH:${hit(functions)}\n`;
    for (const [line, count] of lines) text += `DA:${line},${count}\n`;
    text += `LF:${lines.length}\nLH:${hit(lines.map(([, count]) => count))}\nend_of_record\n`;
  }
  return text;
}

function writeLcov(figures) {
  const folder = require("node/path").resolve(
    runner.options.directory, runner.options.coverageDirectory ?? "coverage");
  const failure = ops.makeFolder(folder) ?? ops.writeText(`${folder}/lcov.info`, lcov(figures));
  if (failure !== undefined) write(paint`<red>error<r>: Failed to write lcov: ${failure}\n`);
}

// Prints and writes what is asked for; answers whether the threshold is reached.
function report() {
  const { coverage, coverageReporters, coverageThreshold } = runner.options;
  if (!coverage) return true;
  const figures = allFigures();
  const functionsAndLines = coverageThreshold && [coverageThreshold[1], coverageThreshold[0]];
  const limits = functionsAndLines ?? [GOOD_FRACTION, GOOD_FRACTION];
  if (coverageReporters.length === 0 || coverageReporters.includes("text")) {
    write(table(figures, limits));
  }
  if (coverageReporters.includes("lcov")) writeLcov(figures);
  return coverageThreshold === undefined || figures.every(({ fractions }) =>
    fractions.every((fraction, index) => fraction >= limits[index]));
}

module.exports = { add, begin, handedOver, report };
