// ChildProcess: a child, its streams and its channel.
// Invariant: `close` comes once, after the child's end and the ends of its output streams and of
// its channel; `#open` counts which of these are still to come.
"use strict";

const { EventEmitter } = require("node/events-core");
const { validateArray, validateObject, validateOneOf, validateString, invalidType, makeError } =
  require("node/errors");
const { signalOf, specificationOf, stdioSlots } = require("node/child-process-arguments");
const asyncContext = require("runtime/async-context");
const native = require("bun/spawn-native");
const { nextTick } = require("runtime/event-loop");
const { setTimeout } = require("runtime/timers");
const { names: signalNames } = require("node/process-signals");

// How long a write may outlast its child: another process may hold the pipe.
const CUT_WRITE_MS = 50;
const FLAG_SESSION = 1;
const NO_SUCH_PROCESS = 3;
// Places in the native answer before the descriptors.
const ENDS_AT = 2;
// Told by the event `error` rather than thrown.
const EMITTED = new Set(["EACCES", "EAGAIN", "EMFILE", "ENFILE", "ENOENT"]);
const NAMES = ["stdin", "stdout", "stderr"];

class Control extends EventEmitter {
  #channel;

  constructor(channel) {
    super();
    this.#channel = channel;
  }

  ref() { this.#channel.reference(true); }
  unref() { this.#channel.reference(false); }
}
for (const name of ["ref", "unref"]) {
  Object.defineProperty(Control.prototype, name, { enumerable: false });
}

class ChildProcess extends EventEmitter {
  #id = 0;
  #hasExited = false;
  #open = 1;
  #streams = null;
  #channel = undefined;
  #passing = undefined;

  signalCode = null;
  exitCode = null;
  spawnfile = undefined;
  spawnargs = undefined;
  pid = undefined;
  channel = undefined;
  killed = false;

  get stdin() { return this.#streams?.[0]; }
  get stdout() { return this.#streams?.[1]; }
  get stderr() { return this.#streams?.[2]; }
  get stdio() { return this.#streams ?? undefined; }
  get connected() { return this.#channel?.isConnected ?? false; }

  spawn(options) {
    validateObject(options, "options");
    const modes = [undefined, "json", "advanced"];
    validateOneOf(options.serialization, "options.serialization", modes);
    const slots = stdioSlots(options.stdio || "pipe");
    const channel = slots.indexOf("ipc");
    if (channel >= 0 && options.envPairs !== undefined) {
      validateArray(options.envPairs, "options.envPairs");
    }
    validateString(options.file, "options.file");
    this.spawnfile = options.file;
    if (options.args !== undefined) validateArray(options.args, "options.args");
    this.spawnargs = options.args ?? [];
    const mode = options.serialization || "json";
    let started;
    try {
      started = this.#start(options, slots, channel, mode);
    } catch (error) {
      if (!EMITTED.has(error?.code)) throw error;
      this.#failed(error, slots);
      return error.errno;
    }
    [this.#id, this.pid] = started;
    nextTick(() => this.emit("spawn"), undefined);
    // `exec` and its users pass "buffer" along, which asks for no decoding.
    const { encoding } = options;
    this.#wire(slots, started, encoding === "buffer" ? undefined : encoding);
    if (channel >= 0) this.#connect(started[ENDS_AT + channel], mode);
    this.#wait();
    return 0;
  }

  #start(options, slots, channel, mode) {
    const words = this.spawnargs.length > 0 ? this.spawnargs : [options.file];
    const environment = options.environment ?? pairsText(options.envPairs);
    const more = channel < 0
      ? undefined
      : `NODE_CHANNEL_FD=${channel}\0NODE_CHANNEL_SERIALIZATION_MODE=${mode}`;
    return native.childStart(
      options.file, words.join("\0"), environment, options.cwd || undefined,
      specificationOf(slots), options.detached ? FLAG_SESSION : 0,
      options.uid ?? undefined, options.gid ?? undefined, undefined, more);
  }

  // Nothing was started: the streams are dead, and the next tick tells why.
  #failed(error, slots) {
    if (error.code !== "EMFILE" && error.code !== "ENFILE") {
      const { deadStream } = require("node/child-process-streams");
      this.#show(slots.map((slot, index) => slot === "pipe" ? deadStream(index) : null));
    }
    this.#describe(error);
    this.#hasExited = true;
    nextTick(() => {
      this.emit("error", error);
      this.emit("close", error.errno ?? -1);
    }, undefined);
  }

  #describe(error) {
    error.syscall = `spawn ${this.spawnfile}`;
    error.spawnargs = this.spawnargs.slice(1);
    return error;
  }

  #wire(slots, started, encoding) {
    const streams = slots.map((slot, index) => {
      if (slot !== "pipe") return null;
      const { streamOf } = require("node/child-process-streams");
      const stream = streamOf(index, started[ENDS_AT + index], encoding);
      if (index > 0) {
        this.#open += 1;
        stream.once("close", () => this.#closed());
      }
      return stream;
    });
    this.#show(streams);
  }

  #show(streams) {
    this.#streams = streams;
    const own = (name, value) => Object.defineProperty(this, name, {
      configurable: true, enumerable: true, writable: true, value,
    });
    for (let index = 0; index < NAMES.length; index++) {
      if (streams[index] !== null) own(NAMES[index], streams[index]);
    }
    own("stdio", streams);
  }

  #connect(stream, mode) {
    const { Channel } = require("bun/spawn-ipc");
    this.#open += 1;
    const saved = asyncContext.current;
    const received = (message, handle) => this.emit("message", message, handle);
    this.#channel = new Channel(stream, mode, {
      message: (message, takeDescriptor) => {
        asyncContext.current = saved;
        const isObject = message !== null && typeof message === "object";
        if (isObject && this.#passing.take(message, takeDescriptor, received)) return;
        const cmd = message !== null && typeof message === "object" ? message.cmd : undefined;
        const isInternal = typeof cmd === "string" && cmd.startsWith("NODE_");
        this.emit(isInternal ? "internalMessage" : "message", message, undefined);
      },
      closed: () => {
        asyncContext.current = saved;
        this.channel = null;
        this.#passing.closed();
        nextTick(() => {
          this.emit("disconnect");
          this.#closed();
        }, undefined);
      },
    });
    this.#channel.onFailure = (error) => {
      if (error) this.emit("error", error);
    };
    const { Passing } = require("node/child-process-handles");
    this.#passing = new Passing(this.#channel);
    this.channel = new Control(this.#channel);
    this.send = (message, handle, options, callback) =>
      this.#send(message, handle, options, callback);
    this.disconnect = () => this.#disconnect();
    Object.defineProperty(this.send, "name", { value: "send" });
    Object.defineProperty(this, "_channel", {
      configurable: true,
      get() { return this.channel; },
      set(value) { this.channel = value; },
    });
  }

  #send(message, handle, options, callback) {
    let done = callback;
    if (typeof handle === "function") done = handle;
    else if (typeof options === "function") done = options;
    else if (options !== undefined && (options === null || typeof options !== "object")) {
      throw invalidType("options", "of type object", options);
    }
    if (!this.#channel.isConnected) {
      const error = makeError("Error", "ERR_IPC_CHANNEL_CLOSED", "Channel closed");
      nextTick(done ?? ((reason) => this.emit("error", reason)), [error]);
      return false;
    }
    const { checkMessage } = require("bun/spawn-ipc");
    checkMessage(message);
    return this.#passing.send(message, handle, options, done ?? this.#channel.onFailure);
  }

  #disconnect() {
    if (this.#channel.disconnect()) return;
    const text = "IPC channel is already disconnected";
    this.emit("error", makeError("Error", "ERR_IPC_DISCONNECTED", text));
  }

  async #wait() {
    const saved = asyncContext.current;
    let ended;
    try {
      ended = await native.childEnded(this.#id);
    } catch (error) {
      asyncContext.current = saved;
      nextTick(() => this.#failedLate(error), undefined);
      return;
    }
    asyncContext.current = saved;
    const [code, signal] = ended;
    // After what the child has sent and written before its end, where that has come already.
    nextTick(() => this.#exited(code, signal), undefined);
  }

  // It has not become its program, as nobody expected: the error stands for the exit.
  #failedLate(error) {
    this.exitCode = error.errno;
    this.#endInput();
    this.emit("error", this.#describe(error));
    this.#leave();
  }

  #exited(code, signal) {
    if (signal > 0) this.signalCode = signalNames[signal] ?? `${signal}`;
    else this.exitCode = code < 0 ? null : code;
    this.#endInput();
    this.emit("exit", this.exitCode, this.signalCode);
    this.#leave();
  }

  #endInput() {
    this.#hasExited = true;
    const [stdin] = this.#streams;
    // A write that the child's end cuts off fails by itself, and is told.
    if (stdin?.writableLength > 0) setTimeout(() => stdin.destroy(), CUT_WRITE_MS);
    else stdin?.destroy();
  }

  #leave() {
    const outputs = this.#streams.slice(1);
    // Output nobody listens to is let go, so that its end may come.
    nextTick(() => {
      for (const stream of outputs) {
        if (stream === null || !stream.readable) continue;
        if (!stream._readableState?.readableListening) stream.resume();
      }
    }, undefined);
    this.#closed();
  }

  #closed() {
    this.#open -= 1;
    if (this.#open === 0) this.emit("close", this.exitCode, this.signalCode);
  }

  kill(signal) {
    const number = signal === 0 ? 0 : signalOf(signal === undefined ? "SIGTERM" : signal);
    if (this.#id === 0) return false;
    if (!this.#hasExited) {
      const errno = native.childKill(this.#id, number);
      if (errno !== 0 && errno !== NO_SUCH_PROCESS) {
        this.emit("error", require("bun/spawn-errors").systemError(errno, "kill"));
        return false;
      }
    }
    this.killed = true;
    return true;
  }

  ref() {
    if (this.#id !== 0) native.childReference(this.#id, true);
  }

  unref() {
    if (this.#id !== 0) native.childReference(this.#id, false);
  }

  [Symbol.dispose]() {
    if (!this.killed) this.kill();
  }
}

function pairsText(pairs) {
  return pairs === undefined ? undefined : pairs.join("\0");
}

const { prototype } = ChildProcess;
for (const name of [...NAMES, "stdio"]) {
  Object.defineProperty(prototype, name, { enumerable: true });
}

module.exports = { ChildProcess };
