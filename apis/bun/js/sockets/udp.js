// Bun.udpSocket: messages with handlers instead of events.
"use strict";

const nodeHandles = require("node/net/handles");
const { Buffer } = require("node/buffer");
const { errnoError, hostPortError } = require("node/net/errors");
const { isIP } = require("node/net/families");
const { bytesAs, wrong } = require("bun/sockets/handlers");
const { reportUncaught } = require("runtime/event-loop");
const { Array, ArrayBuffer, Number, Object, Symbol, Uint8Array } = globalThis;

const PORT_MAX = 65535;
const HANDLERS = ["data", "drain", "error"];
const IPV6_ONLY = 8;

function checkPort(port, name, least) {
  const number = Number(port);
  if (Number.isInteger(number) && number >= least && number <= PORT_MAX) return number;
  throw wrong(`Expected "${name}" to be an integer between ${least} and ${PORT_MAX}`);
}

function checkHandlers(given) {
  const handlers = { binaryType: given?.binaryType ?? "buffer" };
  if (given === undefined) return handlers;
  if (given === null || typeof given !== "object") {
    throw wrong("Expected \"socket\" to be an object");
  }
  for (const name of HANDLERS) {
    const handler = given[name];
    if (handler !== undefined && typeof handler !== "function") {
      throw wrong(`Expected "socket.${name}" to be a function`);
    }
    handlers[name] = handler;
  }
  return handlers;
}

function checkConnect(connect) {
  if (connect === undefined || connect === null) return undefined;
  if (typeof connect.hostname !== "string") {
    throw wrong("Expected \"connect.hostname\" to be a string");
  }
  return { hostname: connect.hostname, port: checkPort(connect.port, "connect.port", 1) };
}

function checkOptions(options) {
  if (options === null || typeof options !== "object") throw wrong("Expected an object");
  const { hostname = "0.0.0.0", port = 0, flags = 0 } = options;
  if (typeof hostname !== "string") throw wrong("Expected \"hostname\" to be a string");
  return {
    hostname, flags,
    port: checkPort(port, "port", 0),
    handlers: checkHandlers(options.socket),
    connect: checkConnect(options.connect),
  };
}

function toBytes(payload, what) {
  if (typeof payload === "string") return Buffer.from(payload);
  if (payload instanceof ArrayBuffer) return new Uint8Array(payload);
  if (ArrayBuffer.isView(payload)) return payload;
  throw wrong(`Expected ArrayBufferView or string as ${what}`);
}

class UDPSocket {
  #handle;
  #handlers;
  #hostname;
  #port;
  #isConnected;

  constructor(handle, { handlers, hostname }, isConnected) {
    this.#handle = handle;
    this.#handlers = handlers;
    this.#hostname = hostname;
    this.#isConnected = isConnected;
    this.#port = this.address?.port;
    handle.owner = this;
    handle.events = UDPSocket.#EVENTS;
    handle.readStart();
  }

  static #EVENTS = {
    connected() {}, accepted() {}, received() {},
    message({ owner }, bytes, [address, , port]) {
      const { binaryType } = owner.#handlers;
      owner.#call("data", bytesAs(binaryType, bytes), port, address);
    },
    ended({ owner }, errno) { owner.#call("error", errnoError(errno, "recv")); },
    sent({ owner }) { owner.#call("drain"); },
  };

  #call(name, ...given) {
    const handler = this.#handlers[name];
    if (handler === undefined) return;
    const fail = (error) => {
      if (name === "error" || this.#handlers.error === undefined) reportUncaught(error);
      else this.#call("error", error);
    };
    try {
      const answer = name === "error"
        ? handler.call(this, ...given) : handler.call(this, this, ...given);
      if (typeof answer?.then === "function") answer.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  }

  #name(which) {
    const out = {};
    if (this.#handle.isClosed || this.#handle[which](out) !== 0) return undefined;
    return { address: out.address, family: out.family, port: out.port };
  }

  get address() { return this.#name("getsockname"); }
  get remoteAddress() { return this.#isConnected ? this.#name("getpeername") : undefined; }
  get binaryType() { return this.#handlers.binaryType; }
  get closed() { return this.#handle.isClosed; }
  get fd() { return this.#handle.fd; }
  get hostname() { return this.#hostname; }
  get port() { return this.#port; }

  #send(bytes, port, address) {
    if (address !== undefined && isIP(address) === 0) throw wrong("Invalid address");
    const outcome = this.#handle.send(bytes, address, port);
    if (outcome < 0) throw errnoError(outcome, "send");
    return outcome === 0;
  }

  #expectOpen() {
    if (this.#handle.isClosed) throw new Error("Socket is closed");
  }

  /** Whether the kernel has taken the message; otherwise `drain` follows. */
  send(data, port = undefined, address = undefined) {
    this.#expectOpen();
    if (this.#isConnected) {
      if (arguments.length > 1) throw wrong("Cannot specify destination on connected socket");
      return this.#send(toBytes(data, "first argument"));
    }
    if (arguments.length < 3) throw wrong(`Expected 3 arguments, got ${arguments.length}`);
    const bytes = toBytes(data, "first argument");
    return this.#send(bytes, checkPort(port, "port", 1), address);
  }

  /** How many of the messages the kernel has taken. */
  sendMany(packets) {
    this.#expectOpen();
    if (!Array.isArray(packets)) {
      throw wrong("Expected first argument to be a array for 'sendMany'.");
    }
    const step = this.#isConnected ? 1 : 3;
    if (packets.length % step !== 0) throw wrong("Expected 3 arguments for each packet");
    let sent = 0;
    for (let index = 0; index < packets.length; index += step) {
      const bytes = toBytes(packets[index], "payload");
      const taken = step === 1 ? this.#send(bytes)
        : this.#send(bytes, checkPort(packets[index + 1], "port", 1), packets[index + 2]);
      if (!taken) break;
      sent++;
    }
    return sent;
  }

  close() { this.#handle.close(); }
  ref() { this.#handle.ref(); }
  unref() { this.#handle.unref(); }

  reload(options) {
    if (options === null || typeof options !== "object") throw wrong("Expected an object");
    this.#handlers = checkHandlers(options.socket ?? options);
  }

  #set(name, ...given) {
    this.#expectOpen();
    const errno = this.#handle[name](...given);
    if (errno < 0) throw errnoError(errno, "setsockopt");
    return true;
  }

  setBroadcast(on) { return this.#set("setBroadcast", on); }
  setTTL(hops) { return this.#set("setTTL", hops); }
  setMulticastTTL(hops) { return this.#set("setMulticastTTL", hops); }
  setMulticastLoopback(on) { return this.#set("setMulticastLoopback", on); }
  setMulticastInterface(address) { return this.#set("setMulticastInterface", address); }
  addMembership(group, at) { return this.#set("changeMembership", group, at, true); }
  dropMembership(group, at) { return this.#set("changeMembership", group, at, false); }

  addSourceSpecificMembership(source, group, at) {
    return this.#set("changeSourceMembership", source, group, at, true);
  }

  dropSourceSpecificMembership(source, group, at) {
    return this.#set("changeSourceMembership", source, group, at, false);
  }

  [Symbol.dispose]() { this.close(); }
}

async function addressOf(hostname) {
  if (isIP(hostname) !== 0) return hostname;
  const [first] = await require("node/dns/bun-dns").dns.lookup(hostname);
  return first.address;
}

async function openSocket(options) {
  const { hostname, port, flags, connect } = options;
  const address = await addressOf(hostname);
  const handle = nodeHandles.UDP.open(address, port, flags & IPV6_ONLY ? 4 : 0);
  if (typeof handle === "number") {
    const { code, message } = hostPortError(handle, "bind", address, port);
    throw Object.assign(new Error(message), { code, syscall: "bind", errno: -handle, address });
  }
  if (connect !== undefined) {
    const peer = await addressOf(connect.hostname);
    const errno = handle.connect(peer, connect.port);
    if (errno < 0) {
      handle.close();
      throw errnoError(errno, "connect");
    }
  }
  return new UDPSocket(handle, options, connect !== undefined);
}

function udpSocket(options) {
  return openSocket(checkOptions(options));
}

module.exports = { udpSocket };
