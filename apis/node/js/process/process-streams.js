// What process.stdout and process.stderr are at first: objects that can write, and become whole
// streams as soon as anything else is asked of them. Most programs do nothing but write, and
// node:stream is much to load for that.
"use strict";

const { nextTick } = require("runtime/event-loop");
const { ArrayBuffer, Object, Proxy, Reflect } = globalThis;

function write(chunk, encoding, callback) {
  const isText = typeof chunk === "string";
  const done = typeof encoding === "function" ? encoding : callback;
  const isPlain = encoding === undefined || encoding === null || encoding === "utf8" ||
    typeof encoding === "function" || !isText;
  if (isPlain && (isText || ArrayBuffer.isView(chunk))) {
    try {
      ops.write(this.fd, chunk);
      if (typeof done === "function") nextTick(done, [null]);
      return true;
    } catch {
      // The whole stream tells of it.
    }
  }
  grow(this);
  return Reflect.apply(this.write, this, arguments);
}

function grow(output) {
  if (Object.hasOwn(output, "_isStdio")) return;
  require("node/process-output").inflate(output, output.fd);
}

/** The stream of a descriptor. */
function createOutput(descriptor) {
  const output = { fd: descriptor };
  // Reached by every look for what the object has not: it grows, and is asked again.
  const rest = new Proxy({}, {
    get(_target, name) {
      grow(output);
      return Reflect.get(output, name);
    },
    has(_target, name) {
      grow(output);
      return Reflect.has(output, name);
    },
    set(_target, name, value) {
      grow(output);
      return Reflect.set(output, name, value);
    },
    getPrototypeOf() {
      grow(output);
      return Object.getPrototypeOf(output);
    },
  });
  const light = Object.create(rest);
  // Asked by all who write in colors.
  Object.defineProperty(light, "isTTY", { value: undefined, writable: true, configurable: true });
  Object.defineProperty(light, "write", { value: write, writable: true, configurable: true });
  Object.setPrototypeOf(output, light);
  if (ops.isTerminal(descriptor)) grow(output);
  return output;
}

module.exports = { createOutput };
