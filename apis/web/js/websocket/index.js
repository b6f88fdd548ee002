"use strict";
// WebSocket, the client.
// Invariant: events follow each other as the standard has it: open, messages, error, close.

const { defineInterface, refuseCalls } = require("web/interface");
const { missingArguments } = require("web/errors");
const { DOMException } = require("web/dom-exception");
const {
  EventTarget, MessageEvent, CloseEvent, ErrorEvent, trustedEvent, trust, dispatch, eventHandler,
} = require("web/events");
const socket = require("websocket/socket");

const { KIND } = socket;
const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
const MESSAGE_MAX = 128 * 1024 * 1024;
const REASON_BYTES_MAX = 123;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const BINARY_TYPES = ["nodebuffer", "arraybuffer", "blob"];

const onOpen = eventHandler("open");
const onMessage = eventHandler("message");
const onError = eventHandler("error");
const onClose = eventHandler("close");

function urlOf(value) {
  const { URL } = require("web/url");
  const text = `${value}`;
  const url = URL.parse(text);
  if (url === null) throw new SyntaxError(`Invalid url for WebSocket ${text}`);
  if (url.protocol === "ws+unix:" || url.protocol === "wss+unix:") {
    if (url.host + url.pathname !== "") return url;
    throw new SyntaxError(`Invalid url for WebSocket ${text} (missing unix socket path)`);
  }
  if (url.protocol === "http:") url.protocol = "ws:";
  else if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new SyntaxError(`Wrong url scheme for WebSocket ${url.href}`);
  }
  if (url.href.includes("#")) {
    throw new SyntaxError(`URL has fragment component ${url.href}`);
  }
  return url;
}

// The URL to ask, and the socket of the file system that `ws+unix://PATH:/target` names.
function requestOf(url) {
  if (!url.protocol.endsWith("+unix:")) return { url: url.href.replace(/^ws/, "http") };
  const scheme = url.protocol.startsWith("wss") ? "https" : "http";
  const path = decodeURIComponent(url.host + url.pathname);
  const colon = path.indexOf(":");
  const unix = colon < 0 ? path : path.slice(0, colon);
  const target = colon < 0 ? "/" : path.slice(colon + 1);
  return { url: `${scheme}://localhost${target}${url.search}`, unix };
}

function protocolsOf(value) {
  if (value === undefined || value === null) return [];
  const protocols = (Array.isArray(value) ? value : [value]).map((name) => `${name}`);
  for (const name of protocols) {
    if (!TOKEN.test(name)) throw new SyntaxError(`Wrong protocol for WebSocket '${name}'`);
  }
  const repeated = protocols.find((name, index) => protocols.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new SyntaxError(`WebSocket protocols contain duplicates: '${repeated}'`);
  }
  return protocols;
}

const isOptions = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function checkClose(code, reason) {
  if (code !== undefined) {
    const reserved = code >= 1004 && code <= 1006;
    if (!((code >= 1000 && code <= 1014 && !reserved) || (code >= 3000 && code <= 4999))) {
      throw new DOMException(
        "The close code must be a valid WebSocket close code (1000-1014, excluding the reserved " +
          `codes 1004-1006, or in the range of 3000 to 4999). Received ${code}.`,
        "InvalidAccessError",
      );
    }
  }
  const { length } = require("web/encoding").encodeUtf8(reason);
  if (length > REASON_BYTES_MAX) {
    throw new SyntaxError(
      `The close reason must not be greater than 123 UTF-8 bytes. Received ${length} bytes.`,
    );
  }
}

function sizeOf(payload) {
  if (payload === undefined) return 0;
  return typeof payload === "string"
    ? require("web/encoding").encodeUtf8(payload).length
    : payload.byteLength;
}

class WebSocket extends EventTarget {
  #url;
  #origin;
  #state = CONNECTING;
  #protocol = "";
  #extensions = "";
  #binaryType = "nodebuffer";
  #number = 0;
  #cancel = null;
  #compresses = false;
  // Bytes that were to be sent when it was too late.
  #unsent = 0;
  // Events that came while the program had paused.
  #paused = null;

  constructor(url) {
    if (arguments.length === 0) throw missingArguments();
    super();
    const second = arguments[1];
    const init = isOptions(second) ? second : isOptions(arguments[2]) ? arguments[2] : {};
    const parsed = urlOf(url);
    const protocols = protocolsOf(
      isOptions(second) ? second.protocols ?? second.protocol : second);
    this.#url = parsed.href;
    this.#origin = `${parsed.protocol}//${parsed.host}`;
    const { url: http, unix } = requestOf(parsed);
    this.#cancel = require("websocket/handshake").open({
      url: http,
      protocols,
      init: unix === undefined ? init : { ...init, unix },
      onOpen: (opened) => this.#opened(opened),
      onFailed: (why) => this.#failed(why),
    });
  }

  #opened({ exchange, protocol, extensions }) {
    this.#cancel = null;
    const extension = extensions === "" ? undefined : extensions;
    this.#number = socket.make(false, MESSAGE_MAX, extension, 0);
    socket.attach(this.#number, exchange);
    this.#protocol = protocol;
    this.#extensions = extensions;
    this.#compresses = extension !== undefined;
    this.#state = OPEN;
    dispatch(this, trustedEvent("open"));
    socket.pump(this.#number, true, (kind, value) => this.#take(kind, value));
  }

  #failed(why) {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#cancel = null;
    const message = `WebSocket connection to '${this.#url}' failed: ${why}`;
    const event = new ErrorEvent("error", { message, error: new Error(message) });
    trust(event);
    dispatch(this, event);
    this.#close(1006, "", false);
  }

  #close(code, reason, wasClean) {
    this.#state = CLOSED;
    const event = new CloseEvent("close", { code, reason, wasClean });
    trust(event);
    dispatch(this, event);
  }

  #take(kind, value) {
    if (this.#paused !== null) {
      this.#paused.push(kind, value);
      return;
    }
    switch (kind) {
      case KIND.text: return this.#message(value);
      case KIND.binary: return this.#message(socket.binaryOf(this.#binaryType, value));
      case KIND.ping: return this.#signal("ping", value);
      case KIND.pong: return this.#signal("pong", value);
      case KIND.closed: return this.#close(...value);
      default: return undefined;
    }
  }

  #message(data) {
    if (this.#state === CLOSED) return;
    const event = new MessageEvent("message", { data, origin: this.#origin });
    trust(event);
    dispatch(this, event);
  }

  #signal(type, bytes) {
    const data = socket.binaryOf(this.#binaryType, bytes);
    const event = new MessageEvent(type, { data });
    trust(event);
    dispatch(this, event);
  }

  get URL() { return this.#url; }
  get url() { return this.#url; }
  get readyState() { return this.#state; }
  get bufferedAmount() {
    return this.#unsent + (this.#number === 0 ? 0 : socket.buffered(this.#number));
  }
  get onopen() { return onOpen.get(this); }
  set onopen(value) { onOpen.set(this, value); }
  get onmessage() { return onMessage.get(this); }
  set onmessage(value) { onMessage.set(this, value); }
  get onerror() { return onError.get(this); }
  set onerror(value) { onError.set(this, value); }
  get onclose() { return onClose.get(this); }
  set onclose(value) { onClose.set(this, value); }
  get protocol() { return this.#protocol; }
  get extensions() { return this.#extensions; }
  get binaryType() { return this.#binaryType; }
  set binaryType(value) {
    if (BINARY_TYPES.includes(value)) this.#binaryType = value;
  }

  send(data) {
    if (arguments.length === 0) throw missingArguments();
    this.#write(data === undefined ? "undefined" : data);
  }

  #write(data, kind) {
    if (this.#state === CONNECTING) {
      throw new DOMException("The object is in an invalid state.", "InvalidStateError");
    }
    const payload = data === undefined ? undefined : socket.payloadOf(data);
    if (this.#state !== OPEN) {
      this.#unsent += sizeOf(payload);
      return;
    }
    const own = typeof payload === "string" ? KIND.text : KIND.binary;
    socket.send(this.#number, payload, kind ?? own, this.#compresses);
  }

  close(code = undefined, reason = undefined) {
    const number = code === undefined ? undefined : Math.trunc(Number(code)) & 0xffff;
    const text = reason === undefined ? "" : `${reason}`;
    checkClose(number, text);
    if (this.#state === CONNECTING) return this.#giveUp();
    if (this.#state !== OPEN) return undefined;
    this.#state = CLOSING;
    socket.close(this.#number, number, text);
    return undefined;
  }

  #giveUp() {
    const cancel = this.#cancel;
    this.#state = CLOSING;
    cancel?.();
    queueMicrotask(() =>
      this.#failed("WebSocket is closed before the connection is established"));
  }

  ping(data = undefined) { this.#write(data, KIND.ping); }
  pong(data = undefined) { this.#write(data, KIND.pong); }

  terminate() {
    if (this.#state === CONNECTING) return this.#giveUp();
    if (this.#state === CLOSED) return undefined;
    this.#state = CLOSING;
    socket.terminate(this.#number);
    return undefined;
  }

  pause() { this.#paused ??= []; }

  resume() {
    const held = this.#paused;
    this.#paused = null;
    for (let index = 0; held !== null && index < held.length; index += 2) {
      this.#take(held[index], held[index + 1]);
    }
  }

  get isPaused() { return this.#paused !== null; }
}

defineInterface(WebSocket, {
  constants: { CONNECTING, OPEN, CLOSING, CLOSED }, hidden: ["URL"],
});
for (const name of ["ping", "pong"]) {
  Object.defineProperty(WebSocket.prototype[name], "length", { value: 1, configurable: true });
}

const NEEDS_NEW = "Use `new WebSocket(...)` instead of `WebSocket(...)`";

module.exports = { WebSocket: refuseCalls(WebSocket, "ERR_ILLEGAL_CONSTRUCTOR", NEEDS_NEW) };
