// A server's connection: bytes in, requests out, responses in the order of their requests.
//
// While a response is being written the next ones wait in `outgoing`; when too much of them
// waits, the socket is paused. Every exit frees the parser.
"use strict";

const common = require("node/http/common");
const { HTTPParser } = require("node/http/parser");
const { emitDrain, symbols: { FINISHED } } = require("node/http/outgoing-write");
const { MANAGED, emitClose } = require("node/http/response");
const { connectionReset } = require("node/http/errors");
const STATUS_CODES = require("node/http/status-codes");
const { nextTick } = require("runtime/event-loop");
const codes = require("node/error-codes");
const { setTimeout, clearTimeout } = require("runtime/timers");
const { Date, Symbol } = globalThis;

const { now } = Date;
const { freeParser, parsers, prepareError, continueExpression } = common;

const symbols = {
  CONNECTIONS: Symbol("http.server.connections"),
  OPTIMIZE_EMPTY: Symbol("kOptimizeEmptyRequests"),
  RESPONSE: Symbol("ServerResponse"),
  UNIQUE_HEADERS: Symbol("kUniqueHeaders"),
};
const { CONNECTIONS, OPTIMIZE_EMPTY, RESPONSE, UNIQUE_HEADERS } = symbols;
const STATE = Symbol("kConnectionState");
const RESPONSE_OPTIONS = Symbol("kResponseOptions");
const ERROR_HANDLED = Symbol("kErrorHandled");

/** What a connection keeps beside its socket. */
class ConnectionState {
  constructor(server, socket, parser) {
    this.server = server;
    this.socket = socket;
    this.parser = parser;
    this.outgoing = [];
    this.incoming = [];
    this.outgoingData = 0;
    this.requestsCount = 0;
    this.keepAliveTimeoutSet = false;
    this.idleUntil = 0;
    this.idleTimer = null;
    this.onDrain = () => onDrain(this);
    this.onData = (chunk) => onData(this, chunk);
    this.onEnd = () => onEnd(this);
    this.onClose = () => onClose(this);
    this.onFinish = (response) => responseFinished(this, response.req, response);
    this.onPendingData = (delta) => updateOutgoingData(this, delta);
  }
}

function connectionListener(socket) {
  const server = this;
  socket.server = server;
  if (server.timeout && typeof socket.setTimeout === "function") {
    socket.setTimeout(server.timeout);
  }
  socket.on("timeout", onSocketTimeout);
  const parser = parsers.alloc();
  parser.initialize(
    HTTPParser.REQUEST, undefined, server.maxHeaderSize || require("node/http").maxHeaderSize,
    common.calculateLenientFlags(server.insecureHTTPParser), server[CONNECTIONS]);
  parser.socket = socket;
  socket.parser = parser;
  if (typeof server.maxHeadersCount === "number") {
    parser.maxHeaderPairs = server.maxHeadersCount << 1;
  }
  const state = new ConnectionState(server, socket, parser);
  socket[STATE] = state;
  socket[MANAGED] = true;
  socket.on("error", onSocketError);
  socket.on("close", state.onClose);
  socket.on("end", state.onEnd);
  socket.on("data", state.onData);
  socket.on("drain", state.onDrain);
  socket.on("resume", onSocketResume);
  socket.on("pause", onSocketPause);
  socket.setEncoding = refuseEncoding;
  socket._paused = false;
  parser[HTTPParser.kOnTimeout | 0] = onParserTimeout;
  parser.onIncoming = (request, keepsAlive, facts) =>
    onRequest(state, request, keepsAlive, facts);
}

function refuseEncoding() {
  throw codes.ERR_HTTP_SOCKET_ENCODING();
}

// ---- Pressure --------------------------------------------------------------------------------

function onSocketResume() {
  if (this._paused) this.pause();
}

function onSocketPause() {}

function updateOutgoingData(state, delta) {
  state.outgoingData += delta;
  const { socket } = state;
  if (socket._paused && state.outgoingData < socket.writableHighWaterMark) onDrain(state);
}

function onDrain(state) {
  const { socket } = state;
  const needsPause = state.outgoingData > socket.writableHighWaterMark;
  if (socket._paused && !needsPause) {
    socket._paused = false;
    if (socket.parser) socket.parser.resume();
    socket.resume();
  }
  const message = socket._httpMessage;
  if (message && !message.finished) emitDrain(message);
}

// ---- Bytes in --------------------------------------------------------------------------------

function onData(state, chunk) {
  const { socket, parser } = state;
  if (socket.parser !== parser) return;
  resetTimeout(state);
  const taken = parser.execute(chunk);
  if (taken instanceof Error) {
    prepareError(taken, parser, chunk);
    onSocketError.call(socket, taken);
  } else if (parser.incoming?.upgrade) {
    upgrade(state, chunk, taken);
  }
  if (socket._paused && socket.parser) socket.pause();
}

function upgrade(state, chunk, taken) {
  const { server, socket, parser } = state;
  const request = parser.incoming;
  detachListeners(state);
  freeParser(parser, request, socket);
  const event = request.method === "CONNECT" ? "connect" : "upgrade";
  if (server.listenerCount(event) > 0) {
    const head = chunk.subarray(taken, chunk.length);
    socket.readableFlowing = null;
    server.emit(event, request, socket, head);
  } else {
    socket.destroy();
  }
}

function detachListeners(state) {
  const { socket } = state;
  socket.removeListener("data", state.onData);
  socket.removeListener("end", state.onEnd);
  socket.removeListener("close", state.onClose);
  socket.removeListener("drain", state.onDrain);
  socket.removeListener("error", onSocketError);
  socket.removeListener("timeout", onSocketTimeout);
  socket.removeListener("resume", onSocketResume);
  socket.removeListener("pause", onSocketPause);
  socket[MANAGED] = false;
  delete socket.setEncoding;
}

function onEnd(state) {
  const { server, socket, parser } = state;
  const fault = parser.number < 0 ? undefined : parser.finish();
  if (fault instanceof Error) {
    onSocketError.call(socket, fault);
    return;
  }
  if (!server.httpAllowHalfOpen) {
    abortIncoming(state.incoming);
    if (socket.writable) socket.end();
  } else if (state.outgoing.length > 0) {
    state.outgoing[state.outgoing.length - 1]._last = true;
  } else if (socket._httpMessage) {
    socket._httpMessage._last = true;
  } else if (socket.writable) {
    socket.end();
  }
}

function onClose(state) {
  clearTimeout(state.idleTimer);
  freeParser(state.parser, null, state.socket);
  abortIncoming(state.incoming);
  const message = state.socket._httpMessage;
  if (message) emitClose(message);
}

function abortIncoming(incoming) {
  while (incoming.length > 0) incoming.shift().destroy(connectionReset("aborted"));
}

// ---- Faults ----------------------------------------------------------------------------------

function answerTo(error) {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW": return 431;
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW": return 413;
    case "ERR_HTTP_REQUEST_TIMEOUT": return 408;
    default: return 400;
  }
}

function ignoreError() {}

function onSocketError(error) {
  this.removeListener("error", onSocketError);
  if (this.listenerCount("error", ignoreError) === 0) this.on("error", ignoreError);
  if (this.server.emit("clientError", error, this)) return;
  const message = this._httpMessage;
  const isUntouched = !message || (!message._headerSent && !isPipelined(this));
  if (this.writable && isUntouched) {
    const status = answerTo(error);
    this.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
  }
  this.destroy(error);
}

// Whether an answer to an earlier request would be mistaken for the one to the fault.
function isPipelined(socket) {
  return socket._httpMessage !== null && socket[STATE]?.incoming.length > 1;
}

function onSocketTimeout() {
  const request = this.parser?.incoming;
  const requestHeard = request && !request.complete && request.emit("timeout", this);
  const response = this._httpMessage;
  const responseHeard = response && response.emit("timeout", this);
  const serverHeard = this.server.emit("timeout", this);
  if (!requestHeard && !responseHeard && !serverHeard) this.destroy();
}

function onParserTimeout() {
  if (this.socket) requestTimeout(this.socket);
}

/** A request that took too long to come. */
function requestTimeout(socket) {
  if (!socket[ERROR_HANDLED]) {
    socket[ERROR_HANDLED] = true;
    onSocketError.call(socket, codes.ERR_HTTP_REQUEST_TIMEOUT());
  }
}

// ---- Requests --------------------------------------------------------------------------------

// A kept connection's timeout ends with its next request.
function resetTimeout(state) {
  state.idleUntil = 0;
  if (!state.keepAliveTimeoutSet) return;
  state.socket.setTimeout(state.server.timeout || 0);
  state.keepAliveTimeoutSet = false;
}

// Starts a kept connection's timeout. A timer a request would cost more than the request: where
// the socket has no other timeout, one timer looks now and then whether the time has come.
function startIdling(state) {
  const { server, socket } = state;
  const milliseconds = server.keepAliveTimeout + server.keepAliveTimeoutBuffer;
  if (socket.timeout !== 0) {
    socket.setTimeout(milliseconds);
    state.keepAliveTimeoutSet = true;
    return;
  }
  state.idleUntil = now() + milliseconds;
  state.idleTimer ??= setTimeout(lookAtIdle, milliseconds, state).unref();
}

function lookAtIdle(state) {
  state.idleTimer = null;
  const { idleUntil, socket } = state;
  if (idleUntil === 0 || socket.destroyed) return;
  const left = idleUntil - now();
  if (left > 0) state.idleTimer = setTimeout(lookAtIdle, left, state).unref();
  else socket.emit("timeout");
}

function takesRequest(state) {
  const { server } = state;
  if (!(server.maxRequestsPerSocket > 0)) return true;
  state.requestsCount++;
  return state.requestsCount <= server.maxRequestsPerSocket;
}

// What follows the head: 0 its content, 2 another protocol.
function onRequest(state, request, keepsAlive, facts) {
  const { server, socket } = state;
  resetTimeout(state);
  if (request.upgrade) {
    const isConnect = request.method === "CONNECT";
    request.upgrade = isConnect || server.shouldUpgradeCallback(request) === true;
    if (request.upgrade) return 2;
  }
  state.incoming.push(request);
  if (server[OPTIMIZE_EMPTY] && isEmpty(request)) request._dumpAndCloseReadable();
  if (!socket._paused) {
    const isFull = socket._writableState.needDrain ||
      state.outgoingData >= socket.writableHighWaterMark;
    if (isFull) {
      socket._paused = true;
      socket.pause();
    }
  }
  const response = new server[RESPONSE](request, responseOptions(server));
  response._keepAliveTimeout = server.keepAliveTimeout;
  response._maxRequestsPerSocket = server.maxRequestsPerSocket;
  response._onPendingData = state.onPendingData;
  response.shouldKeepAlive = keepsAlive;
  response[require("node/http/outgoing").kUniqueHeaders] = server[UNIQUE_HEADERS];
  if (socket._httpMessage) state.outgoing.push(response);
  else response.assignSocket(socket);
  response[FINISHED] = state.onFinish;
  handOver(state, request, response, facts);
  if (facts.isComplete && response.finished && !request._consuming) letGo(request);
  return 0;
}

// Whether a request announces no content at all.
function isEmpty({ headers, method }) {
  const isSilent = headers["content-length"] === undefined &&
    headers["transfer-encoding"] === undefined;
  return method === "HEAD" || isSilent;
}

// The options every response of a server is made with.
function responseOptions(server) {
  const { rejectNonStandardBodyWrites } = server;
  const made = server[RESPONSE_OPTIONS];
  if (made?.rejectNonStandardBodyWrites === rejectNonStandardBodyWrites) return made;
  return (server[RESPONSE_OPTIONS] = { highWaterMark: undefined, rejectNonStandardBodyWrites });
}

function handOver(state, request, response, facts) {
  const { server, socket } = state;
  if (server.requireHostHeader && !facts.hasHost && isVersion11(request)) {
    response.writeHead(400, ["Connection", "close"]);
    response.end();
    return;
  }
  const isTaken = takesRequest(state);
  if (server.maxRequestsPerSocket > 0 && state.requestsCount >= server.maxRequestsPerSocket) {
    response.maxRequestsOnConnectionReached = true;
    response.shouldKeepAlive = false;
  }
  if (!isTaken) {
    server.emit("dropRequest", request, socket);
    response.writeHead(503);
    response.end();
    return;
  }
  if (!facts.hasExpect || !isVersion11(request)) {
    server.emit("request", request, response);
  } else if (continueExpression.test(request.headers.expect)) {
    response._expect_continue = true;
    if (server.listenerCount("checkContinue") > 0) {
      server.emit("checkContinue", request, response);
    } else {
      response.writeContinue();
      server.emit("request", request, response);
    }
  } else if (server.listenerCount("checkExpectation") > 0) {
    server.emit("checkExpectation", request, response);
  } else {
    response.writeHead(417);
    response.end();
  }
}

function isVersion11(request) {
  return request.httpVersionMajor === 1 && request.httpVersionMinor === 1;
}

// A request without content nobody listens to is closed without the events of its end.
function letGo(request) {
  const { _events: events } = request;
  const isUnheard = events.end === undefined && events.close === undefined &&
    events.error === undefined && events.readable === undefined && events.data === undefined;
  if (isUnheard && request._readableState.length === 0) request._dumpAndCloseReadable();
  else request._dump();
}

// Lest a waiting connection keep its last request.
function releaseIncoming(parser, request) {
  if (parser.incoming !== request) return;
  if (request.readableEnded) parser.incoming = null;
  else request.on("end", () => releaseIncoming(parser, request));
}

function responseFinished(state, request, response) {
  const { server, socket } = state;
  state.incoming.shift();
  // Whoever has not taken the content will not: it is let go.
  if (!request._consuming && !request.readableDidRead) letGo(request);
  releaseIncoming(state.parser, request);
  response.detachSocket(socket);
  nextTick(emitClose, [response]);
  if (response._last) {
    if (typeof socket.destroySoon === "function") socket.destroySoon();
    else socket.end();
  } else if (state.outgoing.length > 0) {
    state.outgoing.shift().assignSocket(socket);
  } else if (server.keepAliveTimeout && typeof socket.setTimeout === "function") {
    startIdling(state);
  }
}

module.exports = { connectionListener, requestTimeout, symbols };
