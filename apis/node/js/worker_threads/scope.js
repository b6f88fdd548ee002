// What a thread started by node:worker_threads finds different: standard streams that lead to its
// starter, and a process that may not change what all threads share.
"use strict";

const { Object } = globalThis;
const { makeError } = require("node/errors");
const messaging = require("node/worker-messaging");

const DISABLED = [
  "abort", "chdir", "setuid", "seteuid", "setgid", "setegid", "setgroups", "initgroups",
];

function unsupported(text) {
  return makeError("TypeError", "ERR_WORKER_UNSUPPORTED_OPERATION", text);
}

function lazily(target, name, make) {
  const become = (value) => {
    Object.defineProperty(target, name, {
      value, configurable: true, enumerable: true, writable: true,
    });
    return value;
  };
  Object.defineProperty(target, name, {
    configurable: true, enumerable: true, get: () => become(make()), set: become,
  });
}

/** Prepares the isolate of `own`, before its script runs. */
function prepare(own) {
  const { process } = require("node/process");
  const stdio = () => require("node/worker-stdio");
  lazily(process, "stdin", () => own.stdio.stdin === undefined
    ? stdio().endedReadable() : stdio().readableFrom(own.stdio.stdin, true).stream);
  for (const name of ["stdout", "stderr"]) {
    lazily(process, name, () => stdio().writableTo(own.stdio[name]));
  }
  lazily(globalThis, "console", () => {
    const { Console } = require("node/console");
    return new Console(process.stdout, process.stderr);
  });
  restrict(process);
  messaging.open();
}

function restrict(process) {
  const { umask } = process;
  process.umask = (mask) => {
    if (mask === undefined) return umask();
    throw unsupported("Setting process.umask() is not supported in workers");
  };
  process.execve = function execve() {
    throw unsupported("Calling process.execve is not supported in workers");
  };
  for (const name of DISABLED) {
    const refuse = () => { throw unsupported(`process.${name}() is not supported in workers`); };
    refuse.disabled = true;
    process[name] = refuse;
  }
}

module.exports = { prepare };
