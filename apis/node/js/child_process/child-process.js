// The module node:child_process. Its parts load when they are called for.
"use strict";

const { ChildProcess } = require("node/child-process-child");
const { checkTimeout, killSignalOf, normalizeFork, normalizeSpawn } =
  require("node/child-process-arguments");
const { abortError, validateAbortSignal } = require("node/errors");
const { nextTick } = require("runtime/event-loop");

function killAfter(child, milliseconds, signal) {
  let timer = setTimeout(() => {
    timer = undefined;
    try {
      child.kill(signal);
    } catch (error) {
      child.emit("error", error);
    }
  }, milliseconds);
  timer.unref();
  child.once("exit", () => clearTimeout(timer));
}

function killOnAbort(child, signal, killSignal) {
  function onAbort() {
    try {
      if (child.kill(killSignal)) {
        child.emit("error", abortError(undefined, { cause: signal.reason }));
      }
    } catch (error) {
      child.emit("error", error);
    }
  }
  if (signal.aborted) {
    nextTick(onAbort, undefined);
    return;
  }
  signal.addEventListener("abort", onAbort, { once: true });
  child.once("exit", () => signal.removeEventListener("abort", onAbort));
}

function spawn(file, args, options) {
  const wanted = normalizeSpawn(file, args, options);
  checkTimeout(wanted.timeout);
  validateAbortSignal(wanted.signal, "options.signal");
  const killSignal = killSignalOf(wanted.killSignal);
  const child = new ChildProcess();
  child.spawn(wanted);
  if (wanted.timeout > 0) killAfter(child, wanted.timeout, killSignal);
  if (wanted.signal) killOnAbort(child, wanted.signal, killSignal);
  return child;
}

function fork(modulePath, args = [], options) {
  const { file, words, wanted } = normalizeFork(modulePath, args, options);
  return spawn(file, words, wanted);
}

const exec = (name, length) => {
  const run = {
    [name](...given) { return require("node/child-process-exec")[name](...given); },
  }[name];
  Object.defineProperty(run, "length", { value: length });
  return run;
};
const sync = (name, length) => {
  const run = {
    [name](...given) { return require("node/child-process-sync")[name](...given); },
  }[name];
  Object.defineProperty(run, "length", { value: length });
  return run;
};

const PROMISIFY = Symbol.for("nodejs.util.promisify.custom");

// What util.promisify gives for exec and execFile: both outputs, and the child on the promise.
function promisified(run) {
  const promising = (...given) => {
    let resolve;
    let reject;
    const promise = new Promise((fulfil, refuse) => {
      resolve = fulfil;
      reject = refuse;
    });
    promise.child = run(...given, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(Object.assign(error, { stdout, stderr }));
    });
    return promise;
  };
  Object.defineProperty(promising, PROMISIFY, { configurable: true, value: promising });
  return promising;
}

module.exports = {
  ChildProcess,
  spawn,
  execFile: exec("execFile", 4),
  exec: exec("exec", 3),
  fork,
  spawnSync: sync("spawnSync", 3),
  execFileSync: sync("execFileSync", 3),
  execSync: sync("execSync", 2),
};
Object.defineProperty(fork, "length", { value: 1 });
for (const name of ["exec", "execFile"]) {
  const run = module.exports[name];
  Object.defineProperty(run, PROMISIFY, { configurable: true, value: promisified(run) });
}
