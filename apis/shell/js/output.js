"use strict";
// What a finished shell gives: ShellOutput, or ShellError where it failed.

const { Buffer: NodeBuffer } = require("node/buffer");

const { JSON, Object, Uint8Array } = globalThis;

class ShellOutput {
  constructor(stdout, stderr, exitCode) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.exitCode = exitCode;
  }

  text(encoding) { return this.stdout.toString(encoding); }
  json() { return JSON.parse(this.stdout.toString()); }
  arrayBuffer() { return this.stdout.buffer; }
  bytes() { return new Uint8Array(this.arrayBuffer()); }
  blob() { return new Blob([this.stdout]); }
}

function asText() { return this.toString(); }

class ShellError extends Error {
  #output = undefined;
  info;
  exitCode;
  stdout;
  stderr;

  constructor() { super(""); }

  initialize(output, code) {
    this.message = `Failed with exit code ${code}`;
    this.#output = output;
    this.name = "ShellError";
    const { stdout, stderr } = output;
    Object.defineProperty(this, "info", {
      value: { exitCode: code, stderr, stdout },
      writable: true, enumerable: false, configurable: true,
    });
    stdout.toJSON = asText;
    stderr.toJSON = asText;
    this.stdout = stdout;
    this.stderr = stderr;
    this.exitCode = code;
  }

  text(encoding) { return this.#output.text(encoding); }
  json() { return this.#output.json(); }
  arrayBuffer() { return this.#output.arrayBuffer(); }
  bytes() { return this.#output.bytes(); }
  blob() { return this.#output.blob(); }
}

// A buffer with memory of its own, whose `buffer` holds nothing else.
function ownBuffer(bytes) {
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  return NodeBuffer.from(own.buffer);
}

module.exports = { ShellOutput, ShellError, ownBuffer };
