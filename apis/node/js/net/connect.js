// Connecting: to a path, to an address, or to a name, whose addresses are tried one after the
// other, each with a head start (RFC 8305 section 5).
"use strict";

const { nextTick } = require("runtime/event-loop");
const { setTimeout, clearTimeout } = require("runtime/timers");
const handles = require("node/net/handles");
const errors = require("node/errors");
const codes = require("node/error-codes");
const socketErrors = require("node/net/errors");
const families = require("node/net/families");
const { SECURE, Socket, attach, applySettings, destroyWith } = require("node/net/socket");
const { Map, Math, Object, Symbol } = globalThis;

const ANY = { 4: "0.0.0.0", 6: "::" };
const TIMED_OUT = -110;
const CANCELLED = -125;

// ---- Arguments -------------------------------------------------------------------------------

/** What socket.connect() does. */
function connect(socket, options, callback) {
  if (socket._parent?.connecting) return socket;
  if (socket.write !== Socket.prototype.write) socket.write = Socket.prototype.write;
  if (socket.destroyed) {
    socket._handle = null;
    socket._peername = null;
    socket._sockname = null;
  }
  const { path } = options;
  if (options.port === undefined && (path === undefined || path === null)) {
    throw errors.ERR_MISSING_ARGS(["options", "port", "path"]);
  }
  if (path) errors.validateString(path, "options.path");
  const plan = path ? undefined : planOf(options);
  if (callback !== null) socket.once("connect", callback);
  if (socket.destroyed || socket._handle === null) socket._undestroy();
  socket._sockname = null;
  socket.connecting = true;
  if (path) {
    connectPath(socket, path);
  } else {
    if (socket._handle === null) attach(socket, handles.TCP.detached());
    lookUp(socket, options, plan);
  }
  return socket;
}

function checkPort(port) {
  if (port === undefined) return;
  if (typeof port !== "number" && typeof port !== "string") {
    throw errors.ERR_INVALID_ARG_TYPE("options.port", ["number", "string"], port);
  }
  errors.validatePort(port);
}

// The checked options of a connection to an address or a name.
function planOf(options) {
  const { localAddress, localPort } = options;
  const host = options.host || "localhost";
  errors.validateString(host, "options.host");
  if (localAddress && !families.isIP(localAddress)) {
    throw codes.ERR_INVALID_IP_ADDRESS(localAddress);
  }
  if (localPort) errors.validateNumber(localPort, "options.localPort");
  checkPort(options.port);
  let { autoSelectFamily, autoSelectFamilyAttemptTimeout: timeoutMs } = options;
  if (autoSelectFamily == null) autoSelectFamily = families.getDefaultAutoSelectFamily();
  else errors.validateBoolean(autoSelectFamily, "options.autoSelectFamily");
  if (timeoutMs == null) {
    timeoutMs = families.getDefaultAutoSelectFamilyAttemptTimeout();
  } else {
    errors.validateInt32(timeoutMs, "options.autoSelectFamilyAttemptTimeout", 1);
    timeoutMs = Math.max(timeoutMs, families.ATTEMPT_TIMEOUT_MIN_MS);
  }
  if (options.lookup != null) errors.validateFunction(options.lookup, "options.lookup");
  const port = options.port | 0;
  return { host, port, localAddress, localPort, autoSelectFamily, timeoutMs };
}

// ---- Looking names up ------------------------------------------------------------------------

const DNS_FAMILIES = { IPv4: 4, IPv6: 6 };

function lookUp(socket, options, plan) {
  socket._host = plan.host;
  socket._port = plan.port;
  const family = families.isIP(plan.host);
  if (family !== 0) {
    nextTick(() => {
      if (socket.connecting) connectTo(socket, plan, { address: plan.host, family });
    });
    return;
  }
  const dnsOptions = {
    family: DNS_FAMILIES[options.family] ?? options.family,
    hints: options.hints || 0,
  };
  const isFixed = dnsOptions.family === 4 || dnsOptions.family === 6;
  const dns = require("node/dns");
  if (!isFixed && dnsOptions.hints === 0) dnsOptions.hints = dns.ADDRCONFIG;
  const lookup = options.lookup || dns.lookup;
  if (!isFixed && !plan.localAddress && plan.autoSelectFamily) {
    dnsOptions.all = true;
    lookup(plan.host, dnsOptions, (error, found) => {
      if (socket.connecting) foundAll(socket, options, plan, error, found);
    });
    return;
  }
  lookup(plan.host, dnsOptions, (error, address, addressFamily) => {
    socket.emit("lookup", error, address, addressFamily, plan.host);
    if (!socket.connecting) return;
    const failure = error || addressError(options, address, addressFamily);
    if (failure) {
      nextTick(destroyWith, [socket, failure]);
      return;
    }
    socket._unrefTimer();
    connectTo(socket, plan, { address, family: addressFamily });
  });
}

function addressError(options, address, family) {
  if (typeof address !== "string" || !families.isIP(address)) {
    return codes.ERR_INVALID_IP_ADDRESS(address);
  }
  if (family === 4 || family === 6) return undefined;
  const { host, port } = options;
  return Object.assign(codes.ERR_INVALID_ADDRESS_FAMILY(family, host, port), { host, port });
}

function foundAll(socket, options, plan, error, found) {
  if (error) {
    socket.emit("lookup", error, undefined, undefined, plan.host);
    nextTick(destroyWith, [socket, error]);
    return;
  }
  const usable = new Map();
  for (const { address, family } of found) {
    socket.emit("lookup", error, address, family, plan.host);
    if (!socket.connecting) return;
    if (!families.isIP(address) || (family !== 4 && family !== 6)) continue;
    if (!usable.has(address)) usable.set(address, { address, family });
  }
  if (usable.size === 0) {
    const [first] = found;
    const failure = addressError(options, first.address, first.family);
    if (failure) nextTick(destroyWith, [socket, failure]);
    return;
  }
  const targets = alternate([...usable.values()]);
  socket._unrefTimer();
  if (targets.length === 1) connectTo(socket, plan, targets[0]);
  else new Attempts(socket, plan, targets).next();
}

// The addresses with families taking turns, that of the first one first.
function alternate(targets) {
  const { family } = targets[0];
  const same = targets.filter((target) => target.family === family);
  const other = targets.filter((target) => target.family !== family);
  const result = [];
  for (let index = 0; index < Math.max(same.length, other.length); index++) {
    if (index < same.length) result.push(same[index]);
    if (index < other.length) result.push(other[index]);
  }
  return result;
}

// ---- One address -----------------------------------------------------------------------------

// What a handle connects to, for its error.
const REQUEST = Symbol("request");

function connectPath(socket, path) {
  socket.emit("connectionAttempt", path, undefined, undefined);
  if (socket._handle !== null) {
    socket._handle.close();
    socket._handle = null;
  }
  const handle = handles.Pipe.connect(path);
  if (typeof handle === "number") {
    const error = socketErrors.hostPortError(handle, "connect", path, undefined);
    nextTick(failed, [socket, { address: path }, error]);
    return;
  }
  attach(socket, handle);
  nextTick(() => {
    if (socket._handle === handle && socket.connecting) established(socket);
  });
}

function failed(socket, { address, port, family }, error) {
  if (socket.destroyed) return;
  socket.connecting = false;
  socket.emit("connectionAttemptFailed", address, port, family, error);
  socket.destroy(error);
}

// A handle on its way to the target, or the error of why there is none.
function begin(socket, plan, { address, family }) {
  const { port } = plan;
  const handle = socket._handle ?? handles.TCP.detached();
  const opened = handle.open(family);
  if (opened !== 0) return socketErrors.hostPortError(opened, "connect", address, port);
  attach(socket, handle);
  const localPort = plan.localPort;
  const localAddress = plan.localAddress || (localPort ? ANY[family] : undefined);
  if (localAddress) {
    const errno = handle.bind(localAddress, localPort || 0);
    if (errno !== 0) {
      return socketErrors.hostPortError(errno, "bind", localAddress, localPort);
    }
  }
  handle[REQUEST] = { address, port, family, localAddress, localPort, attempts: undefined };
  const errno = handle.connect(address, port);
  return errno === 0 ? handle : socketErrors.hostPortError(errno, "connect", address, port);
}

function isBlocked(socket, { address, family }) {
  return socket.blockList?.check(address, `ipv${family}`) === true;
}

function connectTo(socket, plan, target) {
  socket.emit("connectionAttempt", target.address, plan.port, target.family);
  if (!socket.connecting) return;
  if (isBlocked(socket, target)) {
    socket.destroy(codes.ERR_IP_BLOCKED(target.address));
    return;
  }
  const begun = begin(socket, plan, target);
  if (begun instanceof Error) socket.destroy(begun);
}

function requestError(request, errno) {
  const { address, port, localAddress, localPort } = request;
  const error = socketErrors.hostPortError(errno, "connect", address, port);
  if (!localAddress || !localPort) return error;
  error.message += ` - Local (${localAddress}:${localPort})`;
  error.localAddress = localAddress;
  error.localPort = localPort;
  return error;
}

/** A handle has connected, or not. */
function connected(handle, errno) {
  const request = handle[REQUEST];
  const socket = handle.owner;
  if (request.attempts !== undefined) {
    request.attempts.ended(handle, errno);
  } else if (!socket.destroyed) {
    if (errno === 0) established(socket);
    else failed(socket, { ...request }, requestError(request, errno));
  }
}

function established(socket) {
  socket.connecting = false;
  socket._sockname = null;
  socket._unrefTimer();
  applySettings(socket);
  if (socket[SECURE] !== undefined) socket[SECURE]();
  socket.emit("connect");
  socket.emit("ready");
  if (socket._handle !== null && !socket.isPaused()) socket.read(0);
}

// ---- Several addresses -----------------------------------------------------------------------

class Attempts {
  #socket;
  #plan;
  #targets;
  #current = 0;
  #failures = [];
  #timer = null;

  constructor(socket, plan, targets) {
    this.#socket = socket;
    this.#plan = plan;
    this.#targets = targets;
    socket.autoSelectFamilyAttemptedAddresses = [];
  }

  next(isCancelled = false) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (isCancelled || this.#current === this.#targets.length) {
      const failures = this.#failures;
      const error = failures.length === 0
        ? codes.ERR_SOCKET_CONNECTION_TIMEOUT()
        : socketErrors.aggregateError(failures);
      socket.destroy(error);
      return;
    }
    const target = this.#targets[this.#current++];
    const { port } = this.#plan;
    if (socket._handle !== null) {
      socket._handle.close();
      socket._handle = null;
    }
    if (isBlocked(socket, target)) {
      this.#failed(target, codes.ERR_IP_BLOCKED(target.address));
      return;
    }
    socket.emit("connectionAttempt", target.address, port, target.family);
    socket.autoSelectFamilyAttemptedAddresses.push(`${target.address}:${port}`);
    const begun = begin(socket, this.#plan, target);
    if (begun instanceof Error) {
      this.#failed(target, begun);
      return;
    }
    begun[REQUEST].attempts = this;
    if (this.#current < this.#targets.length) {
      this.#timer = setTimeout(() => this.#timedOut(begun), this.#plan.timeoutMs).unref();
    }
  }

  #failed({ address, family }, error) {
    this.#failures.push(error);
    this.#socket.emit("connectionAttemptFailed", address, this.#plan.port, family, error);
    if (this.#socket.connecting) this.next();
  }

  #timedOut(handle) {
    const request = handle[REQUEST];
    const { address, port, family } = request;
    this.#socket.emit("connectionAttemptTimeout", address, port, family);
    this.#failures.push(requestError(request, TIMED_OUT));
    handle.close();
    if (this.#socket._handle === handle) this.#socket._handle = null;
    if (this.#socket.connecting) this.next();
  }

  ended(handle, errno) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (socket._handle !== handle) {
      handle.close();
    } else if (errno === 0) {
      if (!socket.destroyed) established(socket);
    } else {
      const request = handle[REQUEST];
      const error = requestError(request, errno);
      this.#failures.push(error);
      const { address, port, family } = request;
      socket.emit("connectionAttemptFailed", address, port, family, error);
      if (socket.connecting) this.next(errno === CANCELLED);
    }
  }
}

module.exports = { connect, connected };
