// node:https: node:http over node:tls.
"use strict";

const { Agent: HttpAgent } = require("node/http/agent");
const { ClientRequest } = require("node/http/client");
const { urlToHttpOptions } = require("node/url");
const { URL } = require("web/url");
const { Object, Reflect } = globalThis;

const SESSIONS_MAX = 100;

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  HttpAgent.call(this, { __proto__: null, ...options });
  this.defaultPort = this.options.defaultPort ?? 443;
  this.protocol = this.options.protocol ?? "https:";
  this.maxCachedSessions = this.options.maxCachedSessions ?? SESSIONS_MAX;
  this._sessionCache = { map: {}, list: [] };
}
Object.setPrototypeOf(Agent.prototype, HttpAgent.prototype);
Object.setPrototypeOf(Agent, HttpAgent);

// What else of a request's options tells one place from another.
const NAMED = [
  "ca", "cert", "clientCertEngine", "ciphers", "key", "pfx", "rejectUnauthorized", "servername",
  "minVersion", "maxVersion", "secureProtocol", "crl", "honorCipherOrder", "ecdhCurve", "dhparam",
  "secureOptions", "sessionIdContext", "sigalgs", "privateKeyIdentifier", "privateKeyEngine",
];

function partOf(options, name) {
  const value = options[name];
  if (name === "rejectUnauthorized" || name === "honorCipherOrder") {
    return value === undefined ? "" : value;
  }
  if (name === "servername") return value && value !== options.host ? value : "";
  return value ? value : "";
}

const methods = {
  getName(options = {}) {
    let name = HttpAgent.prototype.getName.call(this, options);
    for (const part of NAMED) name += `:${partOf(options, part)}`;
    return name;
  },
  createConnection(...given) {
    const { _normalizeArgs } = require("node/net");
    const [options, callback] = _normalizeArgs(given);
    const asked = { ...options };
    if (asked._agentKey && asked.session === undefined) {
      const session = this._getSession(asked._agentKey);
      if (session) asked.session = session;
    }
    const socket = require("node/tls").connect(asked, callback ?? undefined);
    if (asked._agentKey) {
      socket.on("session", (session) => this._cacheSession(asked._agentKey, session));
      socket.once("close", (hadError) => {
        if (hadError) this._evictSession(asked._agentKey);
      });
    }
    return socket;
  },
  _getSession(key) {
    return this._sessionCache.map[key];
  },
  _cacheSession(key, session) {
    const { map, list } = this._sessionCache;
    if (this.maxCachedSessions === 0) return;
    if (map[key] === undefined) {
      if (list.length >= this.maxCachedSessions) delete map[list.shift()];
      list.push(key);
    }
    map[key] = session;
  },
  _evictSession(key) {
    const { map, list } = this._sessionCache;
    const index = list.indexOf(key);
    if (index < 0) return;
    list.splice(index, 1);
    delete map[key];
  },
};
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Agent.prototype, name, {
    value, writable: true, enumerable: true, configurable: true,
  });
}

function request(...given) {
  let options = {};
  if (typeof given[0] === "string") options = urlToHttpOptions(new URL(given.shift()));
  else if (given[0] instanceof URL) options = urlToHttpOptions(given.shift());
  if (given[0] && typeof given[0] !== "function") Object.assign(options, given.shift());
  options._defaultAgent = module.exports.globalAgent;
  return Reflect.construct(ClientRequest, [options, ...given]);
}

function get(input, options, cb) {
  const made = request(input, options, cb);
  made.end();
  return made;
}

// ---- The server ------------------------------------------------------------------------------

let ServerClass;

// Loaded with the first server: it brings node:tls.
function serverClass() {
  if (ServerClass !== undefined) return ServerClass;
  const tls = require("node/tls");
  const { connectionListener } = require("node/http/connection");
  const { internals } = require("node/http/server");
  function Server(given, listener) {
    if (!(this instanceof Server)) return new Server(given, listener);
    const options = internals.optionsOf(given);
    options.ALPNProtocols ??= options.ALPNCallback ? undefined : ["http/1.1"];
    internals.storeHTTPOptions(this, options);
    tls.Server.call(this, { noDelay: true, ...options }, connectionListener);
    this.httpAllowHalfOpen = false;
    internals.initialize(this, options, typeof given === "function" ? given : listener);
    this.on("tlsClientError", (error, socket) => {
      if (!this.emit("clientError", error, socket)) socket.destroy(error);
    });
  }
  Object.setPrototypeOf(Server.prototype, tls.Server.prototype);
  Object.setPrototypeOf(Server, tls.Server);
  for (const name of Reflect.ownKeys(internals.methods)) {
    Object.defineProperty(Server.prototype, name, {
      value: internals.methods[name], writable: true, enumerable: true, configurable: true,
    });
  }
  return (ServerClass = Server);
}

module.exports = {
  Agent,
  globalAgent: new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 }),
  get Server() { return serverClass(); },
  createServer(options, callback) { return new (serverClass())(options, callback); },
  get,
  request,
};
