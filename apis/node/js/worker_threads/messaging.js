// Messages from any thread to any other by its number: process's event `workerMessage`. Each
// thread has a named end that others send to, and answers over a port that came along.
"use strict";

const { Promise } = globalThis;
const { RemoteEnd, channelOpen, sendTo } = require("web/worker/ends");
const { makeError, validateNumber } = require("node/errors");
const { loadedModule } = require("runtime/prelude");

const DELIVERED = 0;
const NO_LISTENERS = 1;
const LISTENER_FAILED = 2;

const nameOf = (thread) => `\0thread ${thread}`;

let own;

/** Opens this thread's end. */
function open() {
  if (own !== undefined) return;
  own = new RemoteEnd(channelOpen(nameOf(threadId())));
  own.face = { receive, ended() {} };
  own.start();
}

function threadId() {
  return loadedModule("runtime/own-thread")?.number ?? 0;
}

function receive({ data: [source, value, port] }) {
  const { process } = require("node/process");
  const listeners = process.listeners("workerMessage");
  let status = listeners.length === 0 ? NO_LISTENERS : DELIVERED;
  try {
    for (const listener of listeners) Reflect.apply(listener, process, [value, source]);
  } catch {
    status = LISTENER_FAILED;
  }
  port.postMessage(status);
  port.close();
}

const failure = (code, text) => makeError("Error", `ERR_WORKER_MESSAGING_${code}`, text);

const noListeners = () => failure(
  "FAILED",
  "The destination thread no longer exists or is not listening for `workerMessage` events.",
);

function checkStatus(status) {
  if (status === DELIVERED) return;
  if (status === LISTENER_FAILED) {
    const text = "The destination thread threw an error while processing the message.";
    throw failure("ERRORED", text);
  }
  throw noListeners();
}

async function postMessageToThread(threadNumber, value, transferList, timeout) {
  let [transfers, limit] = [transferList, timeout];
  if (typeof transfers === "number" && limit === undefined) [transfers, limit] = [[], transfers];
  if (limit !== undefined) validateNumber(limit, "timeout", 0);
  if (threadNumber === threadId()) {
    throw failure("SAME_THREAD", "Cannot send a message to the same thread.");
  }
  const { MessageChannel } = require("web/message-port");
  const { port1, port2 } = new MessageChannel();
  const message = [threadId(), value, port2];
  if (!sendTo(nameOf(threadNumber), message, [port2, ...transfers ?? []])) throw noListeners();
  checkStatus(await answerOf(port1, limit));
}

function answerOf(port, limit) {
  return new Promise((resolve, reject) => {
    const timers = require("runtime/timers");
    const timer = limit === undefined ? undefined : timers.realTimeout(() => {
      port.close();
      reject(failure("TIMEOUT", "The operation timed out."));
    }, limit);
    const finish = (status) => {
      timers.realClear(timer);
      port.close();
      resolve(status);
    };
    port.onmessage = ({ data }) => finish(data);
    port.addEventListener("close", () => finish(NO_LISTENERS));
  });
}

module.exports = { open, postMessageToThread, threadId };
