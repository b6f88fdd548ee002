// Http2Session: a socket, the protocol's state, which is kept natively, and the streams. What the
// protocol has to say is written at the end of a turn, so that small frames travel together.
"use strict";

const { EventEmitter } = require("node/events-core");
const { nextTick } = require("runtime/event-loop");
const { Buffer } = require("node/buffer");
const errors = require("node/errors");
const http2Errors = require("node/http2/errors");
const { dispatch } = require("node/http2/native");
const { pack, settingsOf, validateSettings } = require("node/http2/settings");
const { createTimeout } = require("node/http2/stream");
const { ArrayBuffer, Boolean, Date, Map, Object, Set, Symbol } = globalThis;

const SERVER = 0;
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const CANCEL = 8;
const WINDOW_MAX = 2 ** 31 - 1;
const WORD_MAX = 2 ** 32 - 1;
const PINGS_MAX = 10;
const SETTINGS_MAX = 10;
const PAIRS_MAX = 128;
const INVALID_FRAMES_MAX = 1000;
// A session's number that none has.
const CLOSED_NUMBER = 2 ** 32 - 1;

const STATE = Symbol("state");
const SOCKET = Symbol("socket");
const PROXY = Symbol("proxySocket");
const SESSION = Symbol("session");

const { now } = Date;

/** What a session keeps beside its emitter's fields. */
class SessionState {
  constructor(type, options) {
    this.type = type;
    this.number = ops.open(type === SERVER, options.maxHeaderListPairs ?? PAIRS_MAX);
    this.streams = new Map();
    this.pending = new Set();
    this.written = new Set();
    this.isConnected = false;
    this.isClosed = false;
    this.isDestroyed = false;
    this.isScheduled = false;
    this.isFull = false;
    this.destroyCode = NO_ERROR;
    this.goawayCode = undefined;
    this.goawayLast = undefined;
    this.sentGoaway = undefined;
    this.pings = [];
    this.pingsMax = options.maxOutstandingPings ?? PINGS_MAX;
    this.unagreed = [];
    this.settingsMax = options.maxOutstandingSettings ?? SETTINGS_MAX;
    this.headerBytesMax = options.maxSendHeaderBlockLength ?? globalThis.Infinity;
    this.invalidFrames = 0;
    this.invalidFramesMax = options.maxSessionInvalidFrames ?? INVALID_FRAMES_MAX;
    this.customWanted = options.remoteCustomSettings;
    this.local = undefined;
    this.remote = undefined;
    this.whenConnected = [];
    this.timeout = createTimeout();
    this.encrypted = undefined;
    this.alpnProtocol = undefined;
  }
}

class Http2Session extends EventEmitter {
  constructor(type, options, socket) {
    super();
    if (socket[SESSION] !== undefined) throw http2Errors.ERR_HTTP2_SOCKET_BOUND();
    socket[SESSION] = this;
    socket.disableRenegotiation?.();
    this[STATE] = new SessionState(type, options);
    this[SOCKET] = socket;
    this[PROXY] = null;
    listen(this, socket);
    const isWaiting = socket.connecting || socket.secureConnecting;
    if (!isWaiting) {
      begin(this, options);
      return;
    }
    const event = typeof socket.getPeerCertificate === "function" ? "secureConnect" : "connect";
    socket.once(event, () => begin(this, options));
  }

  get goawayCode() { return this[STATE].goawayCode; }
  get goawayLastStreamID() { return this[STATE].goawayLast; }
  get type() { return this[STATE].type; }
  get connecting() { return !this[STATE].isConnected && !this[STATE].isDestroyed; }
  get closed() { return this[STATE].isClosed; }
  get destroyed() { return this[STATE].isDestroyed; }
  get encrypted() { return this[STATE].encrypted; }
  get alpnProtocol() { return this[STATE].alpnProtocol; }
  get pendingSettingsAck() { return this[STATE].unagreed.length > 0; }

  get socket() {
    if (this[PROXY] !== null) return this[PROXY];
    return (this[PROXY] = require("node/http2/socket-proxy").sessionSocket(this));
  }

  get localSettings() {
    const state = this[STATE];
    if (state.isDestroyed || !state.isConnected) return {};
    return (state.local ??= settingsOf(ops.settingsOf(state.number, false)));
  }

  get remoteSettings() {
    const state = this[STATE];
    if (state.isDestroyed || !state.isConnected) return {};
    return (state.remote ??= settingsOf(ops.settingsOf(state.number, true)));
  }

  get state() {
    const { isConnected, isDestroyed, number } = this[STATE];
    if (isDestroyed || !isConnected) return {};
    const [
      effectiveLocalWindowSize, effectiveRecvDataLength, nextStreamID, localWindowSize,
      lastProcStreamID, remoteWindowSize, deflateDynamicTableSize, inflateDynamicTableSize,
    ] = ops.state(number);
    return {
      effectiveLocalWindowSize, effectiveRecvDataLength, nextStreamID, localWindowSize,
      lastProcStreamID, remoteWindowSize, outboundQueueSize: 0, deflateDynamicTableSize,
      inflateDynamicTableSize,
    };
  }

  ref() { this[SOCKET]?.ref?.(); }
  unref() { this[SOCKET]?.unref?.(); }

  setTimeout(milliseconds, callback) {
    this[STATE].timeout.set(this, milliseconds, callback);
    return this;
  }

  setLocalWindowSize(size) {
    alive(this);
    errors.validateInt32(size, "windowSize", 0, WINDOW_MAX);
    ops.setWindow(this[STATE].number, size);
    schedule(this);
  }

  setNextStreamID(id) {
    alive(this);
    errors.validateNumber(id, "id");
    if (id <= 0 || id > WORD_MAX) {
      throw errors.ERR_OUT_OF_RANGE("id", `> 0 and <= ${WORD_MAX}`, id);
    }
    ops.setNextStream(this[STATE].number, id);
  }

  ping(given, listener) {
    alive(this);
    const callback = typeof given === "function" ? given : listener;
    const payload = typeof given === "function" ? undefined : given;
    if (payload) {
      if (!ArrayBuffer.isView(payload)) {
        throw errors.ERR_INVALID_ARG_TYPE("payload", ["Buffer", "TypedArray", "DataView"], payload);
      }
      if (payload.byteLength !== 8) throw http2Errors.ERR_HTTP2_PING_LENGTH();
    }
    errors.validateFunction(callback, "callback");
    const state = this[STATE];
    if (!state.isConnected) {
      this.once("connect", () => this.ping(payload, callback));
      return true;
    }
    if (state.pings.length >= state.pingsMax) {
      nextTick(callback, [http2Errors.ERR_HTTP2_PING_CANCEL(), 0, payload]);
      return false;
    }
    state.pings.push({ callback, at: globalThis.performance.now() });
    ops.ping(state.number, payload ?? randomPayload());
    schedule(this);
    return true;
  }

  settings(settings, callback) {
    alive(this);
    if (typeof settings !== "object" || settings === null) {
      throw errors.ERR_INVALID_ARG_TYPE("settings", "object", settings);
    }
    validateSettings(settings);
    if (callback !== undefined) errors.validateFunction(callback, "callback");
    const state = this[STATE];
    if (state.unagreed.length >= state.settingsMax) {
      throw http2Errors.ERR_HTTP2_MAX_PENDING_SETTINGS_ACK();
    }
    sendSettings(this, settings, callback);
  }

  goaway(code = NO_ERROR, lastStreamID = 0, opaqueData = undefined) {
    alive(this);
    if (opaqueData !== undefined && !ArrayBuffer.isView(opaqueData)) {
      throw errors.ERR_INVALID_ARG_TYPE(
        "opaqueData", ["Buffer", "TypedArray", "DataView"], opaqueData);
    }
    errors.validateNumber(code, "code");
    errors.validateNumber(lastStreamID, "lastStreamID");
    sendGoaway(this, code, lastStreamID, opaqueData);
  }

  close(callback) {
    const state = this[STATE];
    if (state.isClosed || state.isDestroyed) return;
    state.isClosed = true;
    if (typeof callback === "function") this.once("close", callback);
    if (state.isConnected) sendGoaway(this, NO_ERROR, 0);
    maybeDestroy(this);
  }

  destroy(given = NO_ERROR, givenCode = undefined) {
    if (this.destroyed) return;
    let error = given;
    let code = givenCode;
    if (typeof given === "number") {
      code = given;
      error = code === NO_ERROR ? undefined : http2Errors.sessionError(code);
    }
    if (code === undefined && error != null) code = INTERNAL_ERROR;
    closeSession(this, code, error);
  }

  [Symbol.for("nodejs.rejection")](error, event, ...given) {
    if (event === "stream") given[0].destroy(error);
    else this.destroy(error);
  }
}

// ---- The socket ------------------------------------------------------------------------------

function listen(session, socket) {
  socket.on("close", () => onSocketClose(session));
  socket.on("error", (error) => onSocketError(session, error));
}

function begin(session, options) {
  const state = session[STATE];
  const socket = session[SOCKET];
  if (state.isDestroyed || socket === undefined) return;
  state.isConnected = true;
  state.encrypted = Boolean(socket.encrypted);
  state.alpnProtocol = socket.encrypted ? socket.alpnProtocol || "h2" : "h2c";
  socket.on("data", (chunk) => receive(session, chunk));
  socket.on("drain", () => {
    state.isFull = false;
    flush(session);
  });
  sendSettings(session, options.settings ?? {}, undefined);
  nextTick(emitConnect, [session, socket]);
}

function emitConnect(session, socket) {
  if (session.destroyed) return;
  session.emit("connect", session, socket);
  for (const action of session[STATE].whenConnected.splice(0)) action();
}

function receive(session, chunk) {
  const { isDestroyed, number, timeout } = session[STATE];
  if (isDestroyed) return;
  timeout.refresh();
  const events = ops.receive(number, chunk);
  if (events !== undefined) dispatch(session, events, chunk);
  schedule(session);
}

/** Lets what has been said go out when this turn of the program ends. */
function schedule(session) {
  const state = session[STATE];
  if (state.isScheduled || state.number === CLOSED_NUMBER) return;
  state.isScheduled = true;
  nextTick(flushScheduled, [session]);
}

function flushScheduled(session) {
  session[STATE].isScheduled = false;
  flush(session);
}

function flush(session) {
  const state = session[STATE];
  const socket = session[SOCKET];
  if (!state.isConnected || state.isFull || state.number === CLOSED_NUMBER) return;
  for (const stream of state.written) stream.endWithLastChunk();
  state.written.clear();
  while (state.number !== CLOSED_NUMBER) {
    const bytes = ops.take(state.number);
    const events = ops.events(state.number);
    if (bytes !== undefined && !socket.destroyed) {
      state.timeout.refresh();
      state.isFull = !socket.write(bytes);
    }
    if (events !== undefined) dispatch(session, events, undefined);
    if (bytes === undefined || state.isFull) break;
  }
  if (state.isClosed && !state.isDestroyed) maybeDestroy(session);
}

function onSocketError(session, error) {
  if (session.destroyed) return;
  // The other side has gone away without a word: nothing is wrong here.
  if (error.code === "ECONNRESET" && session[STATE].goawayCode === NO_ERROR) session.destroy();
  else session.destroy(error);
}

function onSocketClose(session) {
  const state = session[STATE];
  if (state.isDestroyed) return;
  state.pending.forEach((stream) => stream.close(CANCEL));
  state.streams.forEach((stream) => stream.close(CANCEL));
  state.isClosed = true;
  closeSession(session, NO_ERROR, undefined);
}

// ---- The end ---------------------------------------------------------------------------------

function alive(session) {
  if (session.destroyed) throw http2Errors.ERR_HTTP2_INVALID_SESSION();
}

/** A session that is to be closed is destroyed when its last stream has gone. */
function maybeDestroy(session) {
  const { isClosed, isDestroyed, pending, streams, isFull } = session[STATE];
  if (!isClosed || isDestroyed || streams.size > 0 || pending.size > 0 || isFull) return;
  session.destroy();
}

function closeSession(session, code, error) {
  const state = session[STATE];
  const socket = session[SOCKET];
  state.isDestroyed = true;
  state.destroyCode = code;
  state.timeout.clear();
  session.removeAllListeners("timeout");
  if (state.pending.size > 0) {
    const cancelled = http2Errors.streamCancelled(error);
    state.pending.forEach((stream) => stream.destroy(cancelled));
  }
  state.streams.forEach((stream) => stream.destroy(error));
  for (const { callback, at } of state.pings.splice(0)) {
    const elapsed = globalThis.performance.now() - at;
    nextTick(callback, [http2Errors.ERR_HTTP2_PING_CANCEL(), elapsed, undefined]);
  }
  if (socket !== undefined && !socket.destroyed && state.isConnected) {
    if (state.sentGoaway !== (code ?? NO_ERROR)) sendGoaway(session, code ?? NO_ERROR, 0);
    state.isFull = false;
    flush(session);
  }
  ops.free(state.number);
  state.number = CLOSED_NUMBER;
  release(session, socket, error);
}

function release(session, socket, error) {
  if (socket !== undefined) {
    socket[SESSION] = undefined;
    session[SOCKET] = undefined;
    session[PROXY] = null;
  }
  if (socket === undefined || socket.destroyed) {
    nextTick(emitClose, [session, error]);
    return;
  }
  socket.on("close", () => emitClose(session, error));
  socket.setTimeout?.(0);
  if (session.closed) {
    // Reading on tells of the other side's end.
    socket.resume();
    socket.end();
  } else if (socket.writableLength > 0) {
    socket.end(() => socket.destroy(error));
  } else {
    socket.destroy(error);
  }
}

function emitClose(session, error) {
  if (error) session.emit("error", error);
  session.emit("close");
}

// ---- What is said ----------------------------------------------------------------------------

function randomPayload() {
  const payload = Buffer.alloc(8);
  payload.writeDoubleBE(now() + globalThis.Math.random());
  return payload;
}

function sendSettings(session, settings, callback) {
  const state = session[STATE];
  state.unagreed.push({ settings, callback, at: now() });
  ops.settings(state.number, pack(settings));
  schedule(session);
}

function sendGoaway(session, code, lastStreamID, opaqueData) {
  const state = session[STATE];
  const last = lastStreamID > 0 ? lastStreamID : ops.state(state.number)[4];
  ops.goAway(state.number, code, last, opaqueData);
  if (opaqueData === undefined) state.sentGoaway = code;
  schedule(session);
}

// ---- What is heard ---------------------------------------------------------------------------

const events = {
  onData(id, chunk) {
    const { number, streams } = this[STATE];
    const stream = streams.get(id);
    if (stream === undefined || stream.destroyed) ops.consume(number, id, chunk.length);
    else stream.takeChunk(chunk);
  },
  onEnd(id) { this[STATE].streams.get(id)?.takeEnd(); },
  onClosed(id, code) { this[STATE].streams.get(id)?.takeClosed(code); },
  onDrained(id) { this[STATE].streams.get(id)?.takeDrained(); },
  onSettings(numbers, unknown) {
    const state = this[STATE];
    let custom = state.remote?.customSettings;
    for (let index = 0; index < unknown.length; index += 2) {
      if (!state.customWanted?.includes(unknown[index])) continue;
      custom = { ...custom, [unknown[index]]: unknown[index + 1] };
    }
    state.remote = settingsOf(numbers, custom);
    this.emit("remoteSettings", state.remote);
  },
  onSettingsAck(numbers) {
    const state = this[STATE];
    const { settings, callback, at } = state.unagreed.shift();
    const custom = settings.customSettings ?? state.local?.customSettings;
    const local = state.local = settingsOf(numbers, custom);
    if (callback) callback(null, local, now() - at);
    this.emit("localSettings", local);
  },
  onPing(payload, isAck) {
    if (!isAck) {
      this.emit("ping", payload);
      return;
    }
    const asked = this[STATE].pings.shift();
    if (asked === undefined) this.destroy(http2Errors.sessionError(1));
    else asked.callback(null, globalThis.performance.now() - asked.at, payload);
  },
  onGoAway(last, code, opaque) {
    const state = this[STATE];
    if (state.isDestroyed) return;
    state.goawayCode = code;
    state.goawayLast = last;
    this.emit("goaway", code, last, opaque.length > 0 ? opaque : undefined);
    if (code === NO_ERROR) this.close();
    else this.destroy(http2Errors.sessionError(code), NO_ERROR);
  },
  onAltSvc() {},
  onOrigins() {},
  onRefused() {
    const state = this[STATE];
    state.invalidFrames++;
    if (state.invalidFrames > state.invalidFramesMax) {
      this.destroy(http2Errors.ERR_HTTP2_TOO_MANY_INVALID_FRAMES());
    }
  },
  onFailed(code) {
    this.destroy(http2Errors.sessionError(code), code);
  },
};
for (const [name, value] of Object.entries(events)) {
  Object.defineProperty(Http2Session.prototype, name, { value });
}

module.exports = {
  Http2Session, PROXY, SESSION, SOCKET, STATE, alive, maybeDestroy, schedule,
};
