// The sockets sessions and requests show: what would disturb the protocol is refused, timeouts
// are the session's, and the rest is the real socket's.
"use strict";

const http2Errors = require("node/http2/errors");
const { Proxy, Reflect, Set } = globalThis;
const { SOCKET } = require("node/http2/session");

const REFUSED = new Set([
  "destroy", "emit", "end", "pause", "read", "resume", "write", "setEncoding", "setKeepAlive",
  "setNoDelay",
]);
const OF_SESSION = new Set(["setTimeout", "ref", "unref"]);

function bound(target, name) {
  const value = target[name];
  return typeof value === "function" ? value.bind(target) : value;
}

function realSocket(session) {
  const socket = session[SOCKET];
  if (socket === undefined) throw http2Errors.ERR_HTTP2_SOCKET_UNBOUND();
  return socket;
}

const sessionHandler = {
  get(session, name) {
    if (OF_SESSION.has(name)) return bound(session, name);
    if (REFUSED.has(name)) throw http2Errors.ERR_HTTP2_NO_SOCKET_MANIPULATION();
    return bound(realSocket(session), name);
  },
  has(session, name) { return name in realSocket(session); },
  getPrototypeOf(session) { return Reflect.getPrototypeOf(realSocket(session)); },
  set(session, name, value) {
    if (REFUSED.has(name)) throw http2Errors.ERR_HTTP2_NO_SOCKET_MANIPULATION();
    const target = OF_SESSION.has(name) ? session : realSocket(session);
    target[name] = value;
    return true;
  },
};

/** What `session.socket` is. */
function sessionSocket(session) {
  return new Proxy(session, sessionHandler);
}

const OF_STREAM = new Set(["on", "once", "end", "emit", "destroy", "writable", "destroyed"]);
const REFUSED_COMPAT = new Set(["write", "read", "pause", "resume"]);

const real = (stream) => stream.session?.[SOCKET] ?? stream;

const streamHandler = {
  has(stream, name) { return name in stream || name in real(stream); },
  get(stream, name) {
    if (OF_STREAM.has(name)) return bound(stream, name);
    if (name === "readable") return !stream.destroyed && stream.readable;
    if (name === "setTimeout") return bound(stream.session ?? stream, name);
    if (REFUSED_COMPAT.has(name)) throw http2Errors.ERR_HTTP2_NO_SOCKET_MANIPULATION();
    return bound(real(stream), name);
  },
  getPrototypeOf(stream) { return Reflect.getPrototypeOf(real(stream)); },
  set(stream, name, value) {
    if (REFUSED_COMPAT.has(name)) throw http2Errors.ERR_HTTP2_NO_SOCKET_MANIPULATION();
    if (OF_STREAM.has(name) || name === "readable") stream[name] = value;
    else if (name === "setTimeout") (stream.session ?? stream)[name] = value;
    else real(stream)[name] = value;
    return true;
  },
};

/** What `request.socket` and `response.socket` are. */
function streamSocket(stream) {
  return new Proxy(stream, streamHandler);
}

module.exports = { sessionSocket, streamSocket };
