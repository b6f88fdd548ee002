// Programs under test: the counters that native code has put into them, and where they throw.
//
// Counters are arrays in globals of their own, named by number; they exist before their program
// runs. What is thrown is remembered with its place until something else is, so that a report can
// say where it came from: the value itself cannot.
"use strict";

const { Float64Array, Object } = globalThis;
const { registry } = require("runtime/modules");

// What is handed over for each program: path, number, counters, lines, functions.
const FIELDS = 5;

const programs = [];
let isCounting = false;
// The last value thrown, its place, and the text of the stack there.
let last;

function defineGlobal(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

// Begins to observe the programs that are loaded from now on.
function begin({ counts }) {
  isCounting = counts;
  ops.observe(true, counts);
  defineGlobal("$dx_thrown", thrown);
  if (counts) registry.whenLoaded(defineCounters);
}

function defineCounters() {
  const answers = ops.counted(programs.length);
  for (let index = 0; index < answers.length; index += FIELDS) {
    const [path, number, counters, lines, functions] = answers.slice(index, index + FIELDS);
    const hits = new Float64Array(counters);
    defineGlobal(`$dx_hits${number}`, hits);
    programs.push({ path, hits, lines, functions });
  }
}

function thrown(value, line, column) {
  last = { value, line, column, raw: require("bun/error-stack").captureRaw(thrown) };
  return value;
}

// The frames of where a value was thrown, if it was the last one.
function framesOf(value) {
  if (last === undefined || !Object.is(last.value, value)) return undefined;
  const frames = require("bun/error-stack").framesOf(last.raw, null);
  if (frames.length === 0) return undefined;
  frames[0].line = last.line;
  frames[0].column = last.column;
  return frames;
}

// How often the lines and functions of each program ran: a Map of line to count, and a count of
// each function, null where the code that it stands in did not run.
function results() {
  if (!isCounting) return [];
  return programs.map(({ path, hits, lines, functions }) => {
    const byLine = new Map();
    for (let index = 0; index < lines.length; index += 2) {
      const count = hits[lines[index + 1]];
      const known = byLine.get(lines[index]);
      if (known === undefined || known < count) byLine.set(lines[index], count);
    }
    const calls = [];
    for (let index = 0; index < functions.length; index += 2) {
      calls.push(hits[functions[index + 1]] > 0 ? hits[functions[index]] : null);
    }
    return { path, lines: byLine, functions: calls };
  });
}

module.exports = { begin, framesOf, results };
