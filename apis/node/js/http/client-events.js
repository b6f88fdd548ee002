// What the socket of a ClientRequest does: bytes of the response, its end, errors, timeouts. A
// response that leaves the connection usable gives it back to the agent.
"use strict";

const common = require("node/http/common");
const { HTTPParser } = require("node/http/parser");
const { ERROR } = require("node/http/client");
const { connectionReset } = require("node/http/errors");
const { emitDrain } = require("node/http/outgoing-write");
const asyncContext = require("runtime/async-context");
const { nextTick } = require("runtime/event-loop");

const { freeParser, parsers, prepareError } = common;

const NOTHING_FOLLOWS = 1;
const TUNNEL_FOLLOWS = 2;

// ---- Taking the socket -----------------------------------------------------------------------

/** The agent has a socket for the request, or an error. */
function takeSocket(request, socket, error) {
  if (request.destroyed || error) {
    destroyWithout(request, socket, request[ERROR] ?? error);
    return;
  }
  // A socket that served other requests is heard of in this one's async context from here on.
  const handle = socket._handle;
  if (handle) handle.context = asyncContext.current;
  const parser = parsers.alloc();
  request.socket = socket;
  parser.initialize(
    HTTPParser.RESPONSE, undefined, request.maxHeaderSize || require("node/http").maxHeaderSize,
    common.calculateLenientFlags(request.insecureHTTPParser));
  parser.socket = socket;
  parser.outgoing = request;
  request.parser = parser;
  socket.parser = parser;
  socket._httpMessage = request;
  if (typeof request.maxHeadersCount === "number") {
    parser.maxHeaderPairs = request.maxHeadersCount << 1;
  }
  parser.joinDuplicateHeaders = request.joinDuplicateHeaders;
  parser.onIncoming = onResponse;
  socket.on("error", onSocketError);
  socket.on("data", onSocketData);
  socket.on("end", onSocketEnd);
  socket.on("close", onSocketClose);
  socket.on("drain", onSocketDrain);
  if (request.timeout !== undefined || request.agent?.options?.timeout) {
    listenSocketTimeout(request);
  }
  request.emit("socket", socket);
  request._flush();
}

// A request that ended before it got a socket gives the one it gets back.
function destroyWithout(request, socket, error) {
  request.destroyed = true;
  if (socket) {
    if (request.agent && !socket.destroyed && !error && request.agent.keepAlive) {
      socket.emit("free");
    } else {
      require("node/stream/end-of-stream").finished(socket.destroy(error), (failure) => {
        const other = failure?.code === "ERR_STREAM_PREMATURE_CLOSE" ? null : failure;
        emitErrorAndClose(request, other || error);
      });
      return;
    }
  }
  emitErrorAndClose(request, error);
}

function emitErrorAndClose(request, given) {
  let error = given;
  if (!error && !request.aborted) error = connectionReset("socket hang up");
  if (error) emitError(request, error);
  request._closed = true;
  request.emit("close");
}

function emitError(request, error) {
  request.emit("error", error);
}

// ---- The socket's end ------------------------------------------------------------------------

function onSocketClose() {
  const socket = this;
  const request = socket._httpMessage;
  // What is still there to be read comes first.
  const { parser } = socket;
  socket.read();
  const response = request.res;
  request.destroyed = true;
  if (response) {
    if (!response.complete) response.destroy(connectionReset("aborted"));
    request._closed = true;
    request.emit("close");
    if (!response.aborted && response.readable) response.push(null);
  } else {
    if (!socket._hadError) {
      socket._hadError = true;
      emitError(request, connectionReset("socket hang up"));
    }
    request._closed = true;
    request.emit("close");
  }
  request.outputData.length = 0;
  if (parser) {
    if (parser.number >= 0) parser.finish();
    freeParser(parser, request, socket);
  }
}

function onSocketError(error) {
  const socket = this;
  const request = socket._httpMessage;
  if (request) {
    // Lest 'close' emit another.
    socket._hadError = true;
    emitError(request, error);
  }
  const { parser } = socket;
  if (parser) {
    if (parser.number >= 0) parser.finish();
    freeParser(parser, request, socket);
  }
  socket.removeListener("data", onSocketData);
  socket.removeListener("end", onSocketEnd);
  socket.destroy();
}

function onSocketEnd() {
  const socket = this;
  const request = socket._httpMessage;
  const { parser } = socket;
  if (!request.res && !socket._hadError) {
    // The server has gone without an answer.
    socket._hadError = true;
    emitError(request, connectionReset("socket hang up"));
  }
  if (parser) {
    if (parser.number >= 0) parser.finish();
    freeParser(parser, request, socket);
  }
  if (request.res) socket.end();
  else socket.destroy();
}

// ---- Bytes -----------------------------------------------------------------------------------

function onSocketData(chunk) {
  const socket = this;
  const request = socket._httpMessage;
  const { parser } = socket;
  if (!parser) return;
  const taken = parser.execute(chunk);
  if (taken instanceof Error) {
    prepareError(taken, parser, chunk);
    freeParser(parser, request, socket);
    socket.removeListener("data", onSocketData);
    socket.removeListener("end", onSocketEnd);
    socket.destroy();
    request.socket._hadError = true;
    emitError(request, taken);
  } else if (parser.incoming?.upgrade) {
    upgrade(socket, request, parser, chunk.subarray(taken));
  } else if (parser.incoming?.complete && !isInformation(parser.incoming.statusCode)) {
    socket.removeListener("data", onSocketData);
    socket.removeListener("end", onSocketEnd);
    socket.removeListener("drain", onSocketDrain);
    freeParser(parser, request, socket);
  }
}

function upgrade(socket, request, parser, head) {
  const response = parser.incoming;
  request.res = response;
  socket.removeListener("data", onSocketData);
  socket.removeListener("end", onSocketEnd);
  socket.removeListener("drain", onSocketDrain);
  if (request.timeoutCb) socket.removeListener("timeout", request.timeoutCb);
  parser.finish();
  freeParser(parser, request, socket);
  const event = request.method === "CONNECT" ? "connect" : "upgrade";
  if (request.listenerCount(event) === 0) {
    // Nobody to speak the other protocol.
    socket.destroy();
    return;
  }
  request.upgradeOrConnect = true;
  socket.emit("agentRemove");
  socket.removeListener("close", onSocketClose);
  socket.removeListener("error", onSocketError);
  socket._httpMessage = null;
  socket.readableFlowing = null;
  request.emit(event, response, socket, head);
  request.destroyed = true;
  request._closed = true;
  request.emit("close");
}

function isInformation(status) {
  return status < 200 && status >= 100;
}

// ---- The response ----------------------------------------------------------------------------

function onResponse(response, keepsAlive) {
  const { socket } = this;
  const request = socket._httpMessage;
  if (request.res) {
    // An answer to nothing.
    socket.destroy();
    return 0;
  }
  request.res = response;
  if (response.upgrade) return TUNNEL_FOLLOWS;
  if (request.method === "CONNECT") {
    response.upgrade = true;
    return TUNNEL_FOLLOWS;
  }
  if (isInformation(response.statusCode)) {
    inform(request, response);
    return NOTHING_FOLLOWS;
  }
  if (request.shouldKeepAlive && !keepsAlive && !request.upgradeOrConnect) {
    request.shouldKeepAlive = false;
  }
  response.req = request;
  // What the program waits for is the response; a timeout of the request's has done its work.
  response.on("end", onResponseEnd);
  request.on("finish", onRequestFinish);
  socket.on("timeout", emitResponseTimeout);
  if (request.aborted || !request.emit("response", response)) response._dump();
  return request.method === "HEAD" ? NOTHING_FOLLOWS : 0;
}

function inform(request, response) {
  request.res = null;
  if (response.statusCode === 100) request.emit("continue");
  request.emit("information", {
    statusCode: response.statusCode,
    statusMessage: response.statusMessage,
    httpVersion: response.httpVersion,
    httpVersionMajor: response.httpVersionMajor,
    httpVersionMinor: response.httpVersionMinor,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
  });
}

function onResponseEnd() {
  const request = this.req;
  const { socket } = request;
  request._ended = true;
  if (!request.shouldKeepAlive) {
    if (!socket.writable) return;
    if (typeof socket.destroySoon === "function") socket.destroySoon();
    else socket.end();
  } else if (request.writableFinished && !this.aborted) {
    keptAlive(request);
  }
}

function onRequestFinish() {
  if (this.shouldKeepAlive && this._ended) keptAlive(this);
}

// The connection is the agent's again.
function keptAlive(request) {
  const { socket } = request;
  if (request.timeoutCb) {
    socket.setTimeout(0, request.timeoutCb);
    request.timeoutCb = null;
  }
  socket.removeListener("timeout", emitResponseTimeout);
  socket.removeListener("drain", onSocketDrain);
  socket.removeListener("close", onSocketClose);
  socket.removeListener("error", onSocketError);
  socket.removeListener("data", onSocketData);
  socket.removeListener("end", onSocketEnd);
  request.destroyed = true;
  nextTick(emitFree, [request]);
}

function emitFree(request) {
  request._closed = true;
  request.emit("close");
  request.socket?.emit("free");
}

function onSocketDrain() {
  const request = this._httpMessage;
  if (request && !request.finished) emitDrain(request);
}

// ---- Timeouts --------------------------------------------------------------------------------

function emitRequestTimeout() {
  const request = this._httpMessage;
  if (request) request.emit("timeout");
}

function emitResponseTimeout() {
  const response = this._httpMessage?.res;
  if (response) response.emit("timeout");
}

/** From now on the socket's timeout is the request's. */
function listenSocketTimeout(request) {
  if (request.timeoutCb) return;
  request.timeoutCb = emitRequestTimeout;
  if (request.socket) {
    request.socket.once("timeout", emitRequestTimeout);
  } else {
    request.on("socket", (socket) => socket.once("timeout", emitRequestTimeout));
  }
}

module.exports = { takeSocket, listenSocketTimeout };
