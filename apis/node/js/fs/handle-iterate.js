// FileHandle.pull, pullSync and writer: a file as batches of bytes, for the iterating streams. One
// reader or writer at a time holds the handle.
"use strict";

const { FileHandle } = require("node/fs-handle");
const files = require("node/fs-async");
const sync = require("node/fs-sync-data");
const {
  makeError, validateObject, validateBoolean, validateInteger, validateAbortSignal,
  ERR_INVALID_STATE, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE,
} = require("node/errors");
const { Symbol, Promise, Math, ArrayBuffer, Uint8Array, Array } = globalThis;

const CHUNK_SIZE = 131072;
const RETRIES_MAX = 5;

function optionsOf(options) {
  validateObject(options, "options");
  const { autoClose = false, chunkSize = CHUNK_SIZE, start = -1, limit = -1, signal } = options;
  validateBoolean(autoClose, "options.autoClose");
  if (start !== -1) validateInteger(start, "options.start", 0);
  if (limit !== -1) validateInteger(limit, "options.limit", 1);
  validateInteger(chunkSize, "options.chunkSize", 1);
  validateAbortSignal(signal, "options.signal");
  return { autoClose, chunkSize, position: start, left: limit, signal };
}

// Transforms come first, options last.
function splitArguments(given) {
  const last = given.at(-1);
  const isObject = last !== null && typeof last === "object";
  const isOptions = isObject && typeof last.transform !== "function";
  const transforms = isOptions ? given.slice(0, -1) : given;
  for (const transform of transforms) {
    if (typeof transform === "function" || typeof transform?.transform === "function") continue;
    const expected = ["Function", "Object"];
    throw ERR_INVALID_ARG_TYPE("transforms", expected, transform);
  }
  return { transforms, options: isOptions ? last : {} };
}

const runOf = (transform) =>
  typeof transform === "function" ? transform : (chunks) => transform.transform(chunks);

// How many bytes the next read asks for.
function wanted(state) {
  return state.left > 0 ? Math.min(state.chunkSize, state.left) : state.chunkSize;
}

function advance(state, count) {
  if (state.position >= 0) state.position += count;
  if (state.left > 0) state.left -= count;
}

const at = (position) => position >= 0 ? position : null;

// ---- Reading ---------------------------------------------------------------------------------

function pull(handle, given) {
  const { transforms, options } = splitArguments(given);
  const state = optionsOf(options);
  if (!state.signal?.aborted) FileHandle.lock(handle);
  let source = batches(handle, state);
  for (const transform of transforms) source = transformed(source, runOf(transform));
  return source;
}

async function* batches(handle, state) {
  const { signal, autoClose } = state;
  if (signal?.aborted) {
    if (autoClose) await handle.close();
    throw signal.reason;
  }
  const { fd } = handle;
  if (fd === -1) throw ERR_INVALID_STATE("The FileHandle is closed");
  FileHandle.acquire(handle);
  try {
    while (state.left !== 0) {
      signal?.throwIfAborted();
      const chunk = await files.readFresh(fd, wanted(state), at(state.position));
      if (chunk.length === 0) break;
      advance(state, chunk.length);
      yield [chunk];
    }
  } finally {
    FileHandle.unlock(handle);
    FileHandle.release(handle);
    if (autoClose) await handle.close();
  }
}

async function* transformed(source, transform) {
  for await (const chunks of source) yield* batch(await transform(chunks));
  yield* batch(await transform(null));
}

function batch(answer) {
  if (answer === null || answer === undefined) return [];
  return [Array.isArray(answer) ? answer : [answer]];
}

function pullSync(handle, given) {
  const { transforms, options } = splitArguments(given);
  const state = optionsOf(options);
  FileHandle.lock(handle);
  let source = batchesSync(handle, state);
  for (const transform of transforms) source = transformedSync(source, runOf(transform));
  return source;
}

function* batchesSync(handle, state) {
  const { Buffer } = require("node/buffer");
  const { fd } = handle;
  if (fd === -1) throw ERR_INVALID_STATE("The FileHandle is closed");
  FileHandle.acquire(handle);
  try {
    while (state.left !== 0) {
      const length = wanted(state);
      const chunk = Buffer.allocUnsafe(length);
      const count = sync.readSync(fd, chunk, 0, length, at(state.position));
      if (count === 0) break;
      advance(state, count);
      yield [count < length ? chunk.subarray(0, count) : chunk];
    }
  } finally {
    FileHandle.unlock(handle);
    FileHandle.release(handle);
    if (state.autoClose) FileHandle.closeNow(handle);
  }
}

function* transformedSync(source, transform) {
  for (const chunks of source) yield* batch(transform(chunks));
  yield* batch(transform(null));
}

// ---- Writing ---------------------------------------------------------------------------------

function bytesOf(chunk) {
  if (typeof chunk === "string") return require("node/buffer").Buffer.from(chunk);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (ArrayBuffer.isView(chunk)) return sync.bytesOf(chunk);
  throw ERR_INVALID_ARG_TYPE("chunk", ["string", "ArrayBuffer", "ArrayBufferView"], chunk);
}

const sizeOf = (chunks) => chunks.reduce((sum, chunk) => sum + chunk.length, 0);

class Writer {
  #handle;
  #fd;
  #state;
  #written = 0;
  #underWay = 0;
  #isClosed = false;
  #isHeld = false;
  #error = null;
  #ending = null;
  #whenIdle = null;

  constructor(handle, options) {
    this.#state = optionsOf(options);
    FileHandle.lock(handle);
    this.#handle = handle;
    this.#fd = handle.fd;
  }

  #refusal() {
    if (this.#error !== null) return this.#error;
    if (this.#isClosed) {
      const message = "Invalid state: The writer is closed";
      return makeError("TypeError", "ERR_INVALID_STATE", message);
    }
    return this.#handle.fd === -1 ? ERR_INVALID_STATE("The FileHandle is closed") : null;
  }

  // Takes room for `size` bytes; where they go. Undefined where the limit leaves too little.
  #reserve(size) {
    const state = this.#state;
    if (state.left >= 0 && size > state.left) return undefined;
    if (state.left > 0) state.left -= size;
    const { position } = state;
    if (position >= 0) state.position += size;
    if (!this.#isHeld) FileHandle.acquire(this.#handle);
    this.#isHeld = true;
    return position;
  }

  write(chunk, options = {}) { return this.#writeChunks("write", () => [bytesOf(chunk)], options); }
  writev(chunks, options = {}) {
    return this.#writeChunks("writev", () => chunks.map(bytesOf), options);
  }

  #writeChunks(name, chunksOf, options) {
    const refusal = this.#refusal();
    if (refusal !== null) return Promise.reject(refusal);
    validateObject(options, "options");
    const { signal } = options;
    validateAbortSignal(signal, "options.signal");
    if (signal?.aborted) return Promise.reject(signal.reason);
    const chunks = chunksOf();
    const size = sizeOf(chunks);
    const { left } = this.#state;
    const position = this.#reserve(size);
    if (position === undefined) {
      return Promise.reject(ERR_OUT_OF_RANGE(name, `<= ${left} bytes`, size));
    }
    return this.#writeAll(chunks, position, signal);
  }

  async #writeAll(chunks, position, signal) {
    this.#underWay++;
    try {
      for (const chunk of chunks) {
        await this.#writeWhole(chunk, position, signal);
        if (position >= 0) position += chunk.length;
      }
    } catch (error) {
      if (!this.#isClosed) this.#error ??= error;
      throw error;
    } finally {
      if (--this.#underWay === 0) this.#whenIdle?.();
    }
  }

  async #writeWhole(chunk, position, signal) {
    let from = 0;
    let retries = 0;
    while (from < chunk.length) {
      const where = position >= 0 ? position + from : null;
      const count = await files.write(this.#fd, chunk, from, chunk.length - from, where);
      signal?.throwIfAborted();
      this.#written += count;
      from += count;
      retries = count === 0 ? retries + 1 : 0;
      if (retries > RETRIES_MAX) {
        const message = "Operation failed: write failed after retries";
        throw makeError("Error", "ERR_OPERATION_FAILED", message);
      }
    }
  }

  writeSync(chunk) { return this.#writeNow(() => [bytesOf(chunk)]); }
  writevSync(chunks) { return this.#writeNow(() => chunks.map(bytesOf)); }

  // Whether the bytes were few enough to be written at once, and were.
  #writeNow(chunksOf) {
    if (this.#error !== null || this.#isClosed || this.#underWay > 0) return false;
    if (this.#handle.fd === -1) throw ERR_INVALID_STATE("The FileHandle is closed");
    const chunks = chunksOf();
    const size = sizeOf(chunks);
    if (size > this.#state.chunkSize) return false;
    if (size === 0) return true;
    let position = this.#reserve(size);
    if (position === undefined) return false;
    for (const chunk of chunks) {
      let from = 0;
      while (from < chunk.length) {
        const where = position >= 0 ? position + from : null;
        const count = sync.writeSync(this.#fd, chunk, from, chunk.length - from, where);
        this.#written += count;
        from += count;
      }
      if (position >= 0) position += chunk.length;
    }
    return true;
  }

  #letGo() {
    if (this.#isHeld) FileHandle.release(this.#handle);
    this.#isHeld = false;
  }

  end(options = {}) {
    if (this.#error !== null) return Promise.reject(this.#error);
    if (this.#ending !== null) return this.#ending;
    if (this.#isClosed) return Promise.resolve(this.#written);
    validateObject(options, "options");
    const { signal } = options;
    validateAbortSignal(signal, "options.signal");
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#ending = this.#end();
    return this.#ending;
  }

  async #end() {
    this.#isClosed = true;
    FileHandle.unlock(this.#handle);
    if (this.#underWay > 0) await new Promise((resolve) => { this.#whenIdle = resolve; });
    this.#letGo();
    if (this.#state.autoClose) await this.#handle.close();
    return this.#written;
  }

  endSync() {
    if (this.#error !== null || this.#underWay > 0) return -1;
    if (this.#isClosed) return this.#written;
    this.#isClosed = true;
    FileHandle.unlock(this.#handle);
    this.#letGo();
    if (this.#state.autoClose) FileHandle.closeNow(this.#handle);
    return this.#written;
  }

  fail(reason) {
    if (this.#isClosed || this.#error !== null) return;
    this.#error = reason ?? ERR_INVALID_STATE("Failed");
    this.#isClosed = true;
    FileHandle.unlock(this.#handle);
    const undo = () => {
      this.#letGo();
      if (this.#state.autoClose) FileHandle.closeNow(this.#handle);
    };
    if (this.#underWay > 0) this.#whenIdle = undo;
    else undo();
  }

  [Symbol.asyncDispose]() {
    if (this.#ending !== null) return this.#ending;
    this.fail();
    return Promise.resolve();
  }

  [Symbol.dispose]() { this.fail(); }
}

function writer(handle, options) {
  return new Writer(handle, options);
}

module.exports = { pull, pullSync, writer };
