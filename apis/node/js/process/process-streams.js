// process.stdout and process.stderr: synchronous, complete writes; isTTY and the window's size.
"use strict";

const { Emitter } = require("node/emitter");
const { nextTick } = require("runtime/event-loop");
const { invalidType } = require("node/errors");
const { Object, ArrayBuffer } = globalThis;

class Output extends Emitter {
  constructor(descriptor) {
    super();
    this.fd = descriptor;
    this.writable = true;
    this._isStdio = true;
    if (ops.isTerminal(descriptor)) {
      this.isTTY = true;
      Object.defineProperty(this, "columns", { get: () => ops.windowSize(descriptor)[0] });
      Object.defineProperty(this, "rows", { get: () => ops.windowSize(descriptor)[1] });
    }
  }

  write(chunk, encoding, callback) {
    if (typeof chunk !== "string" && !ArrayBuffer.isView(chunk)) {
      const expected = "of type string or an instance of Buffer, TypedArray, or DataView";
      throw invalidType("chunk", expected, chunk);
    }
    const done = typeof encoding === "function" ? encoding : callback;
    const named = typeof encoding === "string" ? encoding : undefined;
    ops.write(this.fd, named === undefined ? chunk : encoded(chunk, named));
    if (typeof done === "function") nextTick(done, undefined);
    return true;
  }

  end(chunk, encoding, callback) {
    const done = [chunk, encoding, callback].find((value) => typeof value === "function");
    if (chunk !== undefined && chunk !== null && typeof chunk !== "function") {
      this.write(chunk, encoding);
    }
    if (done !== undefined) nextTick(done, undefined);
    return this;
  }

  getWindowSize() { return ops.windowSize(this.fd); }
  hasColors(count = 16) { return count <= 2 ** this.getColorDepth(); }

  getColorDepth() {
    const { env } = require("node/process").process;
    if (!this.isTTY || env.NO_COLOR || env.TERM === "dumb") return 1;
    if (env.COLORTERM === "truecolor" || env.COLORTERM === "24bit") return 24;
    return /-256color$/.test(env.TERM ?? "") ? 8 : 4;
  }

  cork() {}
  uncork() {}
  ref() { return this; }
  unref() { return this; }
  get writableLength() { return 0; }
  get writableHighWaterMark() { return 16384; }
  get destroyed() { return false; }
  get errored() { return null; }
  get writableEnded() { return false; }
  get writableFinished() { return false; }
  get writableNeedDrain() { return false; }
  get writableObjectMode() { return false; }
}

function encoded(chunk, encoding) {
  if (typeof chunk !== "string") return chunk;
  switch (encoding.toLowerCase()) {
    case "utf8": case "utf-8": return chunk;
    case "latin1": case "binary": return Uint8Array.from(chunk, (unit) => unit.charCodeAt(0));
    case "ascii": return Uint8Array.from(chunk, (unit) => unit.charCodeAt(0) & 0x7f);
    case "hex": return Uint8Array.fromHex(chunk);
    case "base64": return Uint8Array.fromBase64(chunk);
    case "base64url": return Uint8Array.fromBase64(chunk, { alphabet: "base64url" });
    default: {
      const error = new TypeError(`Unknown encoding: ${encoding}`);
      error.code = "ERR_UNKNOWN_ENCODING";
      throw error;
    }
  }
}

const { Uint8Array } = globalThis;

module.exports = { Output };
