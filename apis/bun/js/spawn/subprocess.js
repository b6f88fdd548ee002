"use strict";
// Subprocess: what Bun.spawn gives. Holds the child by its id and its pipes by their streams.
// Invariants: the child's end is awaited once, from the start on; `exited` settles after exitCode
// and signalCode are set, and fails where the child turns out never to have started; a pipe the
// program never asks for is read all the same, so that the child is not held up, and closed at its
// end.

const { codedError, setTag } = require("web/fetch-errors");
const { ResourceUsage } = require("bun/spawn-usage");
const asyncContext = require("runtime/async-context");
const loop = require("runtime/event-loop");

const NO_SUCH_PROCESS = 3;
const SIGNAL_BASE = 128;
const USAGE_AT = 2;
// Places in the native answer before the descriptors.
const ENDS_AT = 2;
const CREATE = Symbol("create");

const onceExited = (exited) => {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  exited.resolve = resolve;
  return promise;
};

class Subprocess {
  #id;
  #pid;
  #plan;
  #exitCode = null;
  #signal = null;
  #hasExited = false;
  #usage = null;
  #failure = undefined;
  #resolvers = { resolve: undefined };
  #exited = null;
  #stdin = undefined;
  #stdout = undefined;
  #stderr = undefined;
  #input;
  #outputs = [undefined, undefined, undefined];
  #extra = null;
  #isReferenced = true;
  #timer = undefined;
  #onAbort = undefined;
  #context;
  #channel = undefined;
  #terminal;

  constructor(key, plan, started, channel, terminal) {
    if (key !== CREATE) throw new TypeError("Subprocess is not constructable");
    this.#plan = plan;
    this.#id = started[0];
    this.#pid = started[1];
    this.#terminal = terminal;
    this.#context = asyncContext.current;
    if (terminal === undefined) {
      this.#wire(plan.slots, started);
    } else {
      this.#stdin = null;
      this.#stdout = null;
      this.#stderr = null;
    }
    if (started.length > ENDS_AT + 3) this.#wireExtra(plan.slots, started, channel);
    if (channel >= 0) {
      const { createChannel } = require("bun/spawn-ipc");
      this.#channel = createChannel(this, started[ENDS_AT + channel], plan);
    }
    this.#limit(plan);
    ops.childEnded(this.#id).then((ended) => this.#ended(ended), (error) => this.#failed(error));
  }

  #wire(slots, started) {
    const input = started[ENDS_AT];
    if (input >= 0) this.#stdin = this.#wireInput(slots[0], input);
    else this.#stdin = faceOf(slots[0]);
    for (let index = 1; index < 3; index++) {
      const end = started[ENDS_AT + index];
      if (end >= 0) {
        const { Output } = require("bun/spawn-output");
        const output = new Output(end, this.#plan.maxBuffer, () => this.#overflow());
        this.#outputs[index] = output;
        if (!this.#plan.isLazy) output.read();
      } else if (index === 1) {
        this.#stdout = faceOf(slots[1]);
      } else {
        this.#stderr = faceOf(slots[2]);
      }
    }
  }

  #wireInput(slot, end) {
    const { createPipeSink } = require("bun/spawn-sink");
    const sink = createPipeSink(end, undefined);
    this.#input = sink;
    if (slot.kind === "pipe") return sink;
    return require("bun/spawn-input").feed(slot, sink);
  }

  #wireExtra(slots, started, channel) {
    this.#extra = [];
    for (let index = 3; index < slots.length; index++) {
      const end = started[ENDS_AT + index];
      const { kind, value } = slots[index];
      if (index === channel) this.#extra.push(null);
      else if (end >= 0) this.#extra.push(kind === "socket" ? ops.streamRelease(end) : end);
      else this.#extra.push(kind === "fd" ? value : null);
    }
  }

  #limit({ timeout, signal }) {
    if (timeout > 0) {
      this.#timer = setTimeout(() => this.#killQuietly(), timeout);
      this.#timer.unref();
    }
    if (signal !== undefined) {
      this.#onAbort = () => this.#killQuietly();
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
  }

  #killQuietly() {
    ops.childKill(this.#id, this.#plan.killSignal);
  }

  #overflow() {
    this.#killQuietly();
  }

  #ended(ended) {
    const [code, signal] = ended;
    this.#usage = ended;
    if (signal > 0) this.#signal = signal;
    else this.#exitCode = code < 0 ? null : code;
    this.#finish();
  }

  // It has not become its program, as nobody expected.
  #failed(error) {
    this.#failure = error;
    this.#finish();
  }

  #finish() {
    this.#hasExited = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) {
      this.#plan.signal.removeEventListener("abort", this.#onAbort);
    }
    if (this.#input !== undefined) {
      require("bun/spawn-input").endFeeding(this.#plan.slots[0], this.#input);
    }
    this.#outputs[1]?.childExited();
    this.#outputs[2]?.childExited();
    if (this.#exited !== null) this.#resolvers.resolve(this.#settled());
    // Those who wait for `exited` go first.
    if (this.#plan.onExit !== undefined) loop.nextTick(() => this.#callOnExit(), undefined);
  }

  #callOnExit() {
    asyncContext.current = this.#context;
    this.#plan.onExit.call(this, this, this.#exitCode, this.#signalText(), this.#failure);
  }

  // What `exited` is to be.
  #settled() {
    return this.#failure === undefined ? this.#result() : Promise.reject(this.#failure);
  }

  #result() {
    return this.#signal === null ? this.#exitCode : SIGNAL_BASE + this.#signal;
  }

  #signalText() {
    if (this.#signal === null) return null;
    return require("node/process-signals").names[this.#signal] ?? this.#signal;
  }

  #streamOf(index) {
    const output = this.#outputs[index];
    return output === undefined ? undefined : output.stream();
  }

  get connected() { return this.#channel?.isConnected ?? false; }
  disconnect() { this.#channel?.disconnect(); }
  get exitCode() { return this.#exitCode; }

  get exited() {
    if (this.#exited === null) {
      this.#exited = this.#hasExited
        ? Promise.resolve(this.#settled())
        : onceExited(this.#resolvers);
    }
    return this.#exited;
  }

  kill(_signal) {
    const number = require("bun/spawn-options").signalNumber(arguments[0]);
    if (this.#hasExited) return;
    const errno = ops.childKill(this.#id, number);
    if (errno !== 0 && errno !== NO_SUCH_PROCESS) {
      throw require("bun/spawn-errors").systemError(errno, "kill");
    }
  }

  get killed() { return this.#hasExited; }
  get pid() { return this.#pid; }
  get readable() { return this.stdout; }

  ref() { this.#reference(true); }

  resourceUsage() {
    return this.#usage === null ? undefined : new ResourceUsage(this.#usage.slice(USAGE_AT));
  }

  send(_message) {
    if (this.#channel !== undefined) return this.#channel.send(this.#hasExited, arguments);
    const message = this.#hasExited
      ? "Subprocess.send() cannot be used after the process has exited."
      : "Subprocess.send() can only be used if an IPC channel is open.";
    throw codedError(Error, "ERR_IPC_CHANNEL_CLOSED", message);
  }

  get signalCode() { return this.#signalText(); }
  get stderr() { return (this.#stderr === undefined ? this.#streamOf(2) : this.#stderr); }
  get stdin() { return this.#stdin; }

  get stdio() {
    const list = [null, null, null];
    if (this.#extra === null) return list;
    for (let index = 0; index < this.#extra.length; index++) {
      const end = this.#extra[index];
      if (this.#plan.slots[index + 3].kind === "pipe" && end !== null) ops.streamRelease(end);
      list.push(end);
    }
    return list;
  }

  get stdout() { return this.#stdout === undefined ? this.#streamOf(1) : this.#stdout; }
  get terminal() { return this.#terminal?.terminal; }

  unref() { this.#reference(false); }

  get writable() { return this.#stdin; }

  #reference(alive) {
    this.#isReferenced = alive;
    ops.childReference(this.#id, alive);
    this.#outputs[1]?.reference(alive);
    this.#outputs[2]?.reference(alive);
    this.#channel?.reference(alive);
  }

  static dispose(subprocess) {
    if (!subprocess.#hasExited) subprocess.kill();
    return subprocess.exited.then(() => undefined);
  }
}

// What the program sees of a descriptor that is not a pipe of ours.
function faceOf(slot) {
  return slot.kind === "fd" ? slot.value : undefined;
}

const { prototype } = Subprocess;
delete prototype.constructor;
const { dispose } = Subprocess;
delete Subprocess.dispose;
function asyncDispose() { return dispose(this); }
Object.defineProperty(prototype, Symbol.asyncDispose, {
  configurable: false, enumerable: true, writable: true, value: asyncDispose,
});
for (const name of Object.getOwnPropertyNames(prototype)) {
  Object.defineProperty(prototype, name, { enumerable: true, configurable: false });
}
for (const [name, length] of [["kill", 1], ["send", 1]]) {
  Object.defineProperty(prototype[name], "length", { value: length });
}
setTag(prototype, "Subprocess");

const createSubprocess = (plan, started, channel, terminal) =>
  new Subprocess(CREATE, plan, started, channel, terminal);

module.exports = { createSubprocess, Subprocess };
