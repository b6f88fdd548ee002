"use strict";
// The `websocket` handlers of Bun.serve: upgrades, the sockets that programs see, and topics.
// Invariant: after `close` was called nothing of a socket reaches its handlers.

const asyncContext = require("runtime/async-context");
const { argumentError } = require("fetch/errors");
const socket = require("websocket/socket");

const { KIND } = socket;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
const BINARY_TYPES = ["nodebuffer", "arraybuffer", "uint8array", "blob"];
const HANDLERS = ["open", "message", "drain", "close", "ping", "pong", "error"];
const MIB = 1024 * 1024;

const invalid = (message) => argumentError("ERR_INVALID_ARG_TYPE", message);

function integerOf(options, name, fallback, max) {
  const value = options[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw invalid(`websocket expects ${name} to be an integer`);
  }
  if (value > max) throw invalid(`websocket expects ${name} to be ${max} or less`);
  return Math.max(0, value);
}

/// The checked form of the `websocket` option, or null where there is none.
function readHandlers(options) {
  if (options === undefined || options === null) return null;
  if (typeof options !== "object") throw invalid("Expected websocket to be an object");
  // Handlers run in the async context they were given in.
  const read = { topics: new Map(), sockets: new Set(), context: asyncContext.current };
  for (const name of HANDLERS) {
    const handler = options[name];
    if (handler !== undefined && handler !== null && typeof handler !== "function") {
      throw invalid(`websocket expects a function for the '${name}' option`);
    }
    read[name] = handler ?? null;
  }
  read.messageMax = integerOf(options, "maxPayloadLength", 16 * MIB, 0xffffffff);
  read.idle = integerOf(options, "idleTimeout", 120, 960) * 1000;
  read.backlogMax = integerOf(options, "backpressureLimit", 16 * MIB, 0xffffffff);
  read.closesOnBacklog = Boolean(options.closeOnBackpressureLimit);
  read.publishesToSelf = Boolean(options.publishToSelf);
  const { perMessageDeflate } = options;
  read.deflates = perMessageDeflate !== undefined && perMessageDeflate !== null &&
    perMessageDeflate !== false;
  return read;
}

const lengthOf = (payload) =>
  typeof payload === "string"
    ? require("web/encoding").encodeUtf8(payload).length
    : payload === undefined ? 0 : payload.byteLength;

class ServerWebSocket {
  #number;
  #site;
  #handlers;
  #state = OPEN;
  #binaryType = "nodebuffer";
  #topics = new Set();
  #paused = null;
  #remoteAddress;
  #data;

  constructor(number, site, handlers, data, remoteAddress) {
    this.#number = number;
    this.#site = site;
    this.#handlers = handlers;
    this.#remoteAddress = remoteAddress;
    this.#data = data;
  }

  get data() { return this.#data; }
  set data(value) { this.#data = value; }

  get binaryType() { return this.#binaryType; }
  set binaryType(value) {
    if (!BINARY_TYPES.includes(value)) {
      throw new Error(
        'binaryType must be either "uint8array", "arraybuffer", "nodebuffer" or "blob"');
    }
    this.#binaryType = value;
  }

  close(code = undefined, reason = undefined) {
    if (code !== undefined && typeof code !== "number") {
      throw invalid("close requires a numeric code or undefined");
    }
    if (this.#state >= CLOSING) return;
    const text = reason === undefined ? "" : `${reason}`;
    socket.close(this.#number, code ?? 1000, text);
    this.#ended(code ?? 1000, text);
  }

  terminate() {
    if (this.#state >= CLOSING) return;
    socket.terminate(this.#number);
    this.#ended(1006, "");
  }

  cork(callback) {
    if (typeof callback !== "function") throw invalid("cork requires a function");
    return callback(this);
  }

  getBufferedAmount() { return socket.buffered(this.#number); }
  get isPaused() { return this.#paused !== null; }
  isSubscribed(topic) { return this.#topics.has(`${topic}`); }
  pause() { this.#paused ??= []; }

  resume() {
    const held = this.#paused;
    this.#paused = null;
    for (let index = 0; held !== null && index < held.length; index += 2) {
      this.#take(held[index], held[index + 1]);
    }
  }

  ping(data = undefined) { return this.#write(data, KIND.ping, false); }
  pong(data = undefined) { return this.#write(data, KIND.pong, false); }

  publish(topic, data = undefined, compress = false) {
    if (`${topic ?? ""}` === "") throw new Error("publish requires a non-empty topic name");
    const self = this.#handlers.publishesToSelf ? null : this;
    return publish(this.#handlers, `${topic}`, data, compress, self);
  }
  publishBinary(topic, data = undefined, compress = false) {
    return this.publish(topic, data, compress);
  }
  publishText(topic, data = undefined, compress = false) {
    return this.publish(topic, data, compress);
  }

  get readyState() { return this.#state; }
  get remoteAddress() { return this.#remoteAddress; }

  send(data, compress = false) {
    if (arguments.length === 0) throw new Error("send requires at least 1 argument");
    return this.#write(data, undefined, compress);
  }
  sendBinary(data, compress = false) { return this.#write(data, KIND.binary, compress); }
  sendText(data, compress = false) { return this.#write(data, KIND.text, compress); }

  subscribe(topic) {
    if (arguments.length === 0) throw new Error("subscribe requires at least 1 argument");
    if (this.#state !== OPEN) return false;
    const name = `${topic}`;
    const { topics } = this.#handlers;
    if (!topics.has(name)) topics.set(name, new Set());
    topics.get(name).add(this);
    this.#topics.add(name);
    return true;
  }

  get subscriptions() { return [...this.#topics]; }

  unsubscribe(topic) {
    if (arguments.length === 0) throw new Error("unsubscribe requires at least 1 argument");
    const name = `${topic}`;
    if (!this.#topics.delete(name)) return false;
    this.#leave(name);
    return true;
  }

  #leave(name) {
    const { topics } = this.#handlers;
    const members = topics.get(name);
    members?.delete(this);
    if (members?.size === 0) topics.delete(name);
  }

  // Bytes sent, 0 where the message was dropped, -1 where it waits behind others.
  #write(data, kind, compress) {
    if (this.#state !== OPEN) return 0;
    const payload = data === undefined ? undefined : socket.payloadOf(data);
    const handlers = this.#handlers;
    if (socket.buffered(this.#number) > handlers.backlogMax) {
      if (handlers.closesOnBacklog) this.terminate();
      return 0;
    }
    const own = typeof payload === "string" ? KIND.text : KIND.binary;
    const backlog = socket.send(this.#number, payload, kind ?? own, Boolean(compress));
    if (backlog < 0) return 0;
    if (backlog > BACKLOG_TOLD) {
      socket.wantDrain(this.#number);
      return -1;
    }
    return lengthOf(payload);
  }

  #ended(code, reason) {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    for (const name of this.#topics) this.#leave(name);
    this.#topics.clear();
    this.#handlers.sockets.delete(this);
    this.#call("close", code, reason);
  }

  #call(name, ...values) {
    const handler = this.#handlers[name];
    if (handler === null) return;
    const before = asyncContext.current;
    asyncContext.current = this.#handlers.context;
    try {
      const result = handler.call(undefined, this, ...values);
      if (result instanceof Promise) result.catch((error) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    } finally {
      asyncContext.current = before;
    }
  }

  #failed(error) {
    if (this.#handlers.error !== null) {
      try {
        this.#handlers.error.call(undefined, error, this);
        return;
      } catch (again) {
        error = again;
      }
    }
    require("web/report-error").reportError(error);
  }

  #take(kind, value) {
    if (this.#paused !== null) {
      this.#paused.push(kind, value);
      return;
    }
    if (this.#state === CLOSED) return;
    switch (kind) {
      case KIND.text: this.#call("message", value); break;
      case KIND.binary: this.#call("message", socket.binaryOf(this.#binaryType, value)); break;
      case KIND.ping: this.#call("ping", socket.binaryOf(this.#binaryType, value)); break;
      case KIND.pong: this.#call("pong", socket.binaryOf(this.#binaryType, value)); break;
      case KIND.drained: this.#call("drain"); break;
      case KIND.closed: this.#ended(value[0], value[1]); break;
    }
  }

  static {
    module.exports.begin = (ws) => {
      const handlers = ws.#handlers;
      handlers.sockets.add(ws);
      ws.#call("open");
      socket.pump(ws.#number, false, (kind, value) => ws.#take(kind, value));
    };
  }
}

// Bytes behind a message from which on a program is told to wait.
const BACKLOG_TOLD = 64 * 1024;

/// Sends to the subscribers of a topic; how many bytes that is for one, 0 where there is none.
function publish(handlers, topic, data, compress, self) {
  const members = handlers.topics.get(topic);
  if (members === undefined) return 0;
  const payload = socket.payloadOf(data ?? "");
  let sent = 0;
  for (const member of [...members]) {
    if (member === self) continue;
    member.send(payload, compress);
    sent = lengthOf(payload);
  }
  return sent;
}

const KEY = /^[A-Za-z0-9+/]{22}==$/;

function isUpgrade(headers) {
  return headers.get("upgrade")?.toLowerCase() === "websocket" &&
    headers.get("sec-websocket-version") === "13" &&
    KEY.test(headers.get("sec-websocket-key") ?? "");
}

function headOf(request, handlers, extra) {
  const { rawEntries, Headers } = require("web/headers");
  const { headers } = request;
  const accept = socket.acceptKey(headers.get("sec-websocket-key"));
  let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${accept}\r\n`;
  const own = extra === undefined || extra === null ? new Headers() : new Headers(extra);
  const offered = headers.get("sec-websocket-protocol");
  if (offered !== null && !own.has("sec-websocket-protocol")) {
    head += `Sec-WebSocket-Protocol: ${offered.split(",")[0].trim()}\r\n`;
  }
  const offer = headers.get("sec-websocket-extensions");
  const agreed = handlers.deflates && offer !== null ? socket.negotiate(offer) : undefined;
  const extension = agreed === undefined
    ? undefined
    : "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  if (extension !== undefined) head += `Sec-WebSocket-Extensions: ${extension}\r\n`;
  const flat = rawEntries(own);
  for (let index = 0; index < flat.length; index += 2) {
    head += `${flat[index]}: ${flat[index + 1]}\r\n`;
  }
  return { head: `${head}Date: ${new Date().toUTCString()}\r\n\r\n`, extension };
}

/// Makes a request's connection a WebSocket; false where the request does not ask for one.
function upgrade(site, incoming, request, options, remoteAddress) {
  const handlers = site.sockets;
  if (!isUpgrade(request.headers)) return false;
  const data = options?.data;
  const { head, extension } = headOf(request, handlers, options?.headers);
  // Getters of the options may have used the request up.
  if (!require("bun/serve-reply").finish(incoming)) return false;
  const number = socket.make(true, handlers.messageMax, extension, handlers.idle);
  const ws = new ServerWebSocket(number, site, handlers, data, remoteAddress);
  ops.serveUpgrade(incoming.shard, incoming.exchange, incoming.generation, number, head);
  module.exports.begin(ws);
  return true;
}

// Programs that list members see them in the order of their names, the constructor last.
function sortMembers(prototype) {
  const members = Object.getOwnPropertyDescriptors(prototype);
  const names = Object.keys(members).filter((name) => name !== "constructor").sort();
  for (const name of [...names, "constructor"]) {
    delete prototype[name];
    Object.defineProperty(prototype, name, members[name]);
  }
}

const { setAttributes, setTag } = require("web/fetch-errors");
sortMembers(ServerWebSocket.prototype);
setAttributes(ServerWebSocket.prototype, { enumerable: true });
setTag(ServerWebSocket.prototype, "ServerWebSocket");

Object.assign(module.exports, { readHandlers, upgrade, publish, ServerWebSocket });
