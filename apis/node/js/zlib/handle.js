// The object below a stream of node:zlib (its `_handle`), which packages work with directly: it
// writes the output of a step into memory of the caller.
//
// Invariants: output that has no room waits in `rest` for the next write; a handle that is closed
// while a write is under way closes after it. How it fails: `onerror` is called with the text, the
// number and the code of the error; places outside of a buffer are thrown.
"use strict";

const { setImmediate } = require("runtime/immediates");
const { makeError } = require("node/errors");
const { numbered } = require("node/zlib-streams");

const NOTHING = new Uint8Array(0);
const NAMES = { deflate: "NativeZlib", brotli: "NativeBrotli", zstd: "NativeZstd" };

function checkPlace(end, size, sum, buffer) {
  if (end <= size) return;
  throw makeError("RangeError", "ERR_OUT_OF_RANGE",
    `${sum} (${end}) exceeds ${buffer} buffer length (${size})`);
}

const bytesOf = (view, offset, length) =>
  new Uint8Array(view.buffer, view.byteOffset + offset, length);

class Handle {
  #coder;
  #rest = NOTHING;
  #pending = 0;
  #isClosing = false;

  constructor(stream, coder) {
    this.#coder = coder;
    // What is left of the room for output and of the input, after each write.
    Object.defineProperty(stream, "_writeState", {
      value: new Uint32Array(2), writable: true, configurable: true,
    });
    Object.defineProperty(this, "state", { get: () => stream._writeState });
    this.onerror = function (message, errno, code) {
      const error = makeError("Error", code, message);
      error.errno = errno;
      stream.destroy(error);
    };
    Object.defineProperty(this.onerror, "name", { value: "zlibOnError" });
  }

  writeSync(flush, input, inputOffset, inputLength, output, outputOffset, outputLength) {
    const [from, into] = places(
      input, inputOffset, inputLength, output, outputOffset, outputLength);
    this.#step(flush, from, into);
  }

  write(flush, input, inputOffset, inputLength, output, outputOffset, outputLength) {
    const [from, into] = places(
      input, inputOffset, inputLength, output, outputOffset, outputLength);
    this.#pending += 1;
    setImmediate(() => {
      this.#step(flush, from, into);
      this.#pending -= 1;
      if (this.#isClosing) this.close();
    });
  }

  params(level) {
    const { number } = this.#coder;
    if (number !== undefined) this.#coder.setLevel(level);
  }

  reset() {
    this.#rest = NOTHING;
    this.#coder.reset();
  }

  close() {
    this.#isClosing = true;
    if (this.#pending === 0) this.#coder.close();
  }

  #step(flush, from, into) {
    let taken = 0;
    let made = this.#drain(into, 0);
    try {
      while (made < into.length) {
        const answer = this.#coder.stepInto(from.subarray(taken), flush, into.length - made);
        if (answer === undefined) break;
        this.#rest = answer[0];
        taken += answer[1];
        made = this.#drain(into, made);
        if (!answer[2]) break;
      }
    } catch (error) {
      const { message, errno, code } = numbered(error);
      this.onerror(message, errno, code);
      return;
    }
    this.state[0] = into.length - made;
    this.state[1] = from.length - taken;
  }

  // Moves waiting output into the caller's memory from `made` on; answers where that is full to.
  #drain(into, made) {
    const count = Math.min(this.#rest.length, into.length - made);
    into.set(this.#rest.subarray(0, count), made);
    this.#rest = this.#rest.subarray(count);
    return made + count;
  }
}

function places(input, inputOffset, inputLength, output, outputOffset, outputLength) {
  if (input !== null) {
    checkPlace(inputOffset + inputLength, input.byteLength, "in_off + in_len", "input");
  }
  checkPlace(outputOffset + outputLength, output.byteLength, "out_off + out_len", "output");
  const from = input === null ? NOTHING : bytesOf(input, inputOffset, inputLength);
  return [from, bytesOf(output, outputOffset, outputLength)];
}

const classes = {};

/** The handle of a stream over its coder. */
function createHandle(stream, coder) {
  const name = NAMES[coder.kind.family];
  classes[name] ??= { [name]: class extends Handle {} }[name];
  return new classes[name](stream, coder);
}

module.exports = { createHandle };
