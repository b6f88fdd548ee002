// process.stdin: a stream over descriptor 0, whatever it is: a file, a pipe, a socket, a terminal.
// Reads only while somebody wants data: paused, it leaves the descriptor to others (a child that
// inherits it) and does not keep the event loop alive.
"use strict";

const { Readable } = require("node/stream");
const native = require("bun/spawn-native");
const { Buffer } = require("node/buffer");
const { Object } = globalThis;

const DESCRIPTOR = 0;
const HIGH_WATER_MARK = 65536;

class ReadStream extends Readable {
  #stream = -1;
  #isReading = false;
  #isReferenced = true;

  constructor(isTerminal) {
    super({ highWaterMark: HIGH_WATER_MARK, autoDestroy: true });
    this.fd = DESCRIPTOR;
    this.isTTY = isTerminal ? true : undefined;
    if (isTerminal) this.isRaw = false;
    this.on("pause", () => this.#rest());
    this.on("resume", () => this.#awake());
  }

  // Called where reading starts or goes on: after a pause, what was called off is asked for anew.
  #awake() {
    if (this.#isReading && this.#isReferenced) native.streamReference(this.#stream, true);
  }

  #rest() {
    // What is paused only to be read from by `readable` goes on.
    if (!this.#isReading || this.listenerCount("readable") > 0) return;
    native.streamCallOff(this.#stream);
    native.streamReference(this.#stream, false);
  }

  _read() {
    if (this.#isReading) return;
    // Asked for ahead of demand, which a paused stream has not.
    if (this.isPaused() && this.listenerCount("readable") === 0) {
      this._readableState.reading = false;
      return;
    }
    try {
      if (this.#stream < 0) this.#stream = native.streamAdopt(DESCRIPTOR);
    } catch {
      // Started without standard input.
      this.push(null);
      return;
    }
    this.#isReading = true;
    native.streamReference(this.#stream, this.#isReferenced);
    native.streamRead(this.#stream).then(
      (chunk) => this.#take(chunk),
      (error) => this.#fail(error),
    );
  }

  #take(chunk) {
    this.#isReading = false;
    if (this.destroyed) return;
    if (chunk === null) this.push(null);
    else this.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  #fail(error) {
    this.#isReading = false;
    if (this.destroyed) return;
    if (error.code !== "ECANCELED") {
      this.destroy(error);
      return;
    }
    this._readableState.reading = false;
    // Resumed before the read had ended.
    if (this.readableFlowing) this.read(0);
  }

  _destroy(error, callback) {
    // The descriptor is the process's, not this stream's.
    if (this.#isReading) native.streamCallOff(this.#stream);
    callback(error);
  }

  ref() {
    this.#isReferenced = true;
    if (this.#isReading) native.streamReference(this.#stream, true);
    return this;
  }

  unref() {
    this.#isReferenced = false;
    if (this.#isReading) native.streamReference(this.#stream, false);
    return this;
  }

  setRawMode(isRaw) {
    if (!this.isTTY) throw new TypeError("setRawMode is not a function");
    native.terminalSetRaw(DESCRIPTOR, Boolean(isRaw));
    this.isRaw = Boolean(isRaw);
    return this;
  }
}

for (const name of ["_read", "_destroy", "ref", "unref", "setRawMode"]) {
  Object.defineProperty(ReadStream.prototype, name, { enumerable: false });
}

function createStdin() {
  const isTerminal = ops.isTerminal(DESCRIPTOR);
  const stdin = new ReadStream(isTerminal);
  if (isTerminal) return stdin;
  Object.defineProperty(stdin, "setRawMode", { value: undefined });
  for (const name of ["ref", "unref"]) hideOfFiles(stdin, name);
  return stdin;
}

// What never has to be waited for, a file or the null device, has no `ref` and `unref` on its
// stream. What the descriptor is, is looked up when one of them is asked for.
function hideOfFiles(stdin, name) {
  const set = (value) => {
    Object.defineProperty(stdin, name, { configurable: true, writable: true, value });
    return value;
  };
  const isWaitedFor = () => {
    const stats = require("node/fs-sync").fstatSync(DESCRIPTOR);
    return stats.isFIFO() || stats.isSocket();
  };
  Object.defineProperty(stdin, name, {
    configurable: true,
    get: () => set(isWaitedFor() ? ReadStream.prototype[name] : undefined),
    set,
  });
}

module.exports = { createStdin, ReadStream };
