// Agent: keeps connections for requests to the same place, and makes no more than it may.
//
// A socket is in `sockets` while it serves a request and in `freeSockets` while it waits for one;
// `requests` wait for a socket. All are lists by the name of a place.
"use strict";

const { EventEmitter } = require("node/events-core");
const errors = require("node/errors");
const asyncContext = require("runtime/async-context");
const { Number, Object, Symbol } = globalThis;

const KEYLOG = Symbol("onkeylog");
const OPTIONS = Symbol("requestOptions");
const CONTEXT = Symbol("requestAsyncResource");

const KEEP_ALIVE_MS = 1000;
const FREE_SOCKETS_MAX = 256;
const TIMEOUT_BUFFER_MS = 1000;
const SOCKET_TIMEOUT_MS = 5000;

function onFreeSocketError() {
  this.destroy();
  this.emit("agentRemove");
}

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  EventEmitter.call(this);
  this.options = { __proto__: null, ...options };
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  // Lest a connection be taken for one to a path.
  this.options.path = null;
  this.defaultPort = this.options.defaultPort || 80;
  this.protocol = this.options.protocol || "http:";
  this.requests = { __proto__: null };
  this.sockets = { __proto__: null };
  this.freeSockets = { __proto__: null };
  this.keepAliveMsecs = this.options.keepAliveMsecs || KEEP_ALIVE_MS;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
  this.maxFreeSockets = this.options.maxFreeSockets || FREE_SOCKETS_MAX;
  this.scheduling = this.options.scheduling || "lifo";
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  const { agentKeepAliveTimeoutBuffer: buffer } = this.options;
  const isBuffer = typeof buffer === "number" && buffer >= 0 && Number.isFinite(buffer);
  this.agentKeepAliveTimeoutBuffer = isBuffer ? buffer : TIMEOUT_BUFFER_MS;
  errors.validateOneOf(this.scheduling, "scheduling", ["fifo", "lifo"]);
  if (this.maxTotalSockets === undefined) this.maxTotalSockets = Infinity;
  else errors.validateNumber(this.maxTotalSockets, "maxTotalSockets", 1);
  this.on("free", (socket, given) => freed(this, socket, given));
  this.on("newListener", maybeEnableKeylog);
}
Object.setPrototypeOf(Agent.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

function maybeEnableKeylog(eventName) {
  if (eventName !== "keylog") return;
  this.removeListener("newListener", maybeEnableKeylog);
  const agent = this;
  this[KEYLOG] = function onkeylog(keylog) { agent.emit("keylog", keylog, this); };
  for (const sockets of Object.values(this.sockets)) {
    for (const socket of sockets) socket.on("keylog", this[KEYLOG]);
  }
}

function removeFrom(lists, name, item) {
  const list = lists[name];
  const index = list === undefined ? -1 : list.indexOf(item);
  if (index < 0) return;
  list.splice(index, 1);
  if (list.length === 0) delete lists[name];
}

// ---- Sockets that have become free -----------------------------------------------------------

function freed(agent, socket, options) {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const name = agent.getName(options);
  const waiting = agent.requests[name];
  if (waiting !== undefined && waiting.length > 0) {
    const request = waiting.shift();
    if (waiting.length === 0) delete agent.requests[name];
    // The request's call-backs run in the context that made it.
    const saved = asyncContext.current;
    asyncContext.current = request[CONTEXT];
    try {
      giveSocket(agent, request, socket);
    } finally {
      asyncContext.current = saved;
    }
    return;
  }
  if (!keeps(agent, socket, name)) {
    socket.destroy();
    return;
  }
  agent.freeSockets[name] ??= [];
  socket._httpMessage = null;
  agent.removeSocket(socket, options);
  socket.once("error", onFreeSocketError);
  agent.freeSockets[name] ??= [];
  agent.freeSockets[name].push(socket);
}

// Whether a socket may wait for another request.
function keeps(agent, socket, name) {
  const request = socket._httpMessage;
  if (!request || !request.shouldKeepAlive || !agent.keepAlive) return false;
  const freeCount = agent.freeSockets[name]?.length ?? 0;
  const count = freeCount + (agent.sockets[name]?.length ?? 0);
  if (agent.totalSocketCount > agent.maxTotalSockets || count > agent.maxSockets) return false;
  return freeCount < agent.maxFreeSockets && agent.keepSocketAlive(socket);
}

function giveSocket(agent, request, socket) {
  request.onSocket(socket);
  const agentTimeout = agent.options.timeout || 0;
  if (request.timeout === undefined || request.timeout === agentTimeout) return;
  socket.setTimeout(request.timeout);
}

// ---- New sockets -----------------------------------------------------------------------------

function serverName(options, request) {
  let name = options.host;
  const host = request.getHeader("host");
  if (host) {
    errors.validateString(host, "options.headers.host");
    if (host.startsWith("[")) {
      const end = host.indexOf("]");
      name = end < 0 ? host : host.slice(1, end);
    } else {
      [name] = host.split(":", 1);
    }
  }
  return require("node/net/families").isIP(name) ? "" : name;
}

function installListeners(agent, socket, options) {
  function onFree() {
    agent.emit("free", socket, options);
  }
  function onClose() {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
  }
  function onTimeout() {
    const isFree = Object.values(agent.freeSockets).some((list) => list.includes(socket));
    if (isFree) socket.destroy();
  }
  function onRemove() {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
    socket.removeListener("close", onClose);
    socket.removeListener("free", onFree);
    socket.removeListener("timeout", onTimeout);
    socket.removeListener("agentRemove", onRemove);
  }
  socket.on("free", onFree);
  socket.on("close", onClose);
  socket.on("timeout", onTimeout);
  socket.on("agentRemove", onRemove);
  if (agent[KEYLOG]) socket.on("keylog", agent[KEYLOG]);
}

function once(callback) {
  let called = false;
  return (...parameters) => {
    if (called) return;
    called = true;
    callback(...parameters);
  };
}

const methods = {
  createConnection(...given) {
    return require("node/net").createConnection(...given);
  },
  getName(options = {}) {
    let name = `${options.host || "localhost"}:`;
    if (options.port) name += options.port;
    name += ":";
    if (options.localAddress) name += options.localAddress;
    if (options.family === 4 || options.family === 6) name += `:${options.family}`;
    if (options.socketPath) name += `:${options.socketPath}`;
    return name;
  },
  addRequest(request, given, port, localAddress) {
    // The older form: addRequest(request, host, port, localAddress).
    const asked = typeof given === "string" ? { __proto__: null, host: given, port, localAddress }
      : given;
    const options = { __proto__: null, ...asked, ...this.options };
    if (options.socketPath) options.path = options.socketPath;
    setServerName(options, request);
    const name = this.getName(options);
    this.sockets[name] ??= [];
    const socket = takeFree(this, name);
    if (socket !== undefined) {
      this.reuseSocket(socket, request);
      giveSocket(this, request, socket);
      this.sockets[name].push(socket);
      return;
    }
    const count = this.sockets[name].length + (this.freeSockets[name]?.length ?? 0);
    if (count < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
      this.createSocket(request, options, (error, made) => {
        if (error) request.onSocket(null, error);
        else giveSocket(this, request, made);
      });
      return;
    }
    request[OPTIONS] = options;
    request[CONTEXT] = asyncContext.current;
    (this.requests[name] ??= []).push(request);
  },
  createSocket(request, given, callback) {
    const options = { __proto__: null, ...given, ...this.options };
    if (options.socketPath) options.path = options.socketPath;
    setServerName(options, request);
    const timeout = request.timeout || this.options.timeout || undefined;
    if (timeout) options.timeout = timeout;
    const name = this.getName(options);
    options._agentKey = name;
    options.encoding = null;
    const created = once((error, socket) => {
      if (error) {
        callback(error);
        return;
      }
      (this.sockets[name] ??= []).push(socket);
      this.totalSocketCount++;
      installListeners(this, socket, options);
      callback(null, socket);
    });
    if (this.keepAlive) {
      options.keepAlive = this.keepAlive;
      options.keepAliveInitialDelay = this.keepAliveMsecs;
    }
    const socket = this.createConnection(options, created);
    if (socket) created(null, socket);
  },
  removeSocket(socket, given) {
    const name = this.getName(given);
    removeFrom(this.sockets, name, socket);
    if (!socket.writable) removeFrom(this.freeSockets, name, socket);
    let request = this.requests[name]?.[0];
    let options = given;
    if (request === undefined) {
      const other = Object.keys(this.requests)[0];
      if (other === undefined || this.sockets[other]?.length > 0) return;
      [request] = this.requests[other];
      options = request[OPTIONS];
    }
    if (!request || !options) return;
    if (this.sockets[name]?.length >= this.maxSockets) return;
    request[OPTIONS] = undefined;
    this.createSocket(request, options, (error, made) => {
      if (error) request.onSocket(null, error);
      else made.emit("free");
    });
  },
  keepSocketAlive(socket) {
    socket.setKeepAlive(true, this.keepAliveMsecs);
    socket.unref();
    let timeout = this.options.timeout || 0;
    const hint = socket._httpMessage?.res?.headers["keep-alive"];
    const seconds = hint ? /^timeout=(\d+)/.exec(hint)?.[1] : undefined;
    if (seconds !== undefined) {
      // Before the server's own timeout, lest a request meet a connection that ends.
      const left = Number.parseInt(seconds, 10) * 1000 - this.agentKeepAliveTimeoutBuffer;
      if (left <= 0) return false;
      if (timeout === 0 || left < timeout) timeout = left;
    }
    if (socket.timeout !== timeout) socket.setTimeout(timeout);
    return true;
  },
  reuseSocket(socket, request) {
    socket.removeListener("error", onFreeSocketError);
    request.reusedSocket = true;
    socket.ref();
  },
  destroy() {
    for (const lists of [this.freeSockets, this.sockets]) {
      for (const name of Object.keys(lists)) {
        for (const socket of lists[name].slice()) socket.destroy();
      }
    }
  },
};

function setServerName(options, request) {
  if (!options.servername && options.servername !== "") {
    options.servername = serverName(options, request);
  }
}

// A socket that waits for a request, and is still good.
function takeFree(agent, name) {
  const waiting = agent.freeSockets[name];
  if (waiting === undefined) return undefined;
  while (waiting.length > 0 && waiting[0].destroyed) waiting.shift();
  const socket = agent.scheduling === "fifo" ? waiting.shift() : waiting.pop();
  if (waiting.length === 0) delete agent.freeSockets[name];
  return socket;
}

for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Agent.prototype, name, {
    value, writable: true, enumerable: true, configurable: true,
  });
}

const globalAgent =
  new Agent({ keepAlive: true, scheduling: "lifo", timeout: SOCKET_TIMEOUT_MS });

module.exports = { Agent, globalAgent, shouldUseEnvProxy: () => false };
