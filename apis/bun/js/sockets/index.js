// Bun.listen and Bun.connect.
"use strict";

const nodeHandles = require("node/net/handles");
const { makeError } = require("node/errors");
const { isIP } = require("node/net/families");
const { call, checkHandlers, wrong } = require("bun/sockets/handlers");
const { TCPSocket, open, unsupportedTls } = require("bun/sockets/socket");
const { Boolean, Number, Object, String, Symbol } = globalThis;

const BACKLOG = 511;
const PORT_MAX = 65535;

// ---- Options ---------------------------------------------------------------------------------

function portOf(port) {
  const number = Number(port);
  if (!Number.isInteger(number)) {
    const message = `SocketOptions.port must be an integer (received ${number})`;
    throw makeError("RangeError", "ERR_OUT_OF_RANGE", message);
  }
  if (number < 0 || number > PORT_MAX) {
    const message = `SocketOptions.port must be between 0 and 65535 (received ${number})`;
    throw makeError("RangeError", "ERR_OUT_OF_RANGE", message);
  }
  return number;
}

function checkTls(tls) {
  if (tls === undefined || tls === null || tls === false) return;
  if (tls !== true && typeof tls !== "object") throw wrong("TLSOptions must be an object");
  throw unsupportedTls();
}

/** The options of both, checked. */
function checkOptions(options, missing) {
  if (options === null || typeof options !== "object") throw wrong(missing);
  const handlers = checkHandlers(options.socket);
  checkTls(options.tls);
  const { unix, hostname, data, allowHalfOpen } = options;
  if (unix) {
    const path = String(unix).replace(/^unix:(\/\/)?/, "");
    return { handlers, unix: path, data, allowHalfOpen };
  }
  if (options.fd !== undefined) return { handlers, fd: options.fd, data, allowHalfOpen };
  if (!hostname || typeof hostname !== "string") {
    throw wrong("Expected either \"hostname\" or \"unix\"");
  }
  const port = portOf(options.port);
  return { handlers, hostname, port, data, allowHalfOpen };
}

function failure(text, errno, syscall, more) {
  const { errors } = require("node/system-errors");
  const [code] = errors.get(errno) ?? ["UNKNOWN"];
  return Object.assign(new Error(text), { code, syscall, ...more });
}

// ---- Listening -------------------------------------------------------------------------------

class Listener {
  #handle;
  #options;
  #handlers;
  #port;
  #sockets = new globalThis.Set();

  constructor(handle, options) {
    this.#handle = handle;
    this.#options = options;
    this.#handlers = options.handlers;
    this.data = options.data;
    const out = {};
    handle.getsockname?.(out);
    this.#port = out.port;
    handle.owner = this;
    handle.events = Listener.#EVENTS;
    handle.accept();
  }

  static #EVENTS = {
    connected() {}, received() {}, ended() {}, sent() {}, message() {},
    accepted(listener, handle) { listener.owner.#accepted(handle); },
  };

  #accepted(handle) {
    const handlers = this.#handlers;
    const { allowHalfOpen } = this.#options;
    const ended = (socket, error) => {
      this.#sockets.delete(socket);
      call(handlers, "close", socket, error);
    };
    const socket = new TCPSocket(handle, { ...handlers, close: ended }, {
      data: this.data, listener: this, allowHalfOpen,
    });
    this.#sockets.add(socket);
    open(socket);
  }

  get fd() { return this.#handle.fd; }
  get hostname() { return this.#options.hostname; }
  get port() { return this.#port; }
  get unix() { return this.#options.unix; }

  getsockname(out) { this.#handle.getsockname?.(out); }
  ref() { this.#handle.ref(); }
  unref() { this.#handle.unref(); }

  reload(options) {
    if (options === undefined) throw new Error("Expected 1 argument");
    this.#handlers = checkHandlers(options?.socket);
  }

  stop(closeActiveConnections = false) {
    this.#handle.close();
    if (closeActiveConnections) for (const socket of this.#sockets) socket.terminate();
  }

  [Symbol.dispose]() { this.stop(true); }
}

function openListener(options, { exclusive, reusePort, ipv6Only }) {
  if (options.unix !== undefined) return nodeHandles.Pipe.listen(options.unix, BACKLOG);
  if (options.fd !== undefined) {
    const handle = nodeHandles.adopt(options.fd, nodeHandles.TCP);
    if (typeof handle === "number") return handle;
    const errno = handle.listenOn(BACKLOG);
    return errno === 0 ? handle : errno;
  }
  const { hostname, port } = options;
  const address = hostname === "localhost" ? "127.0.0.1" : hostname;
  const shares = Boolean(reusePort) && !exclusive;
  return nodeHandles.TCP.listen(address, port, BACKLOG, shares, Boolean(ipv6Only));
}

function listen(given) {
  const options = checkOptions(given, "Expected object");
  const handle = openListener(options, given);
  if (typeof handle !== "number") return new Listener(handle, options);
  const address = options.unix ?? options.hostname;
  throw failure(`Failed to listen at ${address}`, handle, "listen", {
    errno: -handle, address, ...(options.unix === undefined && { port: options.port }),
  });
}

// ---- Connecting ------------------------------------------------------------------------------

function connectFailure(errno) {
  return failure("Failed to connect", errno, "connect", { errno });
}

const CONNECT_EVENTS = {
  accepted() {}, received() {}, ended() {}, sent() {}, message() {},
  connected({ owner }, errno) { owner(errno); },
};

// A handle connected to an address; rejects with the error below zero.
function connectTo(address, family, port) {
  const { promise, resolve, reject } = globalThis.Promise.withResolvers();
  const handle = nodeHandles.TCP.detached();
  const opened = handle.open(family);
  if (opened !== 0) {
    reject(opened);
    return promise;
  }
  handle.events = CONNECT_EVENTS;
  handle.owner = (errno) => {
    if (errno === 0) {
      resolve(handle);
    } else {
      handle.close();
      reject(errno);
    }
  };
  const errno = handle.connect(address, port);
  if (errno !== 0) reject(errno);
  return promise;
}

async function addressesOf(hostname) {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  return require("node/dns/bun-dns").dns.lookup(hostname);
}

async function connectHandle({ unix, fd, hostname, port }) {
  if (unix !== undefined || fd !== undefined) {
    const handle = unix === undefined
      ? nodeHandles.adopt(fd, nodeHandles.TCP) : nodeHandles.Pipe.connect(unix);
    if (typeof handle === "number") throw handle;
    return handle;
  }
  let failed;
  for (const { address, family } of await addressesOf(hostname)) {
    try {
      return await connectTo(address, family, port);
    } catch (errno) {
      failed = errno;
    }
  }
  throw failed;
}

async function establish(options) {
  const { handlers, data, allowHalfOpen } = options;
  let handle;
  try {
    handle = await connectHandle(options);
  } catch (failed) {
    const error = typeof failed === "number" ? connectFailure(failed) : failed;
    call(handlers, "connectError", undefined, error);
    throw error;
  }
  const socket = new TCPSocket(handle, handlers, { data, listener: undefined, allowHalfOpen });
  open(socket);
  return socket;
}

function connect(given) {
  return establish(checkOptions(given, "Expected options object"));
}

module.exports = { listen, connect };
