"use strict";
// Where a command's output goes and where its input comes from.
// A sink has write(bytes), which answers a promise where the writer should wait, and end().
// Invariant: what a sink was given before end() is where it belongs when end() has answered.

const fs = require("node/fs");
const { Buffer: NodeBuffer } = require("node/buffer");

const { Object, Promise, Uint8Array } = globalThis;

// Bytes that a pipe between two commands holds before its writer waits.
const PIPE_BYTES_MAX = 65536;

/// A pipe between two commands of the shell.
class Pipe {
  #chunks = [];
  #length = 0;
  #isEnded = false;
  #isAbandoned = false;
  #wakeReader;
  #wakeWriter;

  /// Whether nobody will read what is written from now on.
  get isAbandoned() { return this.#isAbandoned; }

  write(bytes) {
    if (this.#isAbandoned) {
      const error = new Error("EPIPE: broken pipe, write");
      error.code = "EPIPE";
      throw error;
    }
    if (bytes.length === 0) return undefined;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    this.#wakeReader?.();
    if (this.#length < PIPE_BYTES_MAX) return undefined;
    return new Promise((resolve) => { this.#wakeWriter = resolve; });
  }

  end() {
    this.#isEnded = true;
    this.#wakeReader?.();
  }

  /// The reader's end is closed.
  abandon() {
    this.#isAbandoned = true;
    this.#chunks = [];
    this.#wakeWriter?.();
    this.onAbandon?.();
  }

  async *chunks() {
    for (let chunk; (chunk = await this.read()) !== undefined;) yield chunk;
  }

  /// The next bytes, or undefined at the end.
  async read() {
    while (this.#chunks.length === 0) {
      if (this.#isEnded || this.#isAbandoned) return undefined;
      await new Promise((resolve) => { this.#wakeReader = resolve; });
      this.#wakeReader = undefined;
    }
    const chunk = this.#chunks.shift();
    this.#length -= chunk.length;
    if (this.#length < PIPE_BYTES_MAX) {
      this.#wakeWriter?.();
      this.#wakeWriter = undefined;
    }
    return chunk;
  }
}

/// Keeps everything, and shows it as the process's own output unless it is to be quiet.
class Capture {
  #chunks = [];
  #shown;

  constructor(shown) { this.#shown = shown; }

  write(bytes) {
    this.#chunks.push(bytes);
    if (this.#shown === undefined) return undefined;
    return new Promise((resolve) => { this.#shown.write(bytes, () => resolve()); });
  }

  end() {}
  bytes() { return NodeBuffer.concat(this.#chunks); }
}

/// A file opened by the shell.
class FileSink {
  constructor(descriptor) { this.descriptor = descriptor; }

  write(bytes) {
    for (let at = 0; at < bytes.length;) at += fs.writeSync(this.descriptor, bytes, at);
  }

  end() { fs.closeSync(this.descriptor); }
}

/// Memory of the program; what does not fit is dropped, and when it is full no more is taken.
class MemorySink {
  #target;
  #at = 0;

  constructor(view) {
    this.#target = ArrayBuffer.isView(view)
      ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
      : new Uint8Array(view);
  }

  write(bytes) {
    if (this.#at === this.#target.length && bytes.length > 0) {
      const error = new Error("ENOSPC: no space left on device, write");
      throw Object.assign(error, { code: "ENOSPC", errno: -28 });
    }
    const fitting = bytes.subarray(0, this.#target.length - this.#at);
    this.#target.set(fitting, this.#at);
    this.#at += fitting.length;
  }

  end() {}
}

/// Writes everything of a web stream to a sink.
async function pumpStream(stream, sink) {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      await sink.write(value);
    }
  } catch (error) {
    if (error?.code !== "EPIPE" && error?.code !== "ENOSPC") throw error;
    reader.cancel().catch(() => {});
  }
}

module.exports = { Pipe, Capture, FileSink, MemorySink, pumpStream };
