"use strict";
// The global class Worker: a thread that runs a module, and messages to and from it.

const { defineInterface, refuseCalls } = require("web/interface");
const { invalidThis, missingArguments, withCode } = require("web/errors");
const {
  CloseEvent, ErrorEvent, Event, EventTarget, dispatch, eventHandler, trust,
} = require("web/events");
const {
  MessageChannel, fire: fireMessage, handTo, onMessage, onMessageError, receiveMessage,
} = require("web/message-port");
const { setImmediate } = require("runtime/immediates");
const { Thread, announce, commonStart, sourceOf } = require("web/worker/thread");

const onError = eventHandler("error");
const NEEDS_NEW = "Use `new Worker(...)` instead of `Worker(...)`";

function fire(target, event) {
  trust(event);
  dispatch(target, event);
}

let threadOf;

class Worker extends EventTarget {
  #thread;
  #port;
  #isStopped = false;

  constructor(scriptURL, options = undefined) {
    if (arguments.length === 0) throw missingArguments();
    super();
    const given = options === null || typeof options !== "object" ? {} : options;
    const { port1, port2 } = new MessageChannel();
    const start = {
      ...commonStart(given),
      kind: "web",
      source: sourceOf(`${scriptURL}`),
      name: given.name === undefined ? "" : `${given.name}`,
      workerData: given.workerData ?? given.data,
      port: port2,
    };
    const transfers = [port2, ...given.transferList ?? given.transfer ?? []];
    this.#port = port1;
    this.#thread = new Thread(start, transfers, {
      online: () => fire(this, new Event("open")),
      error: (_value, message) => fire(this, new ErrorEvent("error", { message })),
      exit: (code) => this.#exited(code),
    });
    handTo(port1, (message) => fireMessage(this, message));
    port1.unref();
    if (given.ref === false) this.#thread.unref();
    announce(this);
  }

  // What it has sent before its end comes first, each message in a turn of its own.
  #exited(code) {
    const message = receiveMessage(this.#port);
    if (message !== undefined) {
      setImmediate(() => this.#exited(code));
      fireMessage(this, message);
      return;
    }
    this.#port.close();
    fire(this, new CloseEvent("close", { code: this.#isStopped ? 0 : code, wasClean: true }));
  }

  get onerror() { return onError.get(this); }
  set onerror(value) { onError.set(this, value); }
  get onmessage() { return onMessage.get(this); }
  set onmessage(value) { onMessage.set(this, value); }
  get onmessageerror() { return onMessageError.get(this); }
  set onmessageerror(value) { onMessageError.set(this, value); }

  postMessage(message) {
    const thread = threadOf(this, "postMessage");
    if (arguments.length === 0) throw missingArguments();
    if (!thread.hasEnded) this.#port.postMessage(message, arguments[1]);
  }
  ref() { threadOf(this, "ref").ref(); }
  terminate() {
    threadOf(this, "terminate").stop();
    this.#isStopped = true;
  }
  get threadId() { return threadOf(this, "threadId").number; }
  unref() { threadOf(this, "unref").unref(); }
  getHeapSnapshot() { return withheld(this, "getHeapSnapshot"); }
  getHeapStatistics() { return threadOf(this, "getHeapStatistics").ask("heapStatistics"); }
  startCpuProfileInternal() { return withheld(this, "startCpuProfileInternal"); }
  stopCpuProfileInternal() { return withheld(this, "stopCpuProfileInternal"); }
  cpuUsageInternal() { return threadOf(this, "cpuUsageInternal").ask("cpuUsage"); }

  static {
    threadOf = (worker, method) => {
      if (typeof worker === "object" && worker !== null && #thread in worker) return worker.#thread;
      throw invalidThis("Worker", method);
    };
  }
}

// What the engine's C API does not give.
function withheld(worker, method) {
  threadOf(worker, method);
  const text = `Worker.${method} is not available in dx: its engine gives none.`;
  return Promise.reject(withCode(new Error(text), "ERR_NOT_IMPLEMENTED"));
}

defineInterface(Worker, {
  fixed: ["threadId"],
  hidden: ["startCpuProfileInternal", "stopCpuProfileInternal", "cpuUsageInternal"],
});

module.exports = { Worker: refuseCalls(Worker, "ERR_ILLEGAL_CONSTRUCTOR", NEEDS_NEW) };
