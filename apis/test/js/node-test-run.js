// run() of node:test: each file as `dx test` in a process of its own, one after another, what
// happens in it as events of one stream.
//
// A file's process says what its tests did by test/node-test-events, on a pipe of its own; lines it
// prints are events too. A file that says nothing of tests passes or fails as its process does.
"use strict";

const { Array, Date, Error, JSON, Number, Object, Promise, RegExp } = globalThis;
const { Readable } = require("node/stream");
const errors = require("node/errors");
const path = require("node/path");
const { notImplemented } = require("test/node-test-refusals");
const { isWanted, DESCRIPTOR } = require("test/node-test-events");

const {
  validateAbortSignal, validateArray, validateBoolean, validateFunction, validateInteger,
  validateNumber, validateObject, validateOneOf, validateString, validateStringArray,
} = errors;

// Behind standard input, output and error.
const DESCRIPTOR_EVENTS = 3;
const MS_MAX = 2 ** 31 - 1;
const CONCURRENCY_MAX = 2 ** 32 - 1;

// ---- Options ---------------------------------------------------------------------------------

function validatePatterns(value, name) {
  const patterns = Array.isArray(value) ? value : [value];
  for (let index = 0; index < patterns.length; index++) {
    const pattern = patterns[index];
    if (typeof pattern === "string" || pattern instanceof RegExp) continue;
    throw errors.ERR_INVALID_ARG_TYPE(`${name}[${index}]`, ["string", "RegExp"], pattern);
  }
}

function validateShard(value, name) {
  validateObject(value, name);
  validateInteger(value.total, `${name}.total`, 1);
  validateInteger(value.index, `${name}.index`, 1, value.total);
}

function validateConcurrency(value, name) {
  if (typeof value === "boolean") return;
  if (typeof value !== "number") {
    throw errors.ERR_INVALID_ARG_TYPE(name, ["boolean", "number"], value);
  }
  validateInteger(value, name, 1, CONCURRENCY_MAX);
}

const CHECKS = {
  files: validateArray,
  watch: validateBoolean,
  forceExit: validateBoolean,
  only: validateBoolean,
  coverage: validateBoolean,
  concurrency: validateConcurrency,
  timeout: (value, name) => {
    if (value !== Infinity) validateNumber(value, name, 0, MS_MAX);
  },
  signal: validateAbortSignal,
  setup: validateFunction,
  testNamePatterns: validatePatterns,
  testSkipPatterns: validatePatterns,
  shard: validateShard,
  isolation: (value, name) => validateOneOf(value, name, ["process", "none"]),
  globPatterns: validateArray,
  cwd: validateString,
  argv: validateStringArray,
  execArgv: validateStringArray,
  env: validateObject,
  globalSetupPath: validateString,
};

function refuse(what, advice = "") {
  throw notImplemented(`run(${what})`, advice);
}

// What Bun refuses too, in its words and order.
function refuseWhatBunLacks(options) {
  const { files, globPatterns } = options;
  if (files === undefined && globPatterns === undefined) {
    throw notImplemented(
      "run() default file discovery", ". Pass { files: [...] } explicitly.");
  }
  if (options.watch) refuse("{ watch: true }", ". Use `bun:test --watch` in the interim.");
  if (options.isolation === "none") refuse("{ isolation: 'none' }");
  if (options.coverage) refuse("{ coverage: true }", ". Use `bun:test --coverage` in the interim.");
  if (globPatterns !== undefined) refuse("{ globPatterns }");
  if (options.shard !== undefined) refuse("{ shard }");
  if (options.globalSetupPath !== undefined) refuse("{ globalSetupPath }");
  if (options.only) refuse("{ only: true }");
  if (options.testNamePatterns !== undefined) refuse("{ testNamePatterns }");
  if (options.testSkipPatterns !== undefined) refuse("{ testSkipPatterns }");
  if (options.forceExit) refuse("{ forceExit: true }");
  if (options.concurrency !== undefined) refuse("{ concurrency }");
}

function checkOptions(options) {
  validateObject(options, "options");
  for (const [name, check] of Object.entries(CHECKS)) {
    const value = options[name];
    if (value !== undefined && value !== null) check(value, `options.${name}`);
  }
  if (options.files?.length > 0 && options.globPatterns?.length > 0) {
    throw errors.ERR_INVALID_ARG_VALUE("options.globPatterns", options.globPatterns,
      "is not supported when specifying 'options.files'");
  }
  refuseWhatBunLacks(options);
}

// ---- The stream ------------------------------------------------------------------------------

class TestsStream extends Readable {
  constructor() {
    super({ objectMode: true, highWaterMark: Number.MAX_SAFE_INTEGER });
  }

  _read() {}
}

function tell(stream, type, data) {
  if (stream.destroyed) return;
  const plain = { __proto__: null, ...data };
  stream.emit(type, plain);
  stream.push({ __proto__: null, type, data: plain });
}

const newCounts = () => ({
  __proto__: null,
  tests: 0, failed: 0, passed: 0, cancelled: 0, skipped: 0, todo: 0, topLevel: 0, suites: 0,
});

const details = (duration_ms, type, more) => ({ __proto__: null, duration_ms, type, ...more });

// ---- One file --------------------------------------------------------------------------------

function revived({ name, message, stack, code, failureType, cause }) {
  const error = new Error(message);
  error.stack = stack;
  if (name !== undefined && name !== "Error") error.name = name;
  if (code !== undefined) error.code = code;
  if (failureType !== undefined) error.failureType = failureType;
  if (cause !== undefined) error.cause = revived(cause);
  return error;
}

// What a file's process wrote about one test.
function testEnded(stream, counts, file, text) {
  const { name, nesting, isSuite, skip, todo, error, milliseconds } = JSON.parse(text);
  if (isSuite) counts.suites++;
  else countTest(counts, { skip, todo, error });
  const more = error === undefined ? undefined : { error: revived(error) };
  tell(stream, error === undefined ? "test:pass" : "test:fail", {
    name, nesting, testNumber: 0,
    ...(skip === undefined ? undefined : { skip }),
    ...(todo === undefined ? undefined : { todo }),
    tags: [], file,
    details: details(milliseconds, isSuite ? "suite" : "test", more),
  });
}

function countTest(counts, { skip, todo, error }) {
  counts.tests++;
  if (skip !== undefined) counts.skipped++;
  else if (todo !== undefined) counts.todo++;
  else counts[error === undefined ? "passed" : "failed"]++;
}

// Calls `take` with each line that is not empty; answers all of the text.
async function readLines(input, take) {
  let [rest, all] = ["", ""];
  input.setEncoding("utf8");
  for await (const text of input) {
    all += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line !== "") take(line);
  }
  if (rest !== "") take(rest);
  return all;
}

function start(file, options) {
  const words = [...options.execArgv ?? [], "test", file, ...options.argv ?? []];
  return require("node/child-process").spawn(process.execPath, words, {
    cwd: options.cwd,
    env: {
      ...options.env ?? process.env,
      NODE_TEST_CONTEXT: "child-v8", [DESCRIPTOR]: `${DESCRIPTOR_EVENTS}`,
    },
    signal: options.signal,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
}

// Runs a file; answers its exit code, and what it said on standard error.
async function follow(stream, counts, file, options) {
  const child = start(file, options);
  const stop = () => child.kill();
  stream.once("close", stop);
  const ended = new Promise((resolve, reject) => {
    child.once("error", (error) => (error.name === "AbortError" ? undefined : reject(error)));
    child.once("close", resolve);
  });
  const printed = (type) => (line) => tell(stream, type, { file, message: `${line}\n` });
  const [code, said] = await Promise.all([
    ended,
    readLines(child.stderr, printed("test:stderr")),
    readLines(child.stdout, printed("test:stdout")),
    readLines(child.stdio[DESCRIPTOR_EVENTS], (line) => {
      testEnded(stream, counts, file, line);
    }),
  ]);
  stream.off("close", stop);
  return { code, said };
}

function testFailure(message, failureType) {
  const error = new Error(message);
  error.code = "ERR_TEST_FAILURE";
  error.failureType = failureType;
  return error;
}

class FileRun {
  constructor(stream, name, options) {
    this.stream = stream;
    this.options = options;
    this.file = path.resolve(options.cwd ?? process.cwd(), name);
    this.counts = newCounts();
    this.counts.topLevel = 1;
    this.about = {
      nesting: 0, name, type: "test", testId: 1, parentId: 0, tags: [], line: 1, column: 1,
      file: this.file,
    };
    this.began = Date.now();
  }

  begin() {
    tell(this.stream, "test:enqueue", this.about);
    tell(this.stream, "test:dequeue", this.about);
  }

  async run() {
    this.begin();
    if (this.options.signal?.aborted) return this.cancel();
    const { code, said } = await follow(this.stream, this.counts, this.file, this.options);
    const { tests, failed, suites } = this.counts;
    if (code !== 0 && failed === 0) {
      this.counts.tests++;
      this.counts.failed++;
      return this.complete(testFailure(said.trim(), "testCodeFailure"));
    }
    const hasTold = tests + suites > 0;
    if (!hasTold) {
      this.counts.tests = 1;
      this.counts.passed = 1;
    }
    summarize(this.stream, this.counts, Date.now() - this.began, this.file);
    if (!hasTold) this.complete(undefined);
  }

  cancel() {
    this.counts.tests++;
    this.counts.cancelled++;
    const message = "test did not finish before its parent and was cancelled";
    this.complete(testFailure(message, "cancelledByParent"));
  }

  complete(error) {
    const took = Date.now() - this.began;
    const about = { ...this.about, type: undefined, testNumber: 1 };
    const failure = error === undefined ? undefined : { error };
    tell(this.stream, "test:complete", {
      ...about, details: details(took, "test", { passed: error === undefined, ...failure }),
    });
    tell(this.stream, error === undefined ? "test:pass" : "test:fail", {
      ...about, details: details(took, "test", failure),
    });
  }
}

// ---- The run ---------------------------------------------------------------------------------

function summarize(stream, counts, duration_ms, file) {
  const success = counts.failed === 0 && counts.cancelled === 0;
  const kept = { __proto__: null, ...counts };
  tell(stream, "test:summary", { success, counts: kept, duration_ms, file });
}

const DIAGNOSED = {
  tests: "tests", suites: "suites", pass: "passed", fail: "failed", cancelled: "cancelled",
  skipped: "skipped", todo: "todo",
};

async function runFiles(stream, options) {
  const began = Date.now();
  const total = newCounts();
  for (let index = 0; index < options.files.length && !stream.destroyed; index++) {
    const run = new FileRun(stream, options.files[index], options);
    await run.run();
    for (const name of Object.keys(total)) total[name] += run.counts[name];
  }
  const took = Date.now() - began;
  tell(stream, "test:plan", { nesting: 0, count: options.files.length });
  for (const [word, name] of Object.entries(DIAGNOSED)) {
    tell(stream, "test:diagnostic", { nesting: 0, message: `${word} ${total[name]}` });
  }
  tell(stream, "test:diagnostic", { nesting: 0, message: `duration_ms ${took}` });
  summarize(stream, total, took, undefined);
}

function run(options = {}) {
  checkOptions(options);
  const stream = new TestsStream();
  const work = async () => {
    await options.setup?.(stream);
    // A file that is run by run() runs no others.
    if (!isWanted()) await runFiles(stream, options);
    stream.push(null);
  };
  process.nextTick(() => {
    work().catch((error) => stream.destroy(error));
  });
  return stream;
}

module.exports = { run };
