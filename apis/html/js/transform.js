"use strict";
// What a rewriter is applied to. Text and bytes are answered at once; of a response the body is
// rewritten piece by piece, as fast as it is read where somebody reads it.

const { encodeUtf8, decodeUtf8 } = require("web/encoding");
const { Walk } = require("html/events");
const { invalidArgument } = require("web/fetch-errors");

const EMPTY = new Uint8Array(0);

/// A document on its way through the parser.
class Document {
  #number;
  #walk;

  constructor(entries, result) {
    this.#number = ops.htmlOpen(JSON.stringify(entries.map((entry) => entry.plan)));
    this.#walk = new Walk(entries, result);
  }

  /// What a piece becomes: bytes, or a promise of them where a handler takes its time; undefined
  /// for one that stays as it is, where that may be.
  push(piece, isLast, mayStay = false) {
    try {
      const waiting = this.#walk.run(ops.htmlRead(this.#number, piece, isLast));
      if (waiting !== undefined) return waiting.then(() => this.#write()).catch(this.#fail);
      if (mayStay && this.#walk.isSilent) {
        this.close();
        return undefined;
      }
      return this.#write();
    } catch (error) {
      return this.#fail(error);
    }
  }

  #write() {
    return ops.htmlWrite(this.#number, this.#walk.takeCommands());
  }

  #fail = (error) => {
    this.close();
    throw error;
  };

  close() {
    ops.htmlClose(this.#number);
  }
}

function transformText(entries, text) {
  const document = new Document(entries, "a string");
  // Where nothing is said, the text stays as it is.
  const output = document.push(encodeUtf8(text), true, true);
  return output === undefined ? text.toWellFormed() : decodeUtf8(output);
}

function transformBytes(entries, bytes) {
  const output = new Document(entries, "an ArrayBuffer").push(bytes, true);
  return output.buffer.byteLength === output.byteLength ? output.buffer : output.slice().buffer;
}

// The bytes of a body that is in memory, else undefined.
function bytesInMemory(source) {
  if (source === null) return EMPTY;
  if (typeof source === "string") return encodeUtf8(source);
  if (source instanceof Uint8Array) return source;
  const { isBlob, bytesOf } = require("web/blob");
  return isBlob(source) ? bytesOf(source) ?? undefined : undefined;
}

function transformResponse(entries, response) {
  const { bodySourceOf, createResponse, markBodyUsed } = require("web/response");
  const source = bodySourceOf(response);
  if (source === undefined) throw invalidArgument("Response body already used");
  const { Headers } = require("web/headers");
  const { status, statusText, url, redirected } = response;
  const headers = new Headers(response.headers);
  const document = new Document(entries, null);
  const bytes = bytesInMemory(source);
  let body;
  if (bytes === undefined) body = streamThrough(document, response.body);
  else {
    markBodyUsed(response);
    body = wholeBody(document, bytes);
  }
  return createResponse({ body, status, statusText, headers, url, redirected });
}

function wholeBody(document, bytes) {
  let output;
  try {
    output = document.push(bytes, true);
  } catch (error) {
    output = Promise.reject(error);
  }
  if (output instanceof Uint8Array) return output;
  // Who does not read the body does not hear of what a handler threw.
  output.catch(() => {});
  return require("web/streams").createNativeReadable({
    async pull(controller) {
      controller.enqueue(await output);
      controller.close();
    },
  });
}

/// Pieces of a stream on their way: read on demand once somebody reads, else all of them.
class Pump {
  #document;
  #reader;
  #output;
  #wanted = null;
  #pieces = [];
  #ended = false;
  #failure = null;
  #arrived = null;

  constructor(document, stream) {
    this.#document = document;
    this.#reader = stream.getReader();
    this.#output = require("web/streams").createNativeReadable({
      pull: (controller) => this.#pull(controller),
      cancel: (reason) => {
        this.#document.close();
        return this.#reader.cancel(reason);
      },
    });
    this.#run();
  }

  get stream() { return this.#output; }

  async #run() {
    try {
      while (!this.#ended) {
        await this.#demand();
        const { value, done } = await this.#reader.read();
        const piece = done ? EMPTY : require("web/body").chunkBytes(value);
        const output = await this.#document.push(piece, done);
        if (output.length > 0) this.#pieces.push(output);
        this.#ended = done;
        this.#tell();
      }
    } catch (error) {
      this.#failure = { error };
      this.#ended = true;
      this.#document.close();
      this.#reader.cancel(error).catch(() => {});
      this.#tell();
    }
  }

  #tell() {
    this.#arrived?.();
    this.#arrived = null;
  }

  #demand() {
    if (!this.#output.locked || this.#arrived !== null) return undefined;
    return new Promise((resolve) => { this.#wanted = resolve; });
  }

  async #pull(controller) {
    while (this.#pieces.length === 0 && !this.#ended) {
      const arrival = new Promise((resolve) => { this.#arrived = resolve; });
      this.#wanted?.();
      this.#wanted = null;
      await arrival;
    }
    if (this.#pieces.length > 0) controller.enqueue(this.#pieces.shift());
    else if (this.#failure !== null) throw this.#failure.error;
    if (this.#ended && this.#failure === null && this.#pieces.length === 0) controller.close();
  }
}

const streamThrough = (document, stream) => new Pump(document, stream).stream;

module.exports = { transformBytes, transformResponse, transformText };
