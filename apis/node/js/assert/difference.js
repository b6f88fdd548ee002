// The difference of two values as an AssertionError shows it: line by line, by Myers' algorithm.
"use strict";

const { inspect } = require("node/inspect");

const READABLE = {
  __proto__: null,
  deepStrictEqual: "Expected values to be strictly deep-equal:",
  partialDeepStrictEqual: "Expected values to be partially and strictly deep-equal:",
  strictEqual: "Expected values to be strictly equal:",
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: "Expected values to be loosely deep-equal:",
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: "Values have same structure but are not reference-equal:",
  notDeepEqualUnequal: "Expected values not to be loosely deep-equal:",
};

const SHORT_MAX = 12;
const LINES_TO_COLLAPSE = 5;
const LINES_SHOWN_MAX = 50;
const TERMINAL_WIDTH = 80;

function inspectValue(value) {
  return inspect(value, {
    compact: false,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Infinity,
    showHidden: false,
    showProxy: false,
    sorted: true,
    getters: true,
  });
}

const COLORS = {
  blue: "\x1b[34m", green: "\x1b[32m", white: "\x1b[39m", red: "\x1b[31m", gray: "\x1b[90m",
};
const PLAIN = { blue: "", green: "", white: "", red: "", gray: "" };

// The colours of standard error; empty where it shows none.
function inks() {
  return require("web/console").useColorsOnError ? COLORS : PLAIN;
}

// ---- Lines -----------------------------------------------------------------------------------

const KEPT = 0;
const ADDED = 1;
const REMOVED = 2;

function isSameLine(actual, expected, ignoresComma) {
  if (actual === expected) return true;
  return ignoresComma && (`${actual},` === expected || actual === `${expected},`);
}

// The steps from one list of lines to the other, last step first.
function differingLines(actual, expected, ignoresComma) {
  const max = actual.length + expected.length;
  const furthest = new Int32Array(2 * max + 1);
  const trace = [];
  for (let depth = 0; depth <= max; depth++) {
    trace.push(furthest.slice());
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      const at = diagonal + max;
      const previous = furthest[at - 1] ?? 0;
      const next = furthest[at + 1] ?? 0;
      const isDown = diagonal === -depth || (diagonal !== depth && previous < next);
      let x = isDown ? next : previous + 1;
      let y = x - diagonal;
      while (x < actual.length && y < expected.length &&
        isSameLine(actual[x], expected[y], ignoresComma)) {
        x += 1;
        y += 1;
      }
      furthest[at] = x;
      if (x >= actual.length && y >= expected.length) {
        return backtrack(trace, actual, expected, ignoresComma, max);
      }
    }
  }
  return [];
}

function backtrack(trace, actual, expected, ignoresComma, max) {
  let x = actual.length;
  let y = expected.length;
  const steps = [];
  for (let depth = trace.length - 1; depth >= 0; depth--) {
    const furthest = trace[depth];
    const diagonal = x - y;
    const before = furthest[diagonal - 1 + max] ?? 0;
    const after = furthest[diagonal + 1 + max] ?? 0;
    const isDown = diagonal === -depth || (diagonal !== depth && before < after);
    const previousDiagonal = isDown ? diagonal + 1 : diagonal - 1;
    const previousX = furthest[previousDiagonal + max] ?? 0;
    const previousY = previousX - previousDiagonal;
    while (x > previousX && y > previousY) {
      const line = actual[x - 1];
      const value = ignoresComma && !line.endsWith(",") ? expected[y - 1] : line;
      steps.push({ type: KEPT, value });
      x -= 1;
      y -= 1;
    }
    if (depth > 0) {
      if (x > previousX) steps.push({ type: ADDED, value: actual[--x] });
      else steps.push({ type: REMOVED, value: expected[--y] });
    }
  }
  return steps;
}

// The kept lines between two changes, the middle of a long run left out.
function collapsed(steps, at, count, ink) {
  const line = (offset) => `${ink.white}  ${steps[at + offset].value}\n`;
  switch (count - LINES_TO_COLLAPSE) {
    case 1: return line(1);
    case 2: return line(2) + line(1);
    default: return count > LINES_TO_COLLAPSE ? `${ink.blue}...${ink.white}\n${line(1)}` : "";
  }
}

function printLines(steps, operator) {
  const ink = inks();
  let text = "";
  let isSkipped = false;
  let kept = 0;
  for (let at = steps.length - 1; at >= 0; at--) {
    const { type, value } = steps[at];
    if (type !== KEPT && at < steps.length - 1 && steps[at + 1].type === KEPT) {
      text += collapsed(steps, at, kept, ink);
      if (kept > LINES_TO_COLLAPSE + 2) isSkipped = true;
      kept = 0;
    }
    if (type === ADDED) {
      const sign = operator === "partialDeepStrictEqual"
        ? `${ink.gray}${ink.gray === "" ? "+" : " "} ${value}${ink.white}`
        : `${ink.green}+${ink.white} ${value}`;
      text += `${sign}\n`;
    } else if (type === REMOVED) {
      text += `${ink.red}-${ink.white} ${value}\n`;
    } else {
      if (kept < LINES_TO_COLLAPSE) text += `${ink.white}  ${value}\n`;
      kept += 1;
    }
  }
  return { text: `\n${text.trimEnd()}`, isSkipped };
}

// ---- One line against another ----------------------------------------------------------------

function isOneLine(actual, actualLines, expected, expectedLines) {
  if (actualLines.length > 1 || actualLines.length !== expectedLines.length) return false;
  const isObject = (value) => typeof value === "object" && value !== null;
  return !isObject(actual) || !isObject(expected);
}

function stacked(actual, expected) {
  const ink = inks();
  let text = `\n${ink.green}+${ink.white} ${actual}\n${ink.red}- ${ink.white}${expected}`;
  const isText = actual.startsWith("'") || actual.startsWith('"') || actual.startsWith("`");
  if (isText && actual.length + expected.length <= TERMINAL_WIDTH) {
    let at = 0;
    while (at < actual.length && actual[at] === expected[at]) at++;
    // At the very start the difference shows by itself.
    if (at >= 3 && at < actual.length) text += `\n${" ".repeat(at + 2)}^`;
  }
  return text;
}

// ---- The message -----------------------------------------------------------------------------

function oneLineMessage(values, lines, lead, header) {
  const [actual, expected] = values;
  const [actualLine, expectedLine] = lines;
  let length = actualLine.length + expectedLine.length;
  for (const value of values) if (typeof value === "string") length -= 2;
  const isShort = length <= SHORT_MAX && (actual !== 0 || expected !== 0);
  if (isShort) return `${lead}\n\n${actualLine} !== ${expectedLine}\n`;
  return `${lead}\n${header}\n${stacked(actualLine, expectedLine)}\n`;
}

function difference(actual, expected, operator, customMessage, diff) {
  const actualText = inspectValue(actual);
  const expectedText = inspectValue(expected);
  const actualLines = actualText.split("\n");
  const expectedLines = expectedText.split("\n");
  const ink = inks();
  const header = `${ink.green}+ actual${ink.white} ${ink.red}- expected${ink.white}`;
  const areObjects = operator === "strictEqual" && isReference(actual) && isReference(expected);
  const readable = areObjects ? READABLE.strictEqualObject : READABLE[operator];
  const lead = customMessage ?? readable;
  if (isOneLine(actual, actualLines, expected, expectedLines)) {
    return oneLineMessage([actual, expected], [actualText, expectedText], lead, header);
  }
  if (actualText === expectedText) {
    const isLong = actualLines.length > LINES_SHOWN_MAX && diff !== "full";
    const shown = isLong ? actualLines.slice(0, LINES_SHOWN_MAX).concat("...") : actualLines;
    return `${customMessage ?? READABLE.notIdentical}\n\n${shown.join("\n")}\n`;
  }
  const ignoresComma = actual !== undefined && actual !== null && typeof actual === "object";
  const steps = differingLines(actualLines, expectedLines, ignoresComma);
  const { text, isSkipped } = printLines(steps, operator);
  return `${lead}\n${header}${isSkipped ? "\n... Skipped lines" : ""}\n${text}\n`;
}

function isReference(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

module.exports = { difference, READABLE, inspectValue, inks };
