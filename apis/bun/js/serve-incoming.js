"use strict";
// One request as the server sees it: the lazy source of a Request, read from the segment that
// native code filled. Nothing is decoded before it is asked for.

const { createNativeReadable } = require("web/streams");
const { METHODS, headersOf, urlOf } = require("bun/serve-wire");

const BODY_NONE = 0;
const BODY_WHOLE = 1;
const HEAD = METHODS.indexOf("HEAD");

class Incoming {
  constructor(segment, words, base) {
    this.segment = segment;
    this.exchange = words[base + 1];
    this.generation = words[base + 2];
    this.flags = words[base + 3];
    this.site = null;
    this.headStart = words[base + 6];
    this.headLength = words[base + 7];
    this.pathStart = words[base + 8];
    this.pathLength = words[base + 9];
    this.hostStart = words[base + 10];
    this.hostLength = words[base + 11];
    this.methodStart = words[base + 12];
    this.methodLength = words[base + 13];
    this.bodyStart = words[base + 14];
    this.bodyLength = words[base + 15];
    this.shard = words[base + 21];
    this.peer0 = words[base + 16];
    this.peer1 = words[base + 17];
    this.peer2 = words[base + 18];
    this.peer3 = words[base + 19];
    this.peerPort = words[base + 20];
    this.headText = null;
    this.request = null;
    // The cookies of a route's request, once it has asked for them.
    this.cookies = null;
    this.controller = null;
    this.aborted = false;
    this.replied = false;
    this.onAbort = null;
  }

  // The head as text, a character a byte.
  text_() {
    if (this.headText === null) {
      this.headText = ops.serveText(this.segment, this.headStart, this.headLength);
    }
    return this.headText;
  }

  part(start, length) {
    const at = start - this.headStart;
    return this.text_().substring(at, at + length);
  }

  path() {
    return this.pathLength === 0 ? "/" : this.part(this.pathStart, this.pathLength);
  }

  url() {
    const host = this.hostLength === 0 ? "" : this.part(this.hostStart, this.hostLength);
    return urlOf(this.site.scheme, host, this.path());
  }

  method() {
    const known = METHODS[this.flags & 255];
    return known !== undefined ? known : this.part(this.methodStart, this.methodLength);
  }

  isHead() { return (this.flags & 255) === HEAD; }

  headers() {
    const text = this.text_();
    return headersOf(text, text.indexOf("\r\n", this.methodStart - this.headStart));
  }

  hasBody() {
    return ((this.flags >> 8) & 255) !== BODY_NONE;
  }

  // The bytes of a body that came whole with its head, else null.
  whole() {
    if (((this.flags >> 8) & 255) !== BODY_WHOLE) return null;
    return new Uint8Array(this.segment, this.bodyStart, this.bodyLength);
  }

  async text() {
    if (!this.hasBody()) return "";
    if (((this.flags >> 8) & 255) === BODY_WHOLE) {
      return ops.serveUtf8(this.segment, this.bodyStart, this.bodyLength);
    }
    return ops.serveBodyText(this.shard, this.exchange, this.generation);
  }

  async bytes() {
    if (!this.hasBody()) return new Uint8Array(0);
    const whole = this.whole();
    if (whole !== null) return whole.slice();
    return ops.serveBodyAll(this.shard, this.exchange, this.generation);
  }

  body() {
    if (!this.hasBody()) return null;
    const whole = this.whole();
    if (whole !== null) return wholeStream(whole);
    return this.bodyStream();
  }

  bodyStream() {
    const { shard, exchange, generation } = this;
    return createNativeReadable({
      highWaterMark: 0,
      async pull(controller) {
        const chunk = await ops.serveBodyNext(shard, exchange, generation);
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      },
      cancel() {
        ops.serveBodyDiscard(shard, exchange, generation);
      },
    });
  }

  signal() {
    if (this.controller === null) {
      const { AbortController } = require("web/abort");
      this.controller = new AbortController();
      if (this.aborted) this.controller.abort();
    }
    return this.controller.signal;
  }

  // The client is gone.
  abort() {
    this.aborted = true;
    if (this.controller !== null) this.controller.abort();
    if (this.onAbort !== null) this.onAbort();
  }

  peer() {
    const words = [this.peer0, this.peer1, this.peer2, this.peer3];
    const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
    return { words, mapped, port: this.peerPort };
  }
}

function wholeStream(bytes) {
  return createNativeReadable({
    highWaterMark: 0,
    pull(controller) {
      if (bytes.length > 0) controller.enqueue(bytes.slice());
      controller.close();
    },
  });
}

module.exports = { Incoming };
