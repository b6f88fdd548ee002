// Differences between an expected and a received text, line by line, in Bun's format.
"use strict";

const { runner } = require("test/state");
const { pretty } = require("test/pretty");

// Beyond so many characters only what differs is shown, with some lines around it.
const WHOLE_MAX = 2048;
const CONTEXT_LINES = 5;
// Longer lines are cut in their middle.
const LINE_MAX = 2048;
const LINE_ENDS = 100;
// Lines compared at most; beyond that all differ.
const EDITS_MAX = 2000;

const INKS = { removed: "\x1b[32m", inserted: "\x1b[31m", equal: "\x1b[2m" };

const ink = (name, text) => (runner.colors ? `${INKS[name]}${text}\x1b[0m` : text);
const prefix = (name, text) =>
  runner.colors ? `${name === "equal" ? "" : INKS[name]}${text}\x1b[0m` : text;

// ---- Finding them ----------------------------------------------------------------------------

// The shortest edit of one list of lines into another (Myers, "An O(ND) Difference Algorithm"):
// [kind, line] in order, deletions before insertions where they meet.
function editScript(from, to) {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let tail = 0;
  const limit = Math.min(from.length, to.length) - start;
  while (tail < limit && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  const middle = myers(from.slice(start, from.length - tail), to.slice(start, to.length - tail));
  const equal = (line) => ["equal", line];
  const ending = from.slice(from.length - tail).map(equal);
  return [...from.slice(0, start).map(equal), ...middle, ...ending];
}

function myers(from, to) {
  const replaced = () => [
    ...from.map((line) => ["removed", line]), ...to.map((line) => ["inserted", line]),
  ];
  if (from.length === 0 || to.length === 0) return replaced();
  const traces = [];
  const furthest = new Map([[1, 0]]);
  const edits = Math.min(from.length + to.length, EDITS_MAX);
  for (let depth = 0; depth <= edits; depth++) {
    traces.push(new Map(furthest));
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      let x = goesDown(furthest, diagonal, depth)
        ? furthest.get(diagonal + 1)
        : furthest.get(diagonal - 1) + 1;
      let y = x - diagonal;
      while (x < from.length && y < to.length && from[x] === to[y]) x++, y++;
      furthest.set(diagonal, x);
      if (x >= from.length && y >= to.length) return walkBack(traces, from, to);
    }
  }
  return replaced();
}

const goesDown = (furthest, diagonal, depth) =>
  diagonal === -depth ||
  (diagonal !== depth && furthest.get(diagonal - 1) < furthest.get(diagonal + 1));

function walkBack(traces, from, to) {
  const script = [];
  let [x, y] = [from.length, to.length];
  for (let depth = traces.length - 1; depth >= 0; depth--) {
    const furthest = traces[depth];
    const diagonal = x - y;
    const isDown = goesDown(furthest, diagonal, depth);
    const before = isDown ? diagonal + 1 : diagonal - 1;
    const beforeX = furthest.get(before);
    const beforeY = beforeX - before;
    while (x > beforeX && y > beforeY) script.unshift(["equal", from[--x]]), y--;
    if (depth === 0) break;
    if (isDown) script.unshift(["inserted", to[--y]]);
    else script.unshift(["removed", from[--x]]);
  }
  return script;
}

// Runs of one kind, as { kind, removed, inserted }: a removal and the insertion after it are one.
function segmentsOf(expected, received) {
  const segments = [];
  let last;
  const open = (kind) => {
    last = { kind, removed: [], inserted: [], isSkipped: false };
    segments.push(last);
  };
  for (const [kind, line] of editScript(expected.split("\n"), received.split("\n"))) {
    const isEqual = kind === "equal";
    if (last === undefined || (last.kind === "equal") !== isEqual) open(isEqual ? kind : "changed");
    if (kind !== "inserted") last.removed.push(line);
    if (kind !== "removed") last.inserted.push(line);
  }
  return segments;
}

// ---- Printing them ---------------------------------------------------------------------------

function cut(line) {
  if (line.length <= LINE_MAX) return line;
  const left = line.length - 2 * LINE_ENDS;
  const [head, tail] = [line.slice(0, LINE_ENDS), line.slice(-LINE_ENDS)];
  return `${head}... (${left} bytes truncated) ...${tail}`;
}

const MARKS = { removed: "- ", inserted: "+ ", equal: "  " };

function printLines(name, lines) {
  let text = "";
  for (const line of lines) text += `${prefix(name, MARKS[name])}${ink(name, cut(line))}\n`;
  return text;
}

// Splits equal runs so that only lines near a difference are shown.
function chunked(segments) {
  const split = segments.flatMap((segment) => segment.kind !== "equal" ? [segment] :
    segment.removed.map((line) =>
      ({ kind: "equal", removed: [line], inserted: [line], isSkipped: true })));
  split.forEach((segment, index) => {
    if (segment.kind === "equal") return;
    const from = Math.max(index - CONTEXT_LINES, 0);
    const end = Math.min(index + CONTEXT_LINES + 1, split.length);
    for (let near = from; near < end; near++) split[near].isSkipped = false;
  });
  return split;
}

function hunkHeader(segments, index, line) {
  let [removed, inserted] = [0, 0];
  for (let at = index; at < segments.length && !segments[at].isSkipped; at++) {
    removed += segments[at].removed.length;
    inserted += segments[at].inserted.length;
  }
  const text = `@@ -${line.removed},${removed} +${line.inserted},${inserted} @@`;
  return runner.colors ? `\x1b[33m${text}\x1b[0m\n` : `${text}\n`;
}

function printSegments(segments) {
  const line = { removed: 1, inserted: 1 };
  const changed = { removed: 0, inserted: 0 };
  const hasSkipped = segments.some((segment) => segment.isSkipped);
  let text = "";
  let wasSkipped = hasSkipped;
  segments.forEach((segment, index) => {
    if (!segment.isSkipped) {
      if (wasSkipped) text += hunkHeader(segments, index, line);
      if (segment.kind === "equal") {
        text += printLines("equal", segment.removed);
      } else {
        text += printLines("removed", segment.removed) + printLines("inserted", segment.inserted);
        changed.removed += segment.removed.length;
        changed.inserted += segment.inserted.length;
      }
    }
    wasSkipped = segment.isSkipped;
    line.removed += segment.removed.length;
    line.inserted += segment.inserted.length;
  });
  const count = (name, word) => ink(name, `${MARKS[name]}${word}  ${MARKS[name]}${changed[name]}`);
  return `${text}\n${count("removed", "Expected")}\n${count("inserted", "Received")}`;
}

// The difference between two texts, without a line end.
function textDiff(received, expected, isNot) {
  if (isNot) return `Expected: not ${runner.colors ? `\x1b[31m${expected}\x1b[0m` : expected}`;
  if (!received.includes("\n") && !expected.includes("\n")) {
    const reset = runner.colors ? "\x1b[0m" : "";
    return `Expected: ${reset}${ink("removed", cut(expected))}\n` +
      `Received: ${reset}${ink("inserted", cut(received))}`;
  }
  let segments = segmentsOf(expected, received);
  if (expected.length > WHOLE_MAX || received.length > WHOLE_MAX) segments = chunked(segments);
  return printSegments(segments);
}

const trimmed = (text) => text.replace(/^\n/, "").replace(/\n$/, "");

// The difference between two values.
function valueDiff(received, expected, isNot) {
  return textDiff(trimmed(pretty(received)), trimmed(pretty(expected)), isNot);
}

module.exports = { textDiff, valueDiff };
