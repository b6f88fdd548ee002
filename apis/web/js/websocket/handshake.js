"use strict";
// The client's half of the handshake: a fetch of its own kind, whose answer is checked as RFC 6455
// section 4.1 has it.

const { acceptKey } = require("websocket/socket");

const OFFER = "permessage-deflate; client_max_window_bits";

// What the handshake decides by itself, whatever a program says.
const HANDSHAKE = new Set([
  "connection", "upgrade", "sec-websocket-version", "sec-websocket-extensions",
]);

// Sixteen bytes in base64.
const KEY = /^[A-Za-z0-9+/]{22}==$/;

function randomKey() {
  const bytes = require("web/crypto").crypto.getRandomValues(new Uint8Array(16));
  return require("web/encoding").btoa(String.fromCharCode(...bytes));
}

// What a program says of a proxy; what is no proxy's URL throws at once.
function checkedProxy(proxy) {
  const { URL } = require("web/url");
  const isObject = proxy !== null && typeof proxy === "object";
  if (isObject && proxy instanceof URL) proxy = proxy.href;
  const text = isObject && typeof proxy !== "string" ? proxy.url : proxy;
  if (text === undefined || text === null || text === "") return proxy;
  if (typeof proxy !== "string" && !isObject) return proxy;
  const url = URL.parse(`${text}`);
  if (url === null) throw new SyntaxError(`Invalid proxy URL: ${text}`);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const scheme = url.protocol.slice(0, -1);
    throw new SyntaxError(
      `Unsupported proxy protocol "${scheme}" (expected "http" or "https")`);
  }
  return proxy;
}

// The handshake's own fields first, then the program's, which may name another key.
function headersOf(init, protocols, key, compresses) {
  const { Headers, rawEntries } = require("web/headers");
  const own = rawEntries(new Headers(init.headers ?? undefined));
  const headers = new Headers();
  headers.set("connection", "Upgrade");
  headers.set("upgrade", "websocket");
  headers.set("sec-websocket-version", "13");
  if (protocols.length > 0) headers.set("sec-websocket-protocol", protocols.join(", "));
  if (compresses) headers.set("sec-websocket-extensions", OFFER);
  headers.set("sec-websocket-key", key);
  // In the program's own spelling.
  for (let index = 0; index < own.length; index += 2) {
    const name = own[index].toLowerCase();
    const value = own[index + 1];
    const isRefused = name === "sec-websocket-key" && !KEY.test(value);
    if (!HANDSHAKE.has(name) && !isRefused) headers.set(own[index], value);
  }
  return headers;
}

/// Opens a connection to `url`: `onOpen({ exchange, protocol, extensions })` or `onFailed(why)`.
/// The answer ends the attempt.
function open({ url, protocols, init, onOpen, onFailed }) {
  const { Options } = require("fetch/options");
  const { Upgrade } = require("fetch/upgrade");
  const options = new Options();
  const own = randomKey();
  options.headers = headersOf(init, protocols, own, init.perMessageDeflate !== false);
  options.decompress = false;
  options.redirect = "manual";
  if (init.proxy !== undefined) options.proxy = checkedProxy(init.proxy);
  if (typeof init.unix === "string") options.unix = init.unix;
  if (init.tls !== null && typeof init.tls === "object") {
    require("fetch/tls").apply(init.tls, options);
  }
  const key = options.headers.get("sec-websocket-key");
  const offered = options.headers.get("sec-websocket-protocol") ?? "";
  const wanted = offered.split(",").map((name) => name.trim());
  const upgrade = new Upgrade(options, url, (status, headers) => {
    const why = refusal(status, headers, key, wanted);
    if (why !== null) {
      upgrade.cancel();
      onFailed(why);
      return;
    }
    const protocol = headers.get("sec-websocket-protocol") ?? "";
    const extensions = headers.get("sec-websocket-extensions") ?? "";
    onOpen({ exchange: upgrade.number, protocol, extensions });
  }, (error) => {
    // Who makes a socket has yet to listen to what goes wrong at once.
    if (isStarting) queueMicrotask(() => onFailed(reasonOf(error)));
    else onFailed(reasonOf(error));
  });
  let isStarting = true;
  upgrade.start();
  isStarting = false;
  return () => upgrade.cancel();
}

const CERTIFICATE = /CERT|ALTNAME|VERIFY|ISSUER/;

function reasonOf(error) {
  if (CERTIFICATE.test(error.code)) return "TLS handshake failed";
  return error.code === "ECONNRESET" ? "Connection ended" : "Failed to connect";
}

// Why an answer opens no WebSocket, or null.
function refusal(status, headers, key, protocols) {
  if (status !== 101) return `Expected 101 status code: ${status}`;
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") return "Invalid upgrade header";
  const connection = (headers.get("connection") ?? "").toLowerCase();
  if (!connection.split(",").some((part) => part.trim() === "upgrade")) {
    return "Invalid connection header";
  }
  if (headers.get("sec-websocket-accept") !== acceptKey(key)) {
    return "Mismatch websocket accept header";
  }
  const protocol = headers.get("sec-websocket-protocol");
  if (protocol !== null && !protocols.includes(protocol)) return "Mismatch client protocol";
  return null;
}

module.exports = { open };
