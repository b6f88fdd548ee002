// node:net.
"use strict";

const families = require("node/net/families");
const { Socket } = require("node/net/socket");
const { Server } = require("node/net/server");
const { normalizeArgs } = require("node/net/arguments");
const { Object } = globalThis;

function createServer(options, connectionListener) {
  return new Server(options, connectionListener);
}

function createConnection(...given) {
  const normalized = normalizeArgs(given);
  const [options] = normalized;
  const socket = new Socket(options);
  if (options.timeout) socket.setTimeout(options.timeout);
  return socket.connect(normalized);
}

let hasWarned = false;

function _setSimultaneousAccepts() {
  if (hasWarned) return;
  hasWarned = true;
  globalThis.process.emitWarning(
    "net._setSimultaneousAccepts() is deprecated and will be removed.",
    "DeprecationWarning", "DEP0121");
}

module.exports = {
  createServer,
  Server,
  createConnection,
  connect: createConnection,
  isIP: families.isIP,
  isIPv4: families.isIPv4,
  isIPv6: families.isIPv6,
  Socket,
  _normalizeArgs: normalizeArgs,
  _setSimultaneousAccepts,
  getDefaultAutoSelectFamily: families.getDefaultAutoSelectFamily,
  setDefaultAutoSelectFamily: families.setDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout: families.getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout: families.setDefaultAutoSelectFamilyAttemptTimeout,
};

function lazily(name, from) {
  Object.defineProperty(module.exports, name, {
    configurable: true, enumerable: true, get() { return require(from)[name]; },
  });
}
lazily("BlockList", "node/net/block-list");
lazily("SocketAddress", "node/net/socket-address");
module.exports.Stream = Socket;
