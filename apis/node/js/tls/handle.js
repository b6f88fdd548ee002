// The handle of a TLS connection: what a handle of node:net is to its socket, with a channel of
// native code between. Its transport carries records; text goes to and comes from its owner.
//
// `events` are those of a handle; `steps` is what the handshake asks of whoever began it:
// `hello(handle)`, `agreed(handle)`, `session(handle, der)`, `keyLine(handle, line)`,
// `failed(handle, error)`, `cut(handle, error)`. Invariant: nothing is told once it is closed.
"use strict";

const asyncContext = require("runtime/async-context");
const { nextTick } = require("runtime/event-loop");
const { setImmediate } = require("runtime/immediates");
const { Buffer } = require("node/buffer");
const { FastBuffer } = require("node/buffer-class");
const { numberOf } = require("node/tls/context");
const { FinalizationRegistry } = globalThis;

// What has come of feeding, in the words of apis/node/src/tls/channels.rs.
const HELLO = 1;
const AGREED = 2;
const ENDED = 4;
const FAILED = 8;
const SESSIONS = 16;
const KEY_LINES = 32;

const ALL_SENT = 0;
const SENT_LATER = 1;
const BROKEN_PIPE = -32;

const UNTOUCHED_ENCODINGS = { "utf8": 1, "utf-8": 1, "latin1": 2, "binary": 2, "ascii": 2 };

const collected = new FinalizationRegistry((channel) => ops.tlsClose(channel));

class SecureHandle {
  /** `settings`: `context`, `isServer`, `asks`, `requires`, `serverName`, `protocols`. */
  constructor(transport, settings, steps) {
    const { context, isServer, asks, requires, serverName, protocols } = settings;
    this.channel =
      ops.tlsOpen(numberOf(context), isServer, asks, requires, serverName, protocols);
    this.settings = settings;
    this.steps = steps;
    this.transport = transport;
    transport.listener = this;
    this.owner = null;
    this.events = undefined;
    this.context = asyncContext.current;
    this.reading = false;
    this.bytesRead = 0;
    this.bytesWritten = 0;
    this.isClosed = false;
    this.isStarted = false;
    this.isAgreed = false;
    this.chain = undefined;
    this.hasEnded = false;
    this.hasFailed = false;
    this.waiting = undefined;
    this.isFlushing = false;
    this.endsWhenAgreed = false;
    this.isBusy = false;
    collected.register(this, this.channel, this);
  }

  get fd() { return this.transport.handle === null ? -1 : this.transport.handle.fd; }
  get writeQueueSize() { return this.transport.unsent; }

  /** The socket, by which packages find the class of sockets over streams. */
  get _parentWrap() { return this.owner; }

  /** Begins the handshake. */
  start() {
    if (this.isStarted) return;
    this.isStarted = true;
    this.transport.readStart();
    this.proceed(ops.tlsAdvance(this.channel));
  }

  // ---- What the transport tells ----

  received(records) {
    if (this.isClosed || this.hasFailed) return;
    this.proceed(ops.tlsFeed(this.channel, records));
  }

  ended(errno) {
    if (this.isClosed) return;
    if (this.hasEnded) return;
    this.hasEnded = true;
    if (this.isAgreed && this.reading) this.deliver();
    if (!this.isClosed) this.events.ended(this, errno);
  }

  sent(errno) {
    if (this.isClosed || !this.isFlushing || this.transport.unsent > 0) return;
    this.isFlushing = false;
    this.events.sent(this, errno);
  }

  broken(error) {
    if (!this.isClosed) this.steps.cut(this, error);
  }

  // ---- The handshake ----

  proceed(bits) {
    if (bits & KEY_LINES) {
      for (const line of ops.tlsKeyLines(this.channel)) this.steps.keyLine(this, line);
    }
    if (bits & HELLO) {
      this.steps.hello(this);
      return;
    }
    if (bits & AGREED) {
      this.isAgreed = true;
      this.steps.agreed(this);
      if (this.isClosed) return;
    }
    this.transport.flush(this.channel);
    if (bits & SESSIONS) this.tellSessions();
    if (this.isAgreed && !this.isClosed) this.goOn(bits);
    if (bits & FAILED && !this.isClosed && !this.hasFailed) {
      this.hasFailed = true;
      this.steps.failed(this, ops.tlsError(this.channel));
    }
  }

  goOn(bits) {
    if (this.waiting !== undefined) this.writeWaiting();
    if (this.reading) this.deliver();
    if (this.isClosed) return;
    if (bits & ENDED && !this.hasEnded) {
      this.hasEnded = true;
      this.events.ended(this, 0);
    }
    if (!this.isClosed && !this.reading) this.transport.readStop();
  }

  tellSessions() {
    for (const der of ops.tlsSessions(this.channel)) {
      if (!this.isClosed) this.steps.session(this, asBuffer(der));
    }
  }

  /** A server goes on behind the hello, with another context or other protocols where given. */
  answer(context, protocols) {
    const { asks, requires } = this.settings;
    const own = protocols ?? this.settings.protocols;
    ops.tlsAnswer(this.channel, numberOf(context), asks, requires, undefined, own);
    this.proceed(ops.tlsAdvance(this.channel));
  }

  // ---- Text ----

  deliver() {
    const text = ops.tlsText(this.channel);
    if (text === undefined) return;
    this.bytesRead += text.length;
    this.events.received(this, new FastBuffer(text.buffer, text.byteOffset, text.byteLength));
  }

  readStart() {
    if (this.isClosed) return 0;
    this.reading = true;
    if (!this.isAgreed) return 0;
    this.transport.readStart();
    if (!this.isBusy) {
      this.isBusy = true;
      nextTick(deliverLater, [this]);
    }
    return 0;
  }

  readStop() {
    this.reading = false;
    // The handshake goes on whether or not its owner reads.
    if (this.isAgreed && !this.isClosed) this.transport.readStop();
    return 0;
  }

  write(chunk, encoding) {
    if (this.isClosed || this.hasFailed) return BROKEN_PIPE;
    if (!this.isAgreed) {
      this.waiting = { chunk, encoding, pieces: undefined };
      return this.startAndWait();
    }
    this.bytesWritten += this.put(chunk, encoding);
    return this.flush();
  }

  writePieces(pieces) {
    if (this.isClosed || this.hasFailed) return BROKEN_PIPE;
    if (!this.isAgreed) {
      this.waiting = { chunk: undefined, encoding: undefined, pieces };
      return this.startAndWait();
    }
    for (let index = 0; index < pieces.length; index++) {
      this.bytesWritten += this.put(pieces[index].chunk, pieces[index].encoding);
    }
    return this.flush();
  }

  startAndWait() {
    if (!this.isStarted) nextTick(startLater, [this]);
    return SENT_LATER;
  }

  // Gives text to the channel; its length in bytes.
  put(chunk, encoding) {
    if (typeof chunk !== "string") {
      ops.tlsWrite(this.channel, chunk);
      return chunk.byteLength;
    }
    switch (UNTOUCHED_ENCODINGS[encoding]) {
      case 1:
        ops.tlsWrite(this.channel, chunk, false);
        return Buffer.byteLength(chunk);
      case 2:
        ops.tlsWrite(this.channel, chunk, true);
        return chunk.length;
      default: {
        const bytes = Buffer.from(chunk, encoding);
        ops.tlsWrite(this.channel, bytes);
        return bytes.length;
      }
    }
  }

  // Even what is sent at once is told of later: what a program writes meanwhile goes together.
  flush() {
    const outcome = this.transport.flush(this.channel);
    if (outcome === SENT_LATER) this.isFlushing = true;
    else if (outcome === ALL_SENT) nextTick(tellSent, [this]);
    else return outcome;
    return SENT_LATER;
  }

  writeWaiting() {
    const { chunk, encoding, pieces } = this.waiting;
    this.waiting = undefined;
    const outcome = pieces === undefined ? this.write(chunk, encoding) : this.writePieces(pieces);
    if (outcome <= ALL_SENT) this.events.sent(this, outcome);
  }

  // ---- The end ----

  shutdown() {
    if (this.isClosed) return 0;
    ops.tlsEnd(this.channel);
    this.transport.flush(this.channel);
    return this.transport.shutdown();
  }

  close(callback) {
    if (this.isClosed) return;
    this.isClosed = true;
    this.transport.close(() => this.finish(callback));
  }

  reset(callback) {
    if (this.isClosed) return 0;
    this.isClosed = true;
    return this.transport.reset(() => this.finish(callback));
  }

  finish(callback) {
    collected.unregister(this);
    // Listeners of 'close' may still ask what was agreed on.
    setImmediate(() => ops.tlsClose(this.channel));
    this.owner = null;
    if (callback !== undefined) callback();
  }

  ref() { this.transport.ref(); }
  unref() { this.transport.unref(); }
  hasRef() { return this.transport.hasRef(); }

  // ---- What was agreed on ----

  hello() { return ops.tlsHello(this.channel); }
  say(what) { return ops.tlsSay(this.channel, what); }
  verification() { return ops.tlsVerification(this.channel); }
  peerChain() {
    return this.isAgreed ? this.chain ??= ops.tlsPeerChain(this.channel) : [];
  }
  ownCertificate() { return ops.tlsOwnCertificate(this.channel); }
  setServerName(name) { return ops.tlsSetServerName(this.channel, name); }

  finished(ofPeer) {
    const message = ops.tlsFinished(this.channel, ofPeer);
    return message === undefined ? undefined : asBuffer(message);
  }

  export(length, label, context) {
    const material = ops.tlsExport(this.channel, length, label, context);
    return material === undefined ? undefined : asBuffer(material);
  }
}

function asBuffer(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function startLater(handle) {
  if (!handle.isClosed) handle.start();
}

function tellSent(handle) {
  handle.events.sent(handle, ALL_SENT);
}

function deliverLater(handle) {
  handle.isBusy = false;
  if (handle.isClosed || !handle.reading) return;
  handle.deliver();
}

// What only a socket of the network has.
for (const name of ["getsockname", "getpeername", "setNoDelay", "setKeepAlive",
  "setTypeOfService", "getTypeOfService"]) {
  SecureHandle.prototype[name] = function (...given) {
    const { handle } = this.transport;
    return handle?.[name] === undefined ? 0 : handle[name](...given);
  };
}

module.exports = { SecureHandle };
