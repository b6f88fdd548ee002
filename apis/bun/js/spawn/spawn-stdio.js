"use strict";
// What a program says of a child's descriptors, and what that means for starting it.
// A slot is { kind, value }: "ignore", "inherit", "pipe", "ipc", "socket", "fd" (a number), "path",
// "bytes" (a Uint8Array or text), "blob" or "stream". Invariant: files opened for a child here are
// closed by `closeOpened`, whether it started or not.

const { codedError, invalidArgument } = require("web/fetch-errors");
const { isBlob, externalOf, copyBytes, bytesOf } = require("web/blob");

const DESCRIPTOR_MAX = 2147483647;
const NAMES = ["stdin", "stdout", "stderr"];

const IGNORE = { kind: "ignore", value: undefined };
const INHERIT = { kind: "inherit", value: undefined };
const PIPE = { kind: "pipe", value: undefined };
const IPC = { kind: "ipc", value: undefined };
const SOCKET = { kind: "socket", value: undefined };

const WORDS = "stdio must be an array of 'inherit', 'pipe', 'ignore', Bun.file(pathOrFd), " +
  "number, or null";
const OTHERS = "stdio must be an array of 'inherit', 'ignore', or null";

function slotOfWord(word, index) {
  switch (word) {
    case "pipe": case "overlapped": return PIPE;
    case "ignore": return IGNORE;
    case "inherit": return INHERIT;
    case "ipc": return IPC;
    case "socket-fd":
      if (index > 2) return SOCKET;
  }
  throw invalidArgument(WORDS);
}

function slotOfNumber(number, index) {
  const descriptor = number | 0;
  if (descriptor < 0) throw invalidArgument("file descriptor must be a positive integer");
  if (descriptor >= DESCRIPTOR_MAX) {
    throw invalidArgument(`file descriptor must be a valid integer, received: ${number}`);
  }
  if (descriptor === 0 && (index === 1 || index === 2)) {
    throw invalidArgument("stdin cannot be used for stdout or stderr");
  }
  if ((descriptor === 1 || descriptor === 2) && index === 0) {
    throw invalidArgument("stdout and stderr cannot be used for stdin");
  }
  return descriptor === index ? INHERIT : { kind: "fd", value: descriptor };
}

function slotOfBlob(blob, index) {
  const target = require("bun/file").targetOfBlob(blob);
  if (typeof target === "string") return { kind: "path", value: target };
  if (typeof target === "number") {
    return target === index ? INHERIT : { kind: "fd", value: target };
  }
  if (index === 1 || index === 2) {
    throw invalidArgument("Blobs are immutable, and cannot be used for stdout/stderr");
  }
  if (externalOf(blob) !== null) return { kind: "blob", value: blob };
  return blob.size === 0 ? IGNORE : { kind: "bytes", value: bytesOf(blob) ?? blob };
}

function slotOfStream(stream, index, isSync) {
  const name = NAMES[index];
  if (isSync) throw invalidArgument(`'${name}' ReadableStream cannot be used in sync mode`);
  if (require("web/streams").isDisturbed(stream)) {
    const message = `'${name}' ReadableStream has already been used`;
    throw codedError(Error, "ERR_INVALID_STATE", message);
  }
  return { kind: "stream", value: stream };
}

// A Request or Response: its body is used up by this.
function slotOfExchange(exchange, source, index, isSync) {
  if (exchange.bodyUsed) {
    throw codedError(TypeError, "ERR_BODY_ALREADY_USED", "Body already used");
  }
  if (source === null || source === undefined) return IGNORE;
  if (isBlob(source)) return slotOfBlob(source, index);
  if (require("web/streams").isReadableStream(source)) {
    return slotOfStream(exchange.body, index, isSync);
  }
  if (index === 1 || index === 2) {
    throw invalidArgument("Blobs are immutable, and cannot be used for stdout/stderr");
  }
  const bytes = typeof source === "string" ? new TextEncoder().encode(source) : copyBytes(source);
  // What is still to come from the network.
  if (bytes === null) return slotOfStream(exchange.body, index, isSync);
  exchange.arrayBuffer().catch(() => {});
  return bytes.length === 0 ? IGNORE : { kind: "bytes", value: bytes };
}

function slotOfObject(value, index, isSync) {
  if (isBlob(value)) return slotOfBlob(value, index);
  const { Response, bodySourceOf } = require("web/response");
  if (value instanceof Response) return slotOfExchange(value, bodySourceOf(value), index, isSync);
  const requests = require("web/request");
  if (value instanceof requests.Request) {
    return slotOfExchange(value, requests.bodySourceOf(value), index, isSync);
  }
  if (require("web/streams").isReadableStream(value)) return slotOfStream(value, index, isSync);
  const bytes = copyBytes(value);
  if (bytes === null) throw invalidArgument(OTHERS);
  if (bytes.length === 0) return IGNORE;
  return { kind: "bytes", value: bytes };
}

/// The slot that `value` asks for at `index`; `fallback` where it asks for nothing.
function slotOf(value, index, isSync, fallback) {
  if (value === undefined) return fallback;
  if (value === null) return IGNORE;
  if (typeof value === "string") return slotOfWord(value, index);
  if (typeof value === "number") return slotOfNumber(value, index);
  if (typeof value !== "object") throw invalidArgument(OTHERS);
  return slotOfObject(value, index, isSync);
}

function opened(slot, index, files) {
  const descriptor = ops.childOpenFile(slot.value, index !== 0);
  files.push(descriptor);
  return `${descriptor}`;
}

function specOf(slot, index, files) {
  switch (slot.kind) {
    case "inherit": return `${index}`;
    case "pipe":
      if (index > 2) return "s";
      return index === 0 ? "r" : "w";
    case "ipc": case "socket": return "s";
    case "fd": return `${slot.value}`;
    case "path": return opened(slot, index, files);
    case "bytes": case "blob": case "stream":
      return index === 0 ? "r" : "n";
    default: return "n";
  }
}

/// What the native side is told of the slots; descriptors it opens for them are added to `files`.
function specification(slots, files) {
  let text = "";
  for (let index = 0; index < slots.length; index++) {
    text += (index === 0 ? "" : ",") + specOf(slots[index], index, files);
  }
  return text;
}

function closeOpened(files) {
  for (const descriptor of files) ops.childCloseFile(descriptor);
}

module.exports = { IGNORE, INHERIT, PIPE, IPC, SOCKET, slotOf, specification, closeOpened };
