"use strict";
// The content of a response, as bodies take it: whole where it came with the head, else asked
// for from native code by the number of its exchange.

const { ServerBody } = require("web/body");
const { createNativeReadable, readableFromChunks } = require("web/streams");

const NEXT = 0;
const BYTES = 1;
const TEXT = 2;

class WholeText {
  constructor(content) {
    this.content = content;
  }
  get isReceived() {
    return true;
  }
  text() {
    return Promise.resolve(this.content);
  }
  bytes() {
    return Promise.resolve(require("web/encoding").encodeUtf8(this.content));
  }
  body() {
    const { content } = this;
    return readableFromChunks(
      content === "" ? [] : [require("web/encoding").encodeUtf8(content)]);
  }
}

class WholeBytes {
  constructor(content) {
    this.content = content;
  }
  get isReceived() {
    return true;
  }
  text() {
    return Promise.resolve(require("web/encoding").decodeUtf8(this.content));
  }
  bytes() {
    return Promise.resolve(this.content);
  }
  body() {
    return readableFromChunks(this.content.length === 0 ? [] : [this.content]);
  }
}

// A body nobody holds any more is not received to its end.
const dropped = new FinalizationRegistry((number) => ops.fetchGiveUp(number));

class Streamed {
  constructor(exchange, length) {
    this.exchange = exchange;
    this.number = exchange.number;
    this.length = length;
    this.controller = null;
    dropped.register(this, this.number, this);
  }

  get isReceived() {
    return true;
  }

  // `settle(value)` where the content came, after which the exchange is over.
  take(form) {
    return ops.fetchBody(this.number, form).then(
      (content) => {
        this.finish();
        return content;
      },
      (error) => {
        this.finish();
        throw this.exchange.errorOf(error);
      },
    );
  }

  text() {
    return this.take(TEXT);
  }

  bytes() {
    return this.take(BYTES);
  }

  body() {
    return createNativeReadable({
      highWaterMark: 0,
      start: (controller) => {
        this.controller = controller;
        this.exchange.streaming = this;
      },
      pull: (controller) => this.pull(controller),
      cancel: () => {
        ops.fetchGiveUp(this.number);
        this.finish();
      },
    });
  }

  async pull(controller) {
    let piece;
    try {
      piece = await ops.fetchBody(this.number, NEXT);
    } catch (error) {
      this.finish();
      throw this.exchange.errorOf(error);
    }
    if (controller.ended) return;
    if (piece === null) {
      this.finish();
      controller.close();
    } else {
      controller.enqueue(piece);
    }
  }

  /// The fetch was aborted while its content came.
  abort(reason) {
    dropped.unregister(this);
    if (this.controller !== null && !this.controller.ended) this.controller.error(reason);
  }

  finish() {
    dropped.unregister(this);
    this.exchange.finish();
  }
}

/// The body of a response whose content came as text of ASCII, as bytes, or is to come.
const textBody = (content) => new ServerBody(new WholeText(content));
const bytesBody = (content) => new ServerBody(new WholeBytes(content));
const streamedBody = (exchange, length) => new ServerBody(new Streamed(exchange, length));

module.exports = { textBody, bytesBody, streamedBody };
