// --timings: how long each file took when it last ran, in JSON files. Shards are of about the same
// length by it, and --parallel starts with what takes longest. With --update-timings the first
// file is written anew after the run.
"use strict";

const { runner } = require("test/state");
const { relative, resolve } = require("node/path");

const VERSION = 1;
const SHAPE = '{ "version": 1, "files": { "path": milliseconds } }';

const measured = new Map();
let known;

function titleOf(path) {
  return relative(runner.options.directory, path);
}

function took(path, milliseconds) {
  const title = titleOf(path);
  measured.set(title, (measured.get(title) ?? 0) + milliseconds);
}

function isShaped(value) {
  return typeof value === "object" && value !== null && value.version === VERSION &&
    typeof value.files === "object" && value.files !== null &&
    Object.values(value.files).every((figure) => typeof figure === "number");
}

// What the files say, the last one first; throws what is wrong with one. A file that is not there
// yet says nothing.
function read() {
  known ??= readAll();
  return known;
}

function readAll() {
  const all = new Map();
  for (const name of runner.options.timings) {
    const text = ops.readText(resolve(runner.options.directory, name));
    if (text === undefined) continue;
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    if (!isShaped(value)) throw new Error(`--timings file ${name} must look like ${SHAPE}`);
    for (const [title, figure] of Object.entries(value.files)) all.set(title, figure);
  }
  return all;
}

// How long a file is thought to take: one that is not known, as long as the others on average.
function estimate() {
  const figures = [...read().values()];
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / Math.max(figures.length, 1);
  return (path) => read().get(titleOf(path)) ?? mean;
}

// The files of each of `count` shards, in their order: neighbours stay together. A shard is full
// where half of one more file would exceed an equal part of what is left to do.
// Where nothing is known the files are dealt out.
function balance(files, count) {
  const sorted = files.slice().sort();
  if (read().size === 0) return dealtOut(sorted, count);
  const lengthOf = estimate();
  let left = sorted.reduce((sum, file) => sum + lengthOf(file), 0);
  let next = 0;
  return Array.from({ length: count }, (_, index) => {
    const others = count - index - 1;
    if (others === 0) return sorted.slice(next);
    const first = next;
    const part = Math.trunc(left / (others + 1));
    let length = 0;
    while (sorted.length - next > others || (next === first && next < sorted.length)) {
      const own = lengthOf(sorted[next]);
      if (next > first && length + own / 2 > part) break;
      length += own;
      next++;
    }
    left -= length;
    return sorted.slice(first, next);
  });
}

function dealtOut(files, count) {
  return Array.from({ length: count }, (_, index) =>
    files.filter((__, at) => at % count === index));
}

function slowestFirst(files) {
  const lengthOf = estimate();
  return files.slice().sort((one, other) =>
    lengthOf(other) - lengthOf(one) || (one < other ? -1 : 1));
}

// Writes what was measured, where that is asked for.
function write() {
  const { timings, updateTimings, shard, directory } = runner.options;
  if (!updateTimings) return;
  const figures = new Map([...measured].map(([title, time]) => [title, Math.round(time)]));
  if (shard === undefined) {
    for (const [title, figure] of read()) if (!figures.has(title)) figures.set(title, figure);
  }
  const files = Object.fromEntries([...figures].sort((one, other) => other[1] - one[1]));
  const text = `${JSON.stringify({ version: VERSION, files }, null, 2)}\n`;
  const failure = ops.writeText(resolve(directory, timings[0]), text);
  if (failure !== undefined) require("test/report").write(`error: ${failure}\n`);
}

const isUsed = () => runner.options.timings.length > 0;

module.exports = { balance, isUsed, read, slowestFirst, took, write };
