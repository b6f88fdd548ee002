// The handlers of Bun.listen and Bun.connect: checked once, shared by all sockets of a listener.
"use strict";

const asyncContext = require("runtime/async-context");
const { makeError } = require("node/errors");

const NAMES = ["open", "close", "data", "end", "error", "drain", "timeout", "connectError",
  "handshake", "session", "keylog"];
const BINARY_TYPES = ["buffer", "uint8array", "arraybuffer"];

function wrong(message) {
  return makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
}

function capitalised(name) {
  return name[0].toUpperCase() + name.slice(1);
}

/** Handlers as one object of known shape; undefined where the program has none. */
function checkHandlers(given) {
  if (given === null || typeof given !== "object") throw wrong("SocketOptions.socket is required");
  // Handlers run in the async context they were given in.
  const handlers = { binaryType: "buffer", context: asyncContext.current };
  for (const name of NAMES) {
    const handler = given[name];
    if (handler !== undefined && handler !== null && typeof handler !== "function") {
      throw wrong(`Expected "on${capitalised(name)}" callback to be a function`);
    }
    handlers[name] = handler ?? undefined;
  }
  if (handlers.data === undefined && handlers.drain === undefined) {
    throw wrong("Expected at least \"data\" or \"drain\" callback");
  }
  const { binaryType } = given;
  if (binaryType !== undefined) {
    if (!BINARY_TYPES.includes(binaryType)) {
      throw wrong("Expected \"binaryType\" to be 'arraybuffer', 'uint8array', or 'buffer'");
    }
    handlers.binaryType = binaryType;
  }
  return handlers;
}

/** Bytes that have come, as `binaryType` has them. */
function bytesAs(binaryType, chunk) {
  if (binaryType === "buffer") return chunk;
  const { buffer, byteOffset, byteLength } = chunk;
  if (binaryType === "uint8array") return new globalThis.Uint8Array(buffer, byteOffset, byteLength);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

/** Calls a handler; what it throws, or rejects with, goes to the `error` handler. */
function call(handlers, name, socket, argument) {
  const handler = handlers[name];
  if (handler === undefined) return;
  const fail = (error) => {
    if (handlers.error === undefined) require("runtime/event-loop").reportUncaught(error);
    else handlers.error.call(socket, socket, error);
  };
  const before = asyncContext.current;
  asyncContext.current = handlers.context;
  try {
    const answer = handler.call(socket, socket, argument);
    if (typeof answer?.then === "function") answer.then(undefined, fail);
  } catch (error) {
    fail(error);
  } finally {
    asyncContext.current = before;
  }
}

module.exports = { checkHandlers, bytesAs, call, wrong };
