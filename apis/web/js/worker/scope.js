"use strict";
// The inside of a worker: reads what its starter wants run, gives the isolate its thread's
// identity, runs the script, and tells the starter of what nobody caught.

const prelude = require("runtime/prelude");
const { RemoteEnd, ownThread } = require("web/worker/ends");

let control;

/** Runs the worker; called by native code, once. */
function start() {
  const [number, end] = ownThread();
  control = new RemoteEnd(end);
  const received = control.take();
  // The starter has gone.
  if (received === undefined) return;
  const given = received.data;
  const isNode = given.kind === "node";
  const own = {
    number,
    isNode,
    name: given.name,
    workerData: given.workerData,
    port: given.port,
    stdio: given.stdio,
    argv: given.argv,
    execArgv: given.execArgv,
    env: given.env,
    path: given.source.path,
    post: (message, options) => given.port.postMessage(message, options),
    uncaught: tellUncaught,
    // Code of a worker whose rejection nobody handled.
    rejectionCode: isNode ? 1 : 0,
  };
  prelude.provide("runtime/own-thread", own);
  if (given.environmentData !== undefined) {
    const { data } = require("web/worker/environment");
    for (const [key, value] of given.environmentData) data.set(key, value);
  }
  control.face = { receive: ({ data }) => answer(data), ended() {} };
  control.start();
  tell(["online"]);
  if (isNode) require("node/worker-scope").prepare(own);
  else require("web/worker/events").install(given.port);
  run(given);
}

function tell(message) {
  if (!control.closed) control.post(message, []);
}

function run({ source, preload }) {
  const { runMain, runProvided } = require("runtime/modules");
  const { process } = require("node/process");
  const folder = process.cwd();
  const { path, text } = source;
  try {
    if (text === undefined) runMain([path, folder, ...preload]);
    else runProvided(`${folder}/[worker eval]`, text, preload);
  } catch (error) {
    require("runtime/event-loop").reportUncaught(notFound(error, path));
  }
}

function notFound(error, path) {
  if (!`${error?.message}`.startsWith("Module not found")) return error;
  return new Error(`BuildMessage: ModuleNotFound resolving "${path}" (entry point)`);
}

function textOf(error) {
  if (typeof error === "string") return error;
  if (!(error instanceof Error)) return require("bun/inspect").inspect(error);
  if (error.message.startsWith("BuildMessage: ")) return error.message;
  return require("runtime/errors").describe(error);
}

/** Tells the starter of an error nobody caught: the value where it can be copied, and as text. */
function tellUncaught(error) {
  const text = textOf(error);
  const described = require("web/worker/uncaught").describe(error);
  try {
    tell(["error", described, text]);
  } catch {
    tell(["error", undefined, text]);
  }
}

function answer([what, id]) {
  const { figures } = require("web/worker/figures");
  tell(["answer", id, figures[what]()]);
}

module.exports = { start };
