// The channel of a process whose parent talks to it: process.send, disconnect, connected, channel,
// and the events `message` and `disconnect`. The channel keeps the event loop alive while there
// are listeners of either, or as process.channel.ref() and unref() say.
"use strict";

const { EventEmitter } = require("node/events-core");
const { coded, invalidType, makeError } = require("node/errors");
const { adoptChannel, checkMessage, callbackOf } = require("bun/spawn-ipc");
const { nextTick } = require("runtime/event-loop");
const { Number, Object } = globalThis;

class Control extends EventEmitter {
  #channel;
  #isForced = false;

  constructor(channel) {
    super();
    this.#channel = channel;
  }

  // Called as listeners come and go; what ref() and unref() have said stays.
  static count(control, alive) {
    if (!control.#isForced) control.#channel.reference(alive);
  }

  ref() {
    this.#isForced = true;
    this.#channel.reference(true);
  }

  unref() {
    this.#isForced = true;
    this.#channel.reference(false);
  }
}

const { count } = Control;
delete Control.count;

function refuse(process, code, message, callback) {
  const error = coded(new Error(message), code);
  if (callback !== undefined) nextTick(callback, [error]);
  else nextTick(() => process.emit("error", error), undefined);
  return false;
}

// What stands for a channel that could not be opened: it was closed from the start.
const CLOSED = { isConnected: false, reference() {}, disconnect: () => false };

function adopt(process, descriptor, serialization, hooks) {
  try {
    return adoptChannel(Number(descriptor), serialization, hooks);
  } catch {
    process.stderr.write("warn: Unable to start IPC socket\n");
    return CLOSED;
  }
}

/** Opens the channel named by the environment and gives `process` its members. */
function openChannel(process, descriptor, serialization, define) {
  let own;
  const passing = () => own ??= new (require("node/child-process-handles").Passing)(channel);
  const received = (message, handle) => process.emit("message", message, handle);
  const channel = adopt(process, descriptor, serialization, {
    message(message, takeDescriptor) {
      const isObject = message !== null && typeof message === "object";
      if (isObject && passing().take(message, takeDescriptor, received)) return;
      if (message !== null && typeof message === "object" && isInternal(message)) {
        process.emit("internalMessage", message, undefined);
      } else {
        process.emit("message", message, undefined);
      }
    },
    closed() {
      own?.closed();
      setImmediate(() => process.emit("disconnect"));
    },
  });
  channel.reference(false);
  const control = new Control(channel);
  Object.defineProperty(control, "refCounted", {
    value: (alive) => count(control, alive),
  });
  define("channel", control);
  Object.defineProperty(process, "connected", {
    configurable: true, enumerable: true, get: () => channel.isConnected, set() {},
  });
  define("send", function send(message) {
    const callback = callbackOf(arguments);
    if (!channel.isConnected) {
      return refuse(process, "ERR_IPC_CHANNEL_CLOSED", "Channel closed", callback);
    }
    checkMessage(message);
    const options = arguments[2];
    if (typeof arguments[1] !== "function" && typeof options !== "function") {
      if (options !== undefined && (options === null || typeof options !== "object")) {
        throw invalidType("options", "of type object", options);
      }
    }
    return passing().send(message, arguments[1], options, callback);
  });
  define("disconnect", function disconnect(_callback) {
    if (channel.disconnect()) return;
    refuse(process, "ERR_IPC_DISCONNECTED", "IPC channel is already disconnected", undefined);
  });
}

function isInternal({ cmd }) {
  return typeof cmd === "string" && cmd.startsWith("NODE_") && cmd.length > "NODE_".length;
}

module.exports = { openChannel };
