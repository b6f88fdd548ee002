// Files in processes of their own (--isolate, --parallel): one that crashes, hangs or exits fails
// alone. Each runs as `dx test` with the same flags; it writes its counters to a file named in
// DX_TEST_COUNTERS and leaves the header and the summary to the process that started it.
"use strict";

const { runner, counters } = require("test/state");
const { paint } = require("test/paint");
const { write } = require("test/report");

const COUNTERS = "DX_TEST_COUNTERS";

// Flags that are the starting process's own affair, and whether each takes a value.
const OWN_FLAGS = { "--isolate": false, "--parallel": false, "--shard": true, "--bail": false };

// The command line without patterns and own flags.
function flagsOf(commandLine) {
  const { patterns } = runner.options;
  const flags = [];
  for (let index = 0; index < commandLine.length; index++) {
    const [name] = commandLine[index].split("=");
    if (name === "--") break;
    if (name in OWN_FLAGS) {
      if (OWN_FLAGS[name] && !commandLine[index].includes("=")) index++;
    } else if (!patterns.includes(commandLine[index])) {
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

async function runFile(path, flags, number) {
  const handed = `${runner.options.temporary}/dx-test-${process.pid}-${number}.json`;
  const child = Bun.spawn([process.execPath, "test", ...flags, path], {
    env: { ...process.env, [COUNTERS]: handed },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited,
  ]);
  ops.write(1, out);
  write(error);
  const text = ops.readText(handed);
  ops.removeFile(handed);
  if (text !== undefined) add(JSON.parse(text));
  else ended(path, child.signalCode ?? code);
}

function add(figures) {
  for (const [name, figure] of Object.entries(figures.snapshots)) {
    counters.snapshots[name] += figure;
  }
  for (const name of Object.keys(counters)) {
    if (name !== "snapshots") counters[name] += figures[name];
  }
}

// A file whose process ended before its tests did.
function ended(path, how) {
  counters.files++;
  counters.fail++;
  const what = typeof how === "number" ? `exited with code ${how}` : `was ended by ${how}`;
  write(paint`<red>error<r><d>:<r> the process of ${path} ${what} before its tests were done\n`);
}

// Runs all files; answers when the last one has ended.
async function runAll(files) {
  const flags = flagsOf(commandLine());
  const { bail, parallel } = runner.options;
  let next = 0;
  const work = async () => {
    while (next < files.length && !(bail > 0 && counters.fail >= bail)) {
      const number = next++;
      await runFile(files[number], flags, number);
    }
  };
  await Promise.all(Array.from({ length: Math.max(parallel, 1) }, work));
}

// In a process that another one started: where its counters go. Tests, and what they start, are
// not to know.
const target = process.env[COUNTERS];
delete process.env[COUNTERS];

const isWorker = () => target !== undefined;

function handOver() {
  ops.writeText(target, JSON.stringify(counters));
}

module.exports = { handOver, isWorker, runAll };
