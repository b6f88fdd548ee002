// node:dgram: sockets of messages. A socket is bound when it is told to, or when it first sends;
// what is asked of it before waits until it is.
"use strict";

const { EventEmitter } = require("node/events-core");
const { nextTick } = require("runtime/event-loop");
const { Buffer } = require("node/buffer");
const handles = require("node/net/handles");
const errors = require("node/errors");
const codes = require("node/error-codes");
const socketErrors = require("node/net/errors");
const { isIP } = require("node/net/families");
const { Array, ArrayBuffer, Boolean, Object, Promise, Symbol } = globalThis;

const STATE = Symbol("state symbol");

const UNBOUND = 0;
const BINDING = 1;
const BOUND = 2;

const DISCONNECTED = 0;
const CONNECTING = 1;
const CONNECTED = 2;

const REUSE_ADDRESS = 1;
const REUSE_PORT = 2;
const IPV6_ONLY = 4;

const BAD_DESCRIPTOR = -9;
const INVALID = -22;

const SOURCES = ["string", "Buffer", "TypedArray", "DataView"];

// ---- Making ----------------------------------------------------------------------------------

class State {
  constructor(type, options) {
    this.handle = null;
    this.isClosed = false;
    this.isV6 = type === "udp6";
    this.receiving = false;
    this.bindState = UNBOUND;
    this.connectState = DISCONNECTED;
    this.queue = undefined;
    this.lookup = options?.lookup;
    this.reuseAddr = Boolean(options?.reuseAddr);
    this.reusePort = Boolean(options?.reusePort);
    this.ipv6Only = Boolean(options?.ipv6Only);
    this.recvBufferSize = options?.recvBufferSize;
    this.sendBufferSize = options?.sendBufferSize;
    this.receiveBlockList = options?.receiveBlockList;
    this.sendBlockList = options?.sendBlockList;
    this.unrefOnBind = false;
    this.queueBytes = 0;
    this.waiting = [];
  }

  get flags() {
    return (this.reuseAddr ? REUSE_ADDRESS : 0) | (this.reusePort ? REUSE_PORT : 0) |
      (this.ipv6Only ? IPV6_ONLY : 0);
  }

  /** Calls back with the address of a name, this machine's for none. */
  find(name, fallback, callback) {
    const lookup = this.lookup ?? require("node/dns").lookup;
    lookup(name || fallback, this.isV6 ? 6 : 4, callback);
  }
}

function Socket(given, listener) {
  EventEmitter.call(this);
  const options = given !== null && typeof given === "object" ? given : undefined;
  const type = options === undefined ? given : options.type;
  if (options?.lookup !== undefined) errors.validateFunction(options.lookup, "lookup");
  if (type !== "udp4" && type !== "udp6") throw codes.ERR_SOCKET_BAD_TYPE();
  checkSizes(options);
  this.type = type;
  this[STATE] = new State(type, options);
  if (typeof listener === "function") this.on("message", listener);
  if (options?.signal !== undefined) closeOnAbort(this, options.signal);
  tellOfSocket(this);
}
Object.setPrototypeOf(Socket.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Socket, EventEmitter);

// Whoever subscribed has loaded the channels.
function tellOfSocket(socket) {
  const { loadedModule } = require("runtime/prelude");
  const channel = loadedModule("node/diagnostics-channel")?.channel("udp.socket");
  if (channel?.hasSubscribers) channel.publish({ socket });
}

function checkSizes(options) {
  for (const name of ["recvBufferSize", "sendBufferSize"]) {
    if (options?.[name] !== undefined) errors.validateUint32(options[name], `options.${name}`);
  }
}

function closeOnAbort(socket, signal) {
  errors.validateAbortSignal(signal, "options.signal");
  const onAbort = () => {
    if (!socket[STATE].isClosed) socket.close();
  };
  if (signal.aborted) {
    onAbort();
    return;
  }
  signal.addEventListener("abort", onAbort);
  socket.once("close", () => signal.removeEventListener("abort", onAbort));
}

// ---- What comes ------------------------------------------------------------------------------

function message(handle, bytes, [address, family, port]) {
  const socket = handle.owner;
  if (socket === null) return;
  const state = socket[STATE];
  const blockList = state.receiveBlockList;
  if (blockList?.check(address, `ipv${family}`)) return;
  socket.emit("message", bytes, {
    address, family: family === 4 ? "IPv4" : "IPv6", port, size: bytes.length,
  });
}

function ended(handle, errno) {
  if (handle.owner === null) return;
  handle.owner.emit("error", socketErrors.errnoError(errno, "recvmsg"));
}

// All that waited for room is sent.
function sent(handle, errno) {
  if (handle.owner === null) return;
  const state = handle.owner[STATE];
  const { waiting } = state;
  state.waiting = [];
  for (const { callback, bytes } of waiting) {
    const error = errno === 0 ? null : socketErrors.errnoError(errno, "send");
    if (callback !== undefined) callback(error, errno === 0 ? bytes : undefined);
  }
}

const EVENTS = { connected() {}, accepted() {}, received() {}, message, ended, sent };

// ---- Binding ---------------------------------------------------------------------------------

function onceBound(socket, callback) {
  function remove() {
    socket.removeListener("error", remove);
    socket.removeListener("listening", onListening);
  }
  function onListening() {
    remove();
    callback.call(socket);
  }
  socket.on("error", remove);
  socket.on("listening", onListening);
}

function adoptDescriptor(socket, fd) {
  const kind = handles.kindOf(fd);
  if (kind !== "UDP") throw codes.ERR_INVALID_FD_TYPE(kind);
  const handle = handles.adopt(fd, handles.UDP);
  if (typeof handle === "number") throw socketErrors.errnoError(handle, "open");
  startReceiving(socket, handle);
}

function startReceiving(socket, handle) {
  const state = socket[STATE];
  state.handle = handle;
  handle.owner = socket;
  handle.events = EVENTS;
  handle.readStart();
  state.receiving = true;
  state.bindState = BOUND;
  if (state.unrefOnBind) handle.unref();
  if (state.recvBufferSize) socket.setRecvBufferSize(state.recvBufferSize);
  if (state.sendBufferSize) socket.setSendBufferSize(state.sendBufferSize);
  socket.emit("listening");
}

function bindFailed(socket, error) {
  socket[STATE].bindState = UNBOUND;
  socket.emit("error", error);
}

function bindTo(socket, ip, address, port) {
  const state = socket[STATE];
  const handle = handles.UDP.open(ip, port || 0, state.flags);
  if (typeof handle !== "number") {
    startReceiving(socket, handle);
    return;
  }
  bindFailed(socket, socketErrors.hostPortError(handle, "bind", ip, port || undefined));
}

function enqueue(socket, action) {
  const state = socket[STATE];
  if (state.queue === undefined) {
    state.queue = [];
    socket.once(EventEmitter.errorMonitor, onBindError);
    socket.once("listening", onBound);
  }
  state.queue.push(action);
}

function onBound() {
  this.removeListener(EventEmitter.errorMonitor, onBindError);
  const { queue } = this[STATE];
  this[STATE].queue = undefined;
  for (const action of queue) action();
}

function onBindError() {
  this.removeListener("listening", onBound);
  this[STATE].queue = undefined;
}

// ---- Sending ---------------------------------------------------------------------------------

function checkSource(source) {
  if (typeof source === "string") return Buffer.from(source);
  if (!ArrayBuffer.isView(source)) {
    throw errors.ERR_INVALID_ARG_TYPE("buffer", SOURCES, source);
  }
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength);
}

function slice(source, givenOffset, givenLength) {
  const bytes = checkSource(source);
  const offset = givenOffset >>> 0;
  const length = givenLength >>> 0;
  if (offset > bytes.length) throw codes.ERR_BUFFER_OUT_OF_BOUNDS("offset");
  if (offset + length > bytes.length) throw codes.ERR_BUFFER_OUT_OF_BOUNDS("length");
  return bytes.subarray(offset, offset + length);
}

function joined(source) {
  if (!Array.isArray(source)) return checkSource(source);
  const pieces = source.map((piece) => {
    if (typeof piece !== "string" && !ArrayBuffer.isView(piece)) {
      throw errors.ERR_INVALID_ARG_TYPE("buffer list arguments", SOURCES, source);
    }
    return checkSource(piece);
  });
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
}

// The arguments of send in all their forms: [bytes, port, address, callback].
function sendArguments(isConnected, [source, offset, length, port, address, callback]) {
  if (!isConnected) {
    if (address || (port && typeof port !== "function")) {
      return [slice(source, offset, length), port, address, callback];
    }
    return [joined(source), offset, length, port];
  }
  if (typeof length === "number") {
    const isCallback = typeof port === "function";
    if (!isCallback && (port || address)) throw codes.ERR_SOCKET_DGRAM_IS_CONNECTED();
    return [slice(source, offset, length), null, undefined, isCallback ? port : callback];
  }
  if (port || address) throw codes.ERR_SOCKET_DGRAM_IS_CONNECTED();
  return [joined(source), null, undefined, offset];
}

function failSend(socket, error, callback) {
  if (callback !== undefined) nextTick(callback, [error]);
  else nextTick(() => socket.emit("error", error));
}

function sendNow(socket, error, ip, { bytes, port, callback }) {
  const state = socket[STATE];
  if (error) {
    failSend(socket, error, callback);
    return;
  }
  if (state.handle === null) return;
  if (ip !== undefined && state.sendBlockList?.check(ip, `ipv${isIP(ip)}`)) {
    if (callback !== undefined) nextTick(callback, [codes.ERR_IP_BLOCKED(ip)]);
    return;
  }
  const outcome = state.handle.send(bytes, ip, port);
  if (outcome === 1) {
    state.waiting.push({ callback, bytes: bytes.length });
  } else if (callback !== undefined) {
    if (outcome === 0) nextTick(callback, [null, bytes.length]);
    else nextTick(callback, [socketErrors.hostPortError(outcome, "send", ip, port)]);
  }
}

// ---- Settings --------------------------------------------------------------------------------

function running(socket) {
  const { handle } = socket[STATE];
  if (handle === null) throw codes.ERR_SOCKET_DGRAM_NOT_RUNNING();
  return handle;
}

function check(errno, syscall) {
  if (errno < 0) throw socketErrors.errnoError(errno, syscall);
}

// The handle for a setting, whose absence is an error of the call.
function settable(socket, syscall) {
  const { handle } = socket[STATE];
  if (handle === null) throw socketErrors.errnoError(BAD_DESCRIPTOR, syscall);
  return handle;
}

// Whether there is a handle; before there is one, only addresses are looked at.
function handleForGroup(socket, syscall, ...addresses) {
  const { handle, isClosed } = socket[STATE];
  if (handle !== null) return handle;
  if (isClosed) throw codes.ERR_SOCKET_DGRAM_NOT_RUNNING();
  if (addresses.some((address) => isIP(address) === 0)) {
    throw socketErrors.errnoError(INVALID, syscall);
  }
  throw codes.ERR_SOCKET_DGRAM_NOT_RUNNING();
}

function changeMembership(socket, group, at, joins) {
  const syscall = joins ? "addMembership" : "dropMembership";
  if (!group) throw errors.ERR_MISSING_ARGS("multicastAddress");
  errors.validateString(group, "multicastAddress");
  if (at !== undefined) errors.validateString(at, "interfaceAddress");
  check(handleForGroup(socket, syscall, group).changeMembership(group, at, joins), syscall);
}

function changeSourceMembership(socket, source, group, at, joins) {
  const syscall = `${joins ? "add" : "drop"}SourceSpecificMembership`;
  errors.validateString(source, "sourceAddress");
  errors.validateString(group, "groupAddress");
  if (at !== undefined) errors.validateString(at, "interfaceAddress");
  const handle = handleForGroup(socket, syscall, source, group);
  check(handle.changeSourceMembership(source, group, at, joins), syscall);
}

function bufferSize(socket, isReceive, size) {
  if (size >>> 0 !== size) throw codes.ERR_SOCKET_BAD_BUFFER_SIZE();
  const { handle } = socket[STATE];
  const syscall = `uv_${isReceive ? "recv" : "send"}_buffer_size`;
  const told = handle === null ? BAD_DESCRIPTOR : handle.bufferSize(isReceive, size);
  if (told >= 0) return told;
  const { code, errno, message: text } = socketErrors.errnoError(told, syscall);
  const error = codes.ERR_SOCKET_BUFFER_SIZE(`Could not get or set buffer size: ${text}`);
  throw Object.assign(error, { info: { errno, code, message: text, syscall }, errno, syscall });
}

// ---- Methods ---------------------------------------------------------------------------------

const methods = {
  bind(givenPort, givenAddress, ...rest) {
    const state = this[STATE];
    if (state.isClosed) throw codes.ERR_SOCKET_DGRAM_NOT_RUNNING();
    if (state.bindState !== UNBOUND) throw codes.ERR_SOCKET_ALREADY_BOUND();
    state.bindState = BINDING;
    const last = rest.at(-1) ?? givenAddress ?? givenPort;
    if (typeof last === "function") onceBound(this, last);
    const options = givenPort !== null && typeof givenPort === "object" ? givenPort : undefined;
    if (options instanceof handles.UDP) {
      startReceiving(this, options);
      return this;
    }
    if (options !== undefined && options.fd > 0 && (options.fd | 0) === options.fd) {
      adoptDescriptor(this, options.fd);
      return this;
    }
    const port = options === undefined ? givenPort : options.port;
    const named = options === undefined ? givenAddress : options.address;
    const address = typeof named === "function" || !named ? (state.isV6 ? "::" : "0.0.0.0") : named;
    const number = typeof port === "function" ? 0 : port;
    state.find(address, address, (error, ip) => {
      if (state.isClosed) return;
      if (error) bindFailed(this, error);
      else bindTo(this, ip, address, number);
    });
    return this;
  },
  connect(givenPort, givenAddress, givenCallback) {
    const port = errors.validatePort(givenPort, "Port", false);
    const hasAddress = typeof givenAddress !== "function" && givenAddress !== undefined;
    const callback = typeof givenAddress === "function" ? givenAddress : givenCallback;
    const address = hasAddress ? givenAddress : "";
    errors.validateString(address, "address");
    const state = this[STATE];
    if (state.connectState !== DISCONNECTED) throw codes.ERR_SOCKET_DGRAM_IS_CONNECTED();
    state.connectState = CONNECTING;
    if (state.bindState === UNBOUND) this.bind({ port: 0, exclusive: true }, null);
    const proceed = () => connectTo(this, port, address, callback);
    if (state.bindState === BOUND) proceed();
    else enqueue(this, proceed);
  },
  disconnect() {
    const state = this[STATE];
    if (state.connectState !== CONNECTED) throw codes.ERR_SOCKET_DGRAM_NOT_CONNECTED();
    check(state.handle.disconnect(), "connect");
    state.connectState = DISCONNECTED;
  },
  sendto(buffer, offset, length, port, address, callback) {
    errors.validateNumber(offset, "offset");
    errors.validateNumber(length, "length");
    errors.validateNumber(port, "port");
    errors.validateString(address, "address");
    this.send(buffer, offset, length, port, address, callback);
  },
  send(...given) {
    const state = this[STATE];
    const isConnected = state.connectState === CONNECTED;
    const [bytes, givenPort, givenAddress, last] = sendArguments(isConnected, given);
    const port = isConnected ? undefined : errors.validatePort(givenPort, "Port", false);
    let callback = typeof last === "function" ? last : undefined;
    let address = givenAddress;
    if (typeof address === "function") {
      callback = address;
      address = undefined;
    } else if (address !== undefined && address !== null) {
      errors.validateString(address, "address");
    }
    if (state.isClosed) throw codes.ERR_SOCKET_DGRAM_NOT_RUNNING();
    if (state.bindState === UNBOUND) this.bind({ port: 0, exclusive: true }, null);
    const work = { bytes, port, callback };
    const proceed = () => {
      if (isConnected || state.connectState === CONNECTED) sendNow(this, null, undefined, work);
      else {
        state.find(address, state.isV6 ? "::1" : "127.0.0.1",
          (error, ip) => sendNow(this, error, ip, work));
      }
    };
    if (state.bindState === BOUND) proceed();
    else enqueue(this, proceed);
  },
  close(callback) {
    const state = this[STATE];
    if (typeof callback === "function") this.on("close", callback);
    if (state.queue !== undefined) {
      state.queue.push(() => this.close());
      return this;
    }
    if (state.isClosed) throw codes.ERR_SOCKET_DGRAM_NOT_RUNNING();
    state.isClosed = true;
    state.receiving = false;
    state.handle?.close();
    state.handle = null;
    nextTick(() => this.emit("close"));
    return this;
  },
  address() {
    const out = {};
    check(running(this).getsockname(out), "getsockname");
    return { address: out.address, family: out.family, port: out.port };
  },
  remoteAddress() {
    const handle = running(this);
    if (this[STATE].connectState !== CONNECTED) throw codes.ERR_SOCKET_DGRAM_NOT_CONNECTED();
    const out = {};
    check(handle.getpeername(out), "getpeername");
    return { address: out.address, family: out.family, port: out.port };
  },
  setBroadcast(on) {
    check(settable(this, "setBroadcast").setBroadcast(on), "setBroadcast");
  },
  setTTL(ttl) {
    errors.validateNumber(ttl, "ttl");
    check(settable(this, "setTTL").setTTL(ttl), "setTTL");
    return ttl;
  },
  setMulticastTTL(ttl) {
    errors.validateNumber(ttl, "ttl");
    check(settable(this, "setMulticastTTL").setMulticastTTL(ttl), "setMulticastTTL");
    return ttl;
  },
  setMulticastLoopback(on) {
    check(settable(this, "setMulticastLoopback").setMulticastLoopback(on), "setMulticastLoopback");
    return on;
  },
  setMulticastInterface(interfaceAddress) {
    errors.validateString(interfaceAddress, "interfaceAddress");
    check(running(this).setMulticastInterface(interfaceAddress), "setMulticastInterface");
  },
  addMembership(group, at) { changeMembership(this, group, at, true); },
  dropMembership(group, at) { changeMembership(this, group, at, false); },
  addSourceSpecificMembership(source, group, at) {
    changeSourceMembership(this, source, group, at, true);
  },
  dropSourceSpecificMembership(source, group, at) {
    changeSourceMembership(this, source, group, at, false);
  },
  ref() {
    this[STATE].unrefOnBind = false;
    this[STATE].handle?.ref();
    return this;
  },
  unref() {
    const { handle } = this[STATE];
    if (handle === null) this[STATE].unrefOnBind = true;
    else handle.unref();
    return this;
  },
  setRecvBufferSize(size) { bufferSize(this, true, size); },
  setSendBufferSize(size) { bufferSize(this, false, size); },
  getRecvBufferSize() { return bufferSize(this, true, 0); },
  getSendBufferSize() { return bufferSize(this, false, 0); },
  getSendQueueSize() { return this[STATE].handle?.writeQueueSize ?? 0; },
  getSendQueueCount() { return this[STATE].waiting.length; },
  async [Symbol.asyncDispose]() {
    if (this[STATE].isClosed) return;
    await new Promise((resolve) => this.close(resolve));
  },
};

function connectTo(socket, port, address, callback) {
  const state = socket[STATE];
  if (callback) socket.once("connect", callback);
  state.find(address, state.isV6 ? "::1" : "127.0.0.1", (lookupError, ip) => {
    if (state.handle === null) return;
    let error = lookupError;
    if (!error && state.sendBlockList?.check(ip, `ipv${isIP(ip)}`)) {
      error = codes.ERR_IP_BLOCKED(ip);
    }
    if (!error) {
      const errno = state.handle.connect(ip, port);
      if (errno < 0) error = socketErrors.hostPortError(errno, "connect", address, port);
    }
    if (!error) {
      state.connectState = CONNECTED;
      nextTick(() => socket.emit("connect"));
      return;
    }
    state.connectState = DISCONNECTED;
    nextTick(() => {
      if (!callback) {
        socket.emit("error", error);
        return;
      }
      socket.removeListener("connect", callback);
      callback(error);
    });
  });
}

// ---- What Node calls its own, with a warning -------------------------------------------------

function deprecated(text, action) {
  const { deprecate } = require("node/util");
  return deprecate(action, `Socket.prototype.${text} is deprecated`, "DEP0112");
}

function deprecatedProperty(name, key) {
  Object.defineProperty(Socket.prototype, name, {
    configurable: true,
    enumerable: true,
    get() { return deprecated(name, () => this[STATE][key])(); },
    set(value) { deprecated(name, () => { this[STATE][key] = value; })(); },
  });
}

for (const name of globalThis.Reflect.ownKeys(methods)) {
  Object.defineProperty(Socket.prototype, name, {
    value: methods[name], writable: true, enumerable: true, configurable: true,
  });
}
deprecatedProperty("_handle", "handle");
deprecatedProperty("_receiving", "receiving");
deprecatedProperty("_bindState", "bindState");
deprecatedProperty("_queue", "queue");
deprecatedProperty("_reuseAddr", "reuseAddr");
Socket.prototype._healthCheck = function _healthCheck() {
  deprecated("_healthCheck()", () => {
    if (this[STATE].isClosed) throw codes.ERR_SOCKET_DGRAM_NOT_RUNNING();
  })();
};
Socket.prototype._stopReceiving = function _stopReceiving() {
  deprecated("_stopReceiving()", () => {
    this[STATE].receiving = false;
    this[STATE].handle?.readStop();
  })();
};

function createSocket(type, listener) {
  return new Socket(type, listener);
}

// For channels, which send sockets to other processes.
Object.defineProperty(Socket.prototype, handles.NATIVE, {
  get() { return this[STATE].handle; },
});

module.exports = { createSocket, Socket };
