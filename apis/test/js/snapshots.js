// Snapshots: the files beside the tests, and those that stand in the tests' own source.
//
// A snapshot file is read when its test file first asks, and written when another test file asks
// or the run ends. Inline snapshots are written into their sources when the run has ended.
"use strict";

const { runner, counters, isOnBuildMachine } = require("test/state");
const { scopeNames, write } = require("test/report");
const { paint } = require("test/paint");

const HEADER = "// Bun Snapshot v1, https://bun.sh/docs/test/snapshots\n";

class SnapshotFile {
  constructor(testPath) {
    const slash = testPath.lastIndexOf("/");
    this.testPath = testPath;
    this.folder = `${testPath.slice(0, slash)}/__snapshots__`;
    this.path = `${this.folder}/${testPath.slice(slash + 1)}.snap`;
    this.values = new Map();
    this.counts = new Map();
    const text = runner.options.updateSnapshots ? undefined : ops.readText(this.path);
    this.text = text || HEADER;
    this.isChanged = text === undefined;
    for (const [name, value] of parse(this.text)) this.values.set(name, value);
  }

  add(name, value) {
    this.text += `\nexports[\`${escaped(name)}\`] = \`${escaped(value)}\`;\n`;
    this.values.set(name, value);
    this.isChanged = true;
  }

  // Answers whether it could be written.
  save() {
    if (!this.isChanged) return true;
    const problem = ops.makeFolder(this.folder) ?? ops.writeText(this.path, this.text);
    if (problem === undefined) return true;
    write(paint`<r><red>error<r><d>:<r> Failed write to snapshot file: ${this.path}\n`);
    return false;
  }
}

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
const byteEscape = (character) =>
  `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
const escaped = (text) =>
  text.replace(/[\\`]|\$\{/g, "\\$&").replace(CONTROL, byteEscape);

const LITERAL = "(`(?:[^\\\\`]|\\\\[^])*`|\"(?:[^\\\\\"]|\\\\.)*\"|'(?:[^\\\\']|\\\\.)*')";
const ENTRY = new RegExp(`^exports\\[${LITERAL}\\] = ${LITERAL};?$`, "gm");

const ESCAPES = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", 0: "\0", "\n": "" };

function unescaped(literal) {
  const text = literal.slice(1, -1).replace(/\r\n?/g, "\n");
  return text.replace(/\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|([^]))/gi,
    (_, braced, unit, byte, character) => {
      const code = braced ?? unit ?? byte;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      return ESCAPES[character] ?? character;
    });
}

function* parse(text) {
  for (const [, name, value] of text.matchAll(ENTRY)) yield [unescaped(name), unescaped(value)];
}

// ---- Files beside the tests ------------------------------------------------------------------

let current;

function currentFile() {
  const { path } = runner.file;
  if (current?.testPath === path) return current;
  hasSaved = (current?.save() ?? true) && hasSaved;
  current = new SnapshotFile(path);
  return current;
}

let hasSaved = true;
// The counts of inline snapshots, which need no file.
const inlineCounts = new Map();

function nextName(counts, test, hint) {
  counters.snapshots.total++;
  const label = [...scopeNames(test), test.name ?? "(unnamed)"].join(" ");
  const name = hint === "" ? label : `${label}: ${hint}`;
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return `${name} ${count}`;
}

const DISABLED = "Snapshot creation is disabled in CI environments unless --update-snapshots is " +
  "used\nTo override, set the environment variable CI=false.";

// Answers the snapshot that a value must equal; undefined where it is new.
function expectedFor(test, text, hint) {
  const file = currentFile();
  const name = nextName(file.counts, test, hint);
  const known = file.values.get(name);
  if (known !== undefined) return known;
  if (isOnBuildMachine() && !runner.options.updateSnapshots) {
    throw new Error(`${DISABLED}\n\nSnapshot name: "${name}"\nReceived: ${text}`);
  }
  file.add(name, text);
  counters.snapshots.added++;
  return undefined;
}

function resetCounts() {
  current?.counts.clear();
  inlineCounts.clear();
}

// ---- Inline snapshots ------------------------------------------------------------------------

// By file: [{ line, column, kind, hasMatchers, value, isAdded, startIndent, endIndent }].
const inline = new Map();

function countInline(test) {
  if (test === undefined) counters.snapshots.total++;
  else nextName(inlineCounts, test, "");
}

function addInline(path, edit) {
  if (!inline.has(path)) inline.set(path, []);
  inline.get(path).push(edit);
}

const INDENT = /^[ \t]*/;

// Takes the indentation of an inline snapshot away: { text, startIndent, endIndent }.
function withoutIndent(text) {
  const lines = text.split("\n");
  if (lines.length < 2 || lines[0].trim() !== "") return { text };
  const [startIndent] = INDENT.exec(lines[1]);
  const asItIs = { text, startIndent, endIndent: startIndent };
  if (startIndent === "" || lines.length < 3) return asItIs;
  const endIndent = lines.pop();
  if (/[^ \t]/.test(endIndent)) return asItIs;
  const trimmed = [""];
  for (const line of lines.slice(1)) {
    if (line.startsWith(startIndent)) trimmed.push(line.slice(startIndent.length));
    else if (/^[ \t]*$/.test(line)) trimmed.push("");
    else return asItIs;
  }
  return { text: `${trimmed.join("\n")}\n`, startIndent, endIndent };
}

// Answers whether all could be written.
function writeInline() {
  let isWritten = true;
  for (const [path, edits] of inline) {
    const problems = ops.rewriteInlineSnapshots(path, JSON.stringify(edits));
    for (const problem of problems) {
      isWritten = false;
      write(paint`<r><red>error<r><d>:<r> Failed to update inline snapshot: ${problem}\n`);
    }
    if (problems.length === 0) {
      counters.snapshots.added += edits.filter(({ isAdded }) => isAdded).length;
    }
  }
  inline.clear();
  return isWritten;
}

// The end of the run. Answers whether all could be written.
function writeAll() {
  const isWritten = writeInline();
  hasSaved = (current?.save() ?? true) && hasSaved;
  current = undefined;
  return isWritten && hasSaved;
}

module.exports = {
  addInline, countInline, expectedFor, resetCounts, withoutIndent, writeAll,
};
