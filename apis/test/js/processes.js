// Files in processes of their own (--isolate, --parallel): one that crashes, hangs or exits fails
// alone. Each runs as `dx test` with the same flags; it writes its counters to a file named in
// DX_TEST_COUNTERS and leaves the header and the summary to the process that started it.
//
// With --parallel several run at a time, each with the number of its place, and what one prints
// stands together on standard error once it has ended.
"use strict";

const { runner, counters } = require("test/state");
const { paint } = require("test/paint");
const report = require("test/report");

const { write } = report;
const COUNTERS = "DX_TEST_COUNTERS";
const PLACES = ["JEST_WORKER_ID", "BUN_TEST_WORKER_ID"];

// Flags that are the starting process's own affair, and whether each takes a value.
const OWN_FLAGS = {
  "--isolate": false, "--no-isolate": false, "--parallel": false, "--parallel-delay": true,
  "--shard": true, "--bail": false, "--changed": false, "--timings": true,
  "--update-timings": false, "--watch": false, "--hot": false, "--randomize": false,
};

// The command line without patterns and own flags.
function flagsOf(commandLine) {
  const { patterns, seed } = runner.options;
  const flags = seed === undefined ? [] : [`--seed=${seed}`];
  for (let index = 0; index < commandLine.length; index++) {
    const [name] = commandLine[index].split("=");
    if (name === "--") break;
    if (name in OWN_FLAGS) {
      if (OWN_FLAGS[name] && !commandLine[index].includes("=")) index++;
    } else if (!patterns.includes(commandLine[index]) && name !== "--seed") {
      flags.push(commandLine[index]);
    }
  }
  return flags;
}

function commandLine() {
  const text = ops.readText("/proc/self/cmdline") ?? "";
  const words = text.split("\0").slice(1, -1);
  return words.slice(words.indexOf("test") + 1);
}

const running = new Set();

async function runFile(path, flags, number, place) {
  const handed = `${runner.options.temporary}/dx-test-${process.pid}-${number}.json`;
  const isParallel = place !== undefined;
  const env = { ...process.env, [COUNTERS]: handed };
  if (isParallel) for (const name of PLACES) env[name] = `${place}`;
  const started = ops.elapsedNanoseconds();
  const child = Bun.spawn([process.execPath, "test", ...flags, path], {
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  running.add(child);
  const pieces = [];
  const collect = async (stream) => {
    for await (const piece of stream) pieces.push(piece);
  };
  const [out] = await Promise.all([
    isParallel ? collect(child.stdout) : new Response(child.stdout).text(),
    collect(child.stderr),
    child.exited,
  ]);
  running.delete(child);
  if (!isParallel) ops.write(1, out);
  write(await new Blob(pieces).text());
  const text = ops.readText(handed);
  ops.removeFile(handed);
  if (text !== undefined) takeOver(JSON.parse(text));
  else ended(path, child, pieces.length > 0);
  require("test/timings").took(path, (ops.elapsedNanoseconds() - started) / 1e6);
}

function takeOver({ coverage, junit, repeated, ...figures }) {
  require("test/coverage").add(coverage);
  require("test/junit").add(junit);
  for (const kind of Object.keys(repeated)) report.repeated[kind] += repeated[kind];
  for (const [name, figure] of Object.entries(figures.snapshots)) {
    counters.snapshots[name] += figure;
  }
  for (const name of Object.keys(counters)) {
    if (name !== "snapshots") counters[name] += figures[name];
  }
}

// A file whose process ended before its tests did.
function ended(path, child, hasSpoken) {
  counters.files++;
  counters.fail++;
  const title = require("node/path").relative(runner.options.directory, path);
  const how = child.signalCode ?? `exit code ${child.exitCode}`;
  if (!hasSpoken) write(paint`<r>\n${title}:\n`);
  const line = paint`<r><red>✗<r> <b>${title}<r><d> (worker crashed: ${how})<r>\n`;
  write(line);
  report.repeated.fail += line;
}

// Runs all files; answers when the last one has ended.
async function runAll(files) {
  const flags = flagsOf(commandLine());
  const { bail, parallel } = runner.options;
  let next = 0;
  const work = async (place) => {
    while (next < files.length) {
      const number = next++;
      await runFile(files[number], flags, number, parallel > 0 ? place : undefined);
      if (bail > 0 && counters.fail >= bail) bailOut();
    }
  };
  const places = Math.min(Math.max(parallel, 1), files.length);
  await Promise.all(Array.from({ length: places }, (_, index) => work(index + 1)));
}

function bailOut() {
  for (const child of running) child.kill();
  require("test/summary").bailOut();
}

// In a process that another one started: where its counters go. Tests, and what they start, are
// not to know.
const target = process.env[COUNTERS];
delete process.env[COUNTERS];

const isWorker = () => target !== undefined;

function handOver() {
  // What a file has started ends with it.
  require("bun/spawn-native").childrenEnd(0);
  const coverage = require("test/coverage").handedOver();
  const junit = require("test/junit").handedOver();
  const { repeated } = report;
  ops.writeText(target, JSON.stringify({ ...counters, coverage, junit, repeated }));
}

module.exports = { handOver, isWorker, runAll };
