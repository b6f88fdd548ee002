// The runner's entry: loads preloaded modules and one test file after another, then says how it
// went. Ends the process with 1 where something failed.
"use strict";

const { runner, counters, isOnBuildMachine } = require("test/state");
const { paint } = require("test/paint");
const { registry } = require("runtime/modules");
const timers = require("runtime/timers");

const KEEP_ALIVE_MS = 2147483647;

function start() {
  const { run, options } = prepare();
  const { isWorker } = require("test/processes");
  const files = run.files;
  if (isWorker()) {
    options.isolate = false;
  } else {
    const { parallel } = options;
    const places = parallel > 0 ? ` ${parallel}x PARALLEL` : "";
    if (files.length < 2 || parallel === 1) oneAtATime(options);
    ops.write(1, paint`<r><b>bun test <r><d>v1.4.5 (a7733435c)<r>${places}\n`);
  }
  // A test that waits for nothing that the loop knows waits for its time limit, or for ever.
  timers.setInterval(() => {}, KEEP_ALIVE_MS);
  const done = files.length === 0 ? nothingFound(run) : runAll(files, options);
  done.then(
    (code) => {
      if (!options.watch) process.exit(code);
    },
    (error) => {
      require("test/report").error(error);
      process.exit(1);
    },
  );
}

// With nothing to run beside it, a file runs here; what it sees of its place stays.
function oneAtATime(options) {
  if (options.parallel === 0) return;
  options.isolate = false;
  options.parallel = 0;
  process.env.JEST_WORKER_ID = process.env.BUN_TEST_WORKER_ID = "1";
}

// Whether a program that reads and writes code asked for the run: it is told of failures only.
function isForAgent() {
  const { CLAUDECODE, REPL_ID, AGENT } = process.env;
  return CLAUDECODE === "1" || REPL_ID === "1" || AGENT === "1";
}

function prepare() {
  const options = ops.options();
  runner.options = options;
  runner.isForAgent = isForAgent();
  options.onlyFailures ||= runner.isForAgent;
  isOnBuildMachine();
  runner.colors = ops.useColors();
  runner.only = options.only;
  runner.preloadScope = require("test/collection").newPreloadScope();
  if (options.namePattern !== undefined) runner.nameFilter = filterOf(options.namePattern);
  if (options.randomize) options.seed ??= Math.floor(Math.random() * 4294967296);
  else options.seed = undefined;
  require("runtime/module-namespace").makeReplaceable();
  for (const name of ["@jest/globals", "vitest"]) registry.builtins.set(name, "test/bun-test");
  require("test/fake-timers").install();
  require("runtime/errors").captureUncaught(require("test/execution").uncaught);
  defineGlobals();
  require("test/report").watchConsole();
  require("test/coverage").begin();
  return { run: ops.findFiles(), options };
}

function filterOf(pattern) {
  try {
    return new RegExp(pattern);
  } catch {
    require("test/report").write(paint`<r><red>error<r><d>:<r> --test-name-pattern expects a ` +
      `valid regular expression but received ${JSON.stringify(pattern)}\n`);
    return process.exit(1);
  }
}

// What test files use without importing it.
function defineGlobals() {
  const names = [
    "afterAll", "afterEach", "beforeAll", "beforeEach", "describe", "expect", "expectTypeOf", "it",
    "jest", "onTestFinished", "setDefaultTimeout", "test", "vi", "xdescribe", "xit", "xtest",
  ];
  for (const name of names) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => require("test/bun-test")[name],
      set(value) {
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
      },
    });
  }
}

function nothingFound(found) {
  return Promise.resolve(require("test/summary").nothingFound(found));
}

async function runAll(files, options) {
  const summary = require("test/summary");
  try {
    files = summary.chooseFiles(files);
  } catch (error) {
    require("test/report").write(paint`<r><red>error<r><d>:<r> ${error.message}\n`);
    return 1;
  }
  try {
    if (!options.isolate) await preload(options);
  } catch (error) {
    if (error instanceof PreloadNotFound) {
      const report = require("test/report");
      report.fileStarted(relativePath(files[0]));
      report.error(error);
      return 1;
    }
    preloadFailure = { error };
  }
  if (options.isolate) {
    await require("test/processes").runAll(files);
    return summary.end();
  }
  for (let index = 0; index < files.length; index++) {
    await runFile(files[index], index === 0, index === files.length - 1);
  }
  return summary.end();
}

// What a preloaded module failed with: every file fails with it.
let preloadFailure;

async function preload({ preload: specifiers, directory }) {
  runner.isInPreload = true;
  for (const specifier of specifiers) await importPreload(specifier, `${directory}/[preload]`);
  runner.isInPreload = false;
}

function importPreload(specifier, referrer) {
  let path = specifier;
  try {
    path = registry.resolvePath(specifier, referrer);
  } catch {
    if (/^[./]/.test(specifier)) throw new PreloadNotFound(specifier);
    try {
      path = registry.resolvePath(`./${specifier}`, referrer);
    } catch {
      throw new PreloadNotFound(specifier);
    }
  }
  return registry.importDynamic(referrer, path);
}

class PreloadNotFound extends Error {
  constructor(specifier) {
    super(`preload not found ${JSON.stringify(specifier)}`);
  }
}

function relativePath(path) {
  const prefix = `${runner.options.directory}/`;
  if (path.startsWith(prefix)) return path.slice(prefix.length);
  return require("node/path").relative(runner.options.directory, path);
}

async function runFile(path, isFirst, isLast) {
  const runs = Math.max(runner.options.rerunEach, 1);
  for (let run = 0; run < runs; run++) {
    if (run > 0) {
      registry.forget(path);
      require("test/snapshots").resetCounts();
    }
    const started = ops.elapsedNanoseconds();
    await runOnce(path, { isFirst, isLast }, runs > 1 ? run + 1 : undefined);
    require("test/timings").took(path, (ops.elapsedNanoseconds() - started) / 1e6);
  }
  runner.timeoutOverride = undefined;
}

async function runOnce(path, place, run) {
  const { FileRun } = require("test/collection");
  const { concurrentGlobs } = runner.options;
  const title = relativePath(path);
  const isConcurrent = concurrentGlobs.some((pattern) => ops.globMatches(pattern, title));
  const file = new FileRun(path, title, { ...place, isConcurrent });
  require("test/report").fileStarted(title, run);
  runner.file = file;
  const isLoaded = await load(path, run === undefined || run === 1);
  if (isLoaded) await require("test/execution").runFile(file);
  else file.phase = "done";
  require("test/report").fileEnded();
  runner.file = undefined;
}

async function load(path, isFirstRun) {
  try {
    process.argv[1] = path;
    if (preloadFailure !== undefined) throw preloadFailure.error;
    await registry.importMain(path);
    if (isFirstRun) counters.files++;
    return true;
  } catch (error) {
    if (isFirstRun) counters.files++;
    require("test/execution").uncaught(error);
    require("test/summary").fileFailed();
    return false;
  }
}

module.exports = { start };
