// The parent's ends of a child's pipes as streams of node:stream.
// Invariants: one read at a time, and only where the stream asks; the descriptor is closed when
// the stream is destroyed, which its end brings about. Errors are those of the system call.
"use strict";

const { Readable, Writable, Duplex } = require("node/stream");
const native = require("bun/spawn-native");
const { Buffer } = require("node/buffer");

const HIGH_WATER_MARK = 65536;

function readOnce(stream, descriptor) {
  native.streamRead(descriptor).then(
    (chunk) => {
      if (stream.destroyed) return;
      if (chunk === null) stream.push(null);
      else stream.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    },
    (error) => stream.destroy(error.code === "ECANCELED" ? undefined : error),
  );
}

// What fits is written at once; the rest through the ring.
function writeBytes(descriptor, bytes, callback) {
  let written;
  try {
    written = native.streamWriteNow(descriptor, bytes);
  } catch (error) {
    callback(error);
    return;
  }
  if (written === bytes.length) {
    callback();
    return;
  }
  const rest = written === 0 ? bytes : bytes.subarray(written);
  native.streamWrite(descriptor, rest).then(
    () => callback(),
    (error) => callback(error.code === "ECANCELED" ? null : error),
  );
}

class ChildOutput extends Readable {
  #descriptor;

  constructor(descriptor, encoding) {
    super({ highWaterMark: HIGH_WATER_MARK, encoding });
    this.#descriptor = descriptor;
  }

  _read() { readOnce(this, this.#descriptor); }

  _destroy(error, callback) {
    native.streamClose(this.#descriptor);
    callback(error);
  }

  ref() {
    native.streamReference(this.#descriptor, true);
    return this;
  }

  unref() {
    native.streamReference(this.#descriptor, false);
    return this;
  }
}

class ChildInput extends Writable {
  #descriptor;

  constructor(descriptor) {
    super();
    this.#descriptor = descriptor;
    this.readable = false;
  }

  get fd() { return this.#descriptor; }

  _write(chunk, encoding, callback) { writeBytes(this.#descriptor, chunk, callback); }

  _final(callback) {
    native.streamClose(this.#descriptor);
    callback();
  }

  _destroy(error, callback) {
    native.streamClose(this.#descriptor);
    callback(error);
  }

  ref() {
    native.streamReference(this.#descriptor, true);
    return this;
  }

  unref() {
    native.streamReference(this.#descriptor, false);
    return this;
  }
}

class ChildSocket extends Duplex {
  #descriptor;

  constructor(descriptor) {
    super({ allowHalfOpen: true });
    this.#descriptor = descriptor;
  }

  get fd() { return this.#descriptor; }

  _read() { readOnce(this, this.#descriptor); }
  _write(chunk, encoding, callback) { writeBytes(this.#descriptor, chunk, callback); }

  _final(callback) {
    native.streamShutdown(this.#descriptor);
    callback();
  }

  _destroy(error, callback) {
    native.streamClose(this.#descriptor);
    callback(error);
  }

  ref() {
    native.streamReference(this.#descriptor, true);
    return this;
  }

  unref() {
    native.streamReference(this.#descriptor, false);
    return this;
  }
}

for (const { prototype } of [ChildOutput, ChildInput, ChildSocket]) {
  for (const name of ["_read", "_write", "_final", "_destroy", "ref", "unref"]) {
    if (Object.hasOwn(prototype, name)) {
      Object.defineProperty(prototype, name, { enumerable: false });
    }
  }
}
Object.defineProperty(ChildOutput, "name", { value: "Readable" });
Object.defineProperty(ChildInput, "name", { value: "WriteStream" });
Object.defineProperty(ChildSocket, "name", { value: "Socket" });

/** The stream of the parent's end of the child's descriptor `index`. */
function streamOf(index, descriptor, encoding) {
  if (index === 0) return new ChildInput(descriptor);
  return index < 3 ? new ChildOutput(descriptor, encoding) : new ChildSocket(descriptor);
}

/** What stands in for the pipe of a child that never was. */
function deadStream(index) {
  const stream = index === 0
    ? new Writable({ write(chunk, encoding, callback) { callback(); } })
    : new Readable({ read() {} });
  stream.destroy();
  return stream;
}

module.exports = { streamOf, deadStream };
