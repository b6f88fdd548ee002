// server.listen() in all its forms: a port, a name, a path, a descriptor, another's handle.
"use strict";

const { nextTick } = require("runtime/event-loop");
const handles = require("node/net/handles");
const errors = require("node/errors");
const codes = require("node/error-codes");
const socketErrors = require("node/net/errors");
const { isIP } = require("node/net/families");
const { normalizeArgs, isPipeName, toNumber } = require("node/net/arguments");
const { startListening } = require("node/net/server");
const { Boolean, JSON } = globalThis;

const BACKLOG = 511;
const FAMILY_UNSUPPORTED = -97;
const ADDRESS_UNAVAILABLE = -99;
const BACKLOG_MAX = 2147483647;

const MODE_READABLE = 0o444;
const MODE_WRITABLE = 0o222;

function listen(server, given) {
  const [options, callback] = normalizeArgs(given);
  if (server._handle !== null) throw codes.ERR_SERVER_ALREADY_LISTEN();
  if (callback !== null) server.once("listening", callback);
  const backlog = toNumber(given.length > 1 && given[1]) || toNumber(given.length > 2 && given[2]);
  const own = options._handle ?? options.handle;
  if (own instanceof handles.Handle) {
    listenOnHandle(server, own, backlog);
    return server;
  }
  closeOnAbort(server, options);
  if (typeof options.fd === "number" && options.fd >= 0) {
    listenOnDescriptor(server, options.fd, backlogOf(options, backlog));
    return server;
  }
  checkNoPort(given, options);
  if (typeof options.port === "number" || typeof options.port === "string") {
    listenOnPort(server, options, backlogOf(options, backlog));
    return server;
  }
  if (options.path && isPipeName(options.path)) {
    listenOnPath(server, options, backlogOf(options, backlog));
    return server;
  }
  throw invalidOptions(given, options);
}

// Without a port, and where nothing else is said, any port will do.
function checkNoPort(given, options) {
  const isAbsent = given.length === 0 || typeof given[0] === "function" ||
    (options.port === undefined && "port" in options) || options.port === null;
  if (isAbsent) options.port = 0;
}

function invalidOptions(given, options) {
  if (!("port" in options || "path" in options)) {
    const text = "The argument 'options' must have the property \"port\" or \"path\". Received ";
    const shown = JSON.stringify(options);
    return errors.makeError("TypeError", "ERR_INVALID_ARG_VALUE", `${text}${shown}`);
  }
  return errors.ERR_INVALID_ARG_VALUE("options", options);
}

function backlogOf(options, backlog) {
  const asked = options.backlog || backlog || BACKLOG;
  return asked > 0 && asked <= BACKLOG_MAX ? asked : BACKLOG;
}

function closeOnAbort(server, { signal }) {
  if (signal === undefined) return;
  errors.validateAbortSignal(signal, "options.signal");
  const onAbort = () => server.close();
  if (signal.aborted) {
    nextTick(onAbort);
    return;
  }
  signal.addEventListener("abort", onAbort);
  server.once("close", () => signal.removeEventListener("abort", onAbort));
}

function fail(server, error) {
  nextTick(() => server.emit("error", error));
}

// A cluster's workers ask the primary for their listeners.
function isClusterWorker(options) {
  const cluster = require("runtime/prelude").loadedModule("node/cluster");
  return cluster !== undefined && cluster.isWorker && !options.exclusive;
}

const INVALID = -22;

// ---- Handles and descriptors -----------------------------------------------------------------

function listenOnHandle(server, handle, backlog) {
  const errno = handle.listenOn(backlog || BACKLOG);
  if (errno !== 0) fail(server, socketErrors.errnoError(errno, "listen"));
  else startListening(server, handle);
}

function listenOnDescriptor(server, fd, backlog) {
  const Class = handles.kindOf(fd) === "TCP" ? handles.TCP : handles.Pipe;
  const handle = handles.adopt(fd, Class);
  const errno = typeof handle === "number" ? handle : handle.listenOn(backlog);
  if (errno !== 0) {
    if (typeof handle !== "number") handle.giveUp();
    // As in Bun, whatever it is.
    fail(server, socketErrors.listenError(INVALID, "::", undefined));
    return;
  }
  startListening(server, handle);
}

// ---- Addresses -------------------------------------------------------------------------------

function listenOnPort(server, options, backlog) {
  const port = errors.validatePort(options.port, "options.port") | 0;
  const { host } = options;
  if (!host) {
    bindPort(server, { address: null, port, family: 6 }, backlog, options);
    return;
  }
  const family = isIP(host);
  if (family !== 0) {
    bindPort(server, { address: host, port, family }, backlog, options);
    return;
  }
  const listeningId = ++server._listeningId;
  require("node/dns").lookup(host, (error, address, addressFamily) => {
    if (listeningId !== server._listeningId) return;
    if (error) {
      server.emit("error", error);
      return;
    }
    bindPort(server, { address, port, family: addressFamily || 4 }, backlog, options);
  });
}

function openListener(address, port, backlog, { reusePort, ipv6Only }) {
  return handles.TCP.listen(address, port, backlog, Boolean(reusePort), Boolean(ipv6Only));
}

function bindPort(server, { address, port, family }, backlog, options) {
  if (isClusterWorker(options)) {
    require("node/cluster")._getServer(
      server, { address, port, addressType: family, fd: undefined, flags: 0, backlog },
      (error, handle) => {
        if (error) fail(server, socketErrors.hostPortError(error, "bind", address, port));
        else startListening(server, handle);
      });
    return;
  }
  let handle;
  if (address === null) {
    handle = openListener("::", port, backlog, options);
    if (handle === FAMILY_UNSUPPORTED || handle === ADDRESS_UNAVAILABLE) {
      handle = openListener("0.0.0.0", port, backlog, options);
    }
  } else {
    handle = openListener(address, port, backlog, options);
  }
  if (typeof handle === "number") {
    fail(server, socketErrors.listenError(handle, address ?? "::", port));
    return;
  }
  server._connectionKey = `${family}:${address ?? "::"}:${port}`;
  startListening(server, handle);
}

// ---- Paths -----------------------------------------------------------------------------------

function checkModes(options) {
  const { path, readableAll, writableAll } = options;
  if (!path.startsWith("\0") || !(readableAll || writableAll)) return;
  const reason =
    "can not set readableAll or writableAll to true when path is abstract unix socket";
  throw errors.ERR_INVALID_ARG_VALUE("options", options, reason);
}

function listenOnPath(server, options, backlog) {
  checkModes(options);
  const { path } = options;
  const handle = handles.Pipe.listen(path, backlog);
  if (typeof handle === "number") {
    fail(server, socketErrors.listenPathError(handle, path));
    return;
  }
  server._pipeName = path;
  const readable = options.readableAll ? MODE_READABLE : 0;
  const more = readable | (options.writableAll ? MODE_WRITABLE : 0);
  if (more !== 0) {
    const fs = require("node/fs");
    fs.chmodSync(path, (fs.statSync(path).mode & 0o777) | more);
  }
  startListening(server, handle);
}

module.exports = { listen };
