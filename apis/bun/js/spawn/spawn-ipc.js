"use strict";
// Messages between a parent and a child over a socket, as Node frames them: JSON, a line each, or
// ("advanced") values in V8's serialization behind their length, four bytes, the highest first.
// Invariants: messages arrive in order and before the end is told; the end is told once.
// A peer that breaks the framing is disconnected. Descriptors come in the order of the messages
// that name them.

const { codedError } = require("web/fetch-errors");
const { encodeUtf8, decodeUtf8 } = require("web/encoding");
const { concatenate } = require("web/blob");
const loop = require("runtime/event-loop");

const NEW_LINE = 10;
const LENGTH_BYTES = 4;
const { Uint8Array, JSON } = globalThis;
const EMPTY = new Uint8Array(0);

// The serializer loads with the first message that needs it.
const serialization = () => require("web/serialize/v8");

// Native code makes bytes of it.
function frameJson(message) {
  const text = JSON.stringify(message);
  return text === undefined ? "null\n" : `${text}\n`;
}

/// Refuses what no message can be.
function checkMessage(message) {
  if (message === undefined) {
    const text = 'The "message" argument must be specified';
    throw codedError(TypeError, "ERR_MISSING_ARGS", text);
  }
  const type = typeof message;
  if (type === "string" || type === "number" || type === "boolean" || type === "object") return;
  if (type === "function") return;
  const shown = type === "bigint" ? `${message}n` : String(message);
  const text = 'The "message" argument must be one of type string, object, number, or boolean. ' +
    `Received type ${type} (${shown})`;
  throw codedError(TypeError, "ERR_INVALID_ARG_TYPE", text);
}

class Channel {
  constructor(stream, serialization, hooks) {
    this.stream = stream;
    this.isJson = serialization === "json";
    // message(value, takeDescriptor), closed(): called from the event loop.
    this.hooks = hooks;
    this.isConnected = true;
    this.isDrained = false;
    this.kept = EMPTY;
    // Chunks that hold no whole message yet, their length, and the length a block will have.
    this.waiting = [];
    this.held = 0;
    this.needed = LENGTH_BYTES;
    this.sending = 0;
    // A callback that has nothing to do where all went well, and is not called then.
    this.onFailure = undefined;
    this.descriptors = [];
    this.takeDescriptor = () => this.descriptors.shift();
    this.receive();
  }

  async receive() {
    try {
      for (;;) {
        const got = await ops.channelRead(this.stream, this.isJson);
        if (got === null || !this.isConnected) break;
        if (typeof got === "string") {
          this.takeText(got);
        } else if (got instanceof Uint8Array) {
          this.take(got);
        } else {
          for (let index = 1; index < got.length; index++) this.descriptors.push(got[index]);
          this.take(got[0]);
        }
      }
    } catch (error) {
      // A read that fails is the end; anything else is a mistake here.
      if (error?.errno === undefined) loop.reportUncaught(error);
    }
    this.isDrained = true;
    this.end();
  }

  // Lines of ASCII, which nearly always come whole.
  takeText(text) {
    if (this.held > 0 || !text.endsWith("\n")) {
      this.take(encodeUtf8(text));
      return;
    }
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      if (end > start) this.deliver(text.slice(start, end));
      start = end + 1;
    }
  }

  // What has come is joined only once a message is whole, so that a long one is copied once.
  take(chunk) {
    this.waiting.push(chunk);
    this.held += chunk.length;
    if (this.isJson ? chunk.indexOf(NEW_LINE) < 0 : this.held < this.needed) return;
    this.kept = this.waiting.length === 1 ? chunk : concatenate(this.waiting);
    const { kept } = this;
    let start = 0;
    for (;;) {
      const end = this.isJson ? this.lineEnd(start) : this.blockEnd(start);
      if (end < 0) break;
      const body = this.isJson
        ? decodeUtf8(kept.subarray(start, end - 1))
        : kept.subarray(start + LENGTH_BYTES, end);
      start = end;
      this.deliver(body);
    }
    this.held = kept.length - start;
    this.waiting = this.held === 0 ? [] : [start === 0 ? kept : kept.slice(start)];
  }

  lineEnd(start) {
    const found = this.kept.indexOf(NEW_LINE, start);
    return found < 0 ? -1 : found + 1;
  }

  blockEnd(start) {
    const { kept } = this;
    if (kept.length - start < LENGTH_BYTES) {
      this.needed = LENGTH_BYTES;
      return -1;
    }
    const length = ((kept[start] << 24) | (kept[start + 1] << 16) |
      (kept[start + 2] << 8) | kept[start + 3]) >>> 0;
    const end = start + LENGTH_BYTES + length;
    if (end <= kept.length) return end;
    this.needed = LENGTH_BYTES + length;
    return -1;
  }

  deliver(body) {
    if (body.length === 0 && this.isJson) return;
    let message;
    try {
      message = this.isJson ? JSON.parse(body) : serialization().deserialize(body);
    } catch {
      this.disconnect();
      return;
    }
    try {
      this.hooks.message(message, this.takeDescriptor);
    } catch (error) {
      loop.reportUncaught(error);
    }
  }

  /// Sends a message that has been checked, and a descriptor with it; `callback(error or null)`
  /// when it has left. False where the channel is closed.
  send(message, callback, descriptor = undefined) {
    if (!this.isConnected) {
      const error = codedError(Error, "ERR_IPC_CHANNEL_CLOSED", "Channel closed");
      loop.nextTick(callback, [error]);
      return false;
    }
    const framed = this.isJson ? frameJson(message) : serialization().serializeFramed(message);
    if (descriptor === undefined && this.sending === 0) {
      if (this.offer(framed, callback)) return true;
    }
    this.sending += 1;
    ops.streamWrite(this.stream, framed, descriptor).then(
      () => this.sent(callback, null),
      (error) => this.sent(callback, error),
    );
    return true;
  }

  // Writes what needs no waiting; false where it does.
  offer(framed, callback) {
    try {
      if (!ops.streamOffer(this.stream, framed)) return false;
    } catch (error) {
      if (callback !== undefined) loop.nextTick(callback, [error]);
      return true;
    }
    if (callback !== undefined && callback !== this.onFailure) loop.nextTick(callback, [null]);
    return true;
  }

  sent(callback, error) {
    this.sending -= 1;
    if (callback !== undefined) loop.nextTick(callback, [error]);
    if (!this.isConnected && this.sending === 0) this.shut();
  }

  // No more messages either way; those under way still leave.
  disconnect() {
    if (!this.isConnected) return false;
    this.end();
    return true;
  }

  end() {
    if (!this.isConnected) return;
    this.isConnected = false;
    if (this.sending === 0) this.shut();
    this.hooks.closed();
  }

  shut() {
    if (this.stream < 0) return;
    for (const descriptor of this.descriptors.splice(0)) ops.childCloseFile(descriptor);
    ops.streamClose(this.stream);
    this.stream = -1;
  }

  reference(alive) {
    if (this.stream >= 0) ops.streamReference(this.stream, alive);
  }
}

// (message, handle, options, callback), the callback in any place after the message.
function callbackOf(given) {
  for (let index = 1; index < 4; index++) {
    if (typeof given[index] === "function") return given[index];
  }
  return undefined;
}

/// The parent's end: tells the plan's `ipc` of messages and `onDisconnect` of the end.
function createChannel(subprocess, stream, plan) {
  const asyncContext = require("runtime/async-context");
  const context = asyncContext.current;
  const channel = new Channel(stream, plan.serialization, {
    message(message) {
      asyncContext.current = context;
      plan.ipc.call(undefined, message, subprocess, undefined);
    },
    closed() {
      asyncContext.current = context;
      plan.onDisconnect?.call(undefined, true);
    },
  });
  return {
    get isConnected() { return channel.isConnected; },
    disconnect: () => channel.disconnect(),
    reference: (alive) => channel.reference(alive),
    send(hasExited, given) {
      const callback = callbackOf(given);
      if (hasExited || !channel.isConnected) return refuse(hasExited, callback);
      checkMessage(given[0]);
      return channel.send(given[0], callback);
    },
  };
}

function refuse(hasExited, callback) {
  if (callback !== undefined) {
    const error = codedError(Error, "ERR_IPC_CHANNEL_CLOSED", "Channel closed");
    loop.nextTick(callback, [error]);
    return false;
  }
  const message = hasExited
    ? "Subprocess.send() cannot be used after the process has exited."
    : "Subprocess.send() can only be used if an IPC channel is open.";
  throw codedError(Error, "ERR_IPC_CHANNEL_CLOSED", message);
}

/// The child's end, over the descriptor its parent has given it.
function adoptChannel(descriptor, serialization, hooks) {
  return new Channel(ops.streamAdopt(descriptor), serialization, hooks);
}

module.exports = { Channel, createChannel, adoptChannel, checkMessage, callbackOf };
