"use strict";
// One fetch over HTTP: requests until a response is the answer, and its abort.

const { createHeaders, Headers } = require("web/headers");
const { createResponse } = require("web/response");
const { isBlob, contentOf } = require("web/blob");
const { ServerBody } = require("web/body");
const { errorOf, fetchError } = require("fetch/errors");
const { headOf } = require("fetch/head");
const { EITHER, HTTP2 } = require("fetch/options");
const { textBody, bytesBody, streamedBody } = require("fetch/body");
const { targetOf } = require("fetch/target");

// The bits of `flags` (apis/web/src/fetch/start.rs).
const SECURE = 1;
const KEEP_ALIVE = 2;
const DECODE = 4;
const PIECES = 8;
const CHUNKED = 16;
const LENGTH = 32;
const UPGRADE = 64;
const INSPECTS = 256;
const TUNNEL = 512;
const RAW = 1024;
const OFFERS_HTTP2 = 2048;
const ONLY_HTTP2 = 4096;

const NUMBER_MAX = 0xffffffff;
// Larger files are read while they are sent.
const WHOLE_FILE_MAX = 1024 * 1024;
// Fields that are for one origin, and those that describe content.
const PRIVATE_FIELDS = ["authorization", "proxy-authorization", "cookie", "host"];
const CONTENT_FIELDS = [
  "content-encoding", "content-language", "content-location", "content-type", "content-length",
  "transfer-encoding",
];
const NOT_REPLAYABLE = "Request body is a ReadableStream and cannot be replayed for this redirect";

let lastNumber = 0;
const nextNumber = () => (lastNumber = lastNumber === NUMBER_MAX ? 1 : lastNumber + 1);

const isRedirect = (status) =>
  status === 301 || status === 302 || status === 303 || status === 307 || status === 308;

class Exchange {
  constructor(options, target) {
    this.options = options;
    this.target = target;
    this.number = 0;
    this.redirects = 0;
    this.settled = false;
    // 101 is an answer.
    this.upgrades = false;
    // A proxy connects to the target, though nothing is encrypted.
    this.tunnels = false;
    // The content is for after an upgrade.
    this.awaitsUpgrade = false;
    this.resolve = null;
    this.reject = null;
    this.onAbort = null;
    // The body a program reads as a stream.
    this.streaming = null;
  }

  /// The promise of the response.
  run() {
    const promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    const { signal } = this.options;
    if (signal !== null) {
      this.onAbort = () => this.abort();
      require("web/abort").addAlgorithm(signal, this.onAbort);
    }
    this.send();
    return promise;
  }

  send() {
    const { body } = this.options;
    if (body === null || typeof body === "string" || body instanceof Uint8Array) {
      this.start(body, 0);
    } else {
      this.sendOther(body).catch((error) => this.fail(error));
    }
  }

  async sendOther(body) {
    if (isBlob(body)) {
      const content = contentOf(body);
      if (content !== null) return this.start(content, 0);
      const size = body.size;
      if (size <= WHOLE_FILE_MAX) {
        const bytes = await body.bytes();
        return this.settled ? undefined : this.start(bytes, 0);
      }
      return this.startPieces(body.stream(), Number.isFinite(size) ? size : null);
    }
    if (!(body instanceof ServerBody)) return this.startPieces(body, this.options.length);
    const stream = body.source.body();
    return stream === null ? this.start(null, 0) : this.startPieces(stream, null);
  }

  // What a request says in another protocol waits until the server speaks it.
  sendUpgraded(status) {
    if (status !== 101) return ops.fetchPushEnd(this.number);
    require("fetch/upload").pump(this.options.body, this.number, (error) => this.fail(error));
  }

  startPieces(stream, length) {
    if (this.options.asksUpgrade() && this.options.versions !== HTTP2) {
      this.awaitsUpgrade = true;
      return this.start(null, PIECES);
    }
    this.start(null, length === null ? PIECES | CHUNKED : PIECES, length);
    require("fetch/upload").pump(stream, this.number, (error) => this.fail(error));
  }

  // Starts one request; content is a string, bytes or null.
  start(content, extra, length = null) {
    const { options, target } = this;
    const { method, unix } = options;
    this.number = nextNumber();
    const proxy = options.proxy === false || unix !== undefined
      ? null
      : require("fetch/proxy").proxyOf(options.proxy, target);
    let flags = extra;
    if (target.secure) flags |= SECURE;
    // As in Bun: neither in the clear nor through another's hands.
    const offered = unix === undefined && !this.upgrades ? options.versions : 0;
    if (offered === HTTP2 && (!target.secure || proxy !== null)) {
      return this.fail(fetchError("HTTP2Unsupported", target.href));
    }
    if (offered === HTTP2) flags |= ONLY_HTTP2;
    else if (offered === EITHER && target.secure && proxy === null) flags |= OFFERS_HTTP2;
    if (options.keepAlive && !closes(options.headers)) flags |= KEEP_ALIVE;
    if (options.decompress) flags |= DECODE;
    if (this.upgrades) flags |= UPGRADE;
    else if (options.asksUpgrade()) flags |= UPGRADE | RAW;
    if (method !== "GET" && method !== "HEAD" && (extra & PIECES) === 0) flags |= LENGTH;
    // What a proxy hears in the clear names its target in full, unless it is to pass it all on.
    const named = proxy !== null && !target.secure && !this.tunnels;
    let head = this.headOf(named ? `http://${target.host}${target.path}` : target.path);
    if (named) head += proxy.fields;
    if (this.tunnels) flags |= TUNNEL;
    if ((extra & CHUNKED) !== 0) head += "Transfer-Encoding: chunked\r\n";
    else if (length !== null) head += `Content-Length: ${length}\r\n`;
    const inspects = options.checkServerIdentity !== null && target.secure;
    if (inspects) flags |= INSPECTS;
    if (target.secure && options.tls === 0) options.tls = require("fetch/tls").unsaid();
    if (options.tls < 0) return this.fail(fetchError("FailedToOpenSocket", target.href));
    if (options.verbose !== false) require("fetch/verbose").request(this, head, content, flags);
    ops.fetchStart(
      this.number, proxy === null ? flags : flags | proxy.flags, target.hostname, target.port,
      method, head, content ?? undefined, options.silence, options.tls, unix,
      proxy?.hostname, proxy?.port, proxy?.fields,
    ).then((answer) => this.receive(answer), (error) => this.fail(this.errorOf(error)));
    if (inspects) require("fetch/tls").inspect(this);
  }

  // The head of the request, without its framing.
  headOf(path) {
    const { method, headers, keepAlive, decompress } = this.options;
    return headOf({ method, path, target: this.target, headers, keepAlive, decompress });
  }

  // The head has come: as one string with its content, or with what is known of the content.
  receive(answer) {
    if (this.settled) return;
    const whole = typeof answer === "string";
    const text = whole ? answer : answer[0];
    const status = Number(text.slice(0, 3));
    const lineEnd = text.indexOf("\n");
    const flat = [];
    let at = lineEnd + 1;
    for (let end = text.indexOf("\n", at); end > at; end = text.indexOf("\n", at)) {
      const colon = text.indexOf(":", at);
      flat.push(text.slice(at, colon), text.slice(colon + 1, end));
      at = end + 1;
    }
    const statusText = text.slice(4, lineEnd);
    if (this.options.verbose !== false) {
      require("fetch/verbose").response(status, statusText, flat);
    }
    if (isRedirect(status) && this.options.redirect !== "manual") {
      const location = valueOf(flat, "location");
      if (location !== "") {
        if (!whole && typeof answer[1] === "number") ops.fetchDiscard(this.number);
        return this.redirect(status, location);
      }
    }
    const headers = createHeaders(flat);
    const content = whole ? text.slice(at + 1) : answer[1];
    this.respond(status, statusText, headers, content);
  }

  respond(status, statusText, headers, content) {
    let body = null;
    if (this.awaitsUpgrade) this.sendUpgraded(status);
    if (typeof content === "number") body = streamedBody(this, content);
    else this.finish();
    if (typeof content === "string") body = textBody(content);
    else if (body === null) body = bytesBody(content);
    const isBodiless = this.options.method === "HEAD" || status === 204 || status === 304;
    this.settled = true;
    this.resolve(createResponse({
      body: isBodiless && typeof content !== "number" ? null : body,
      status,
      statusText,
      headers,
      url: this.target.href,
      redirected: this.redirects > 0,
    }));
  }

  redirect(status, location) {
    const { options, target } = this;
    const fail = (code) => this.fail(fetchError(code, target.href));
    if (options.redirect === "error") return fail("UnexpectedRedirect");
    if (this.redirects >= options.redirectsMax) return fail("TooManyRedirects");
    const { URL } = require("web/url");
    const text = latin1Utf8(location);
    // Without a scheme before its colon it takes that of the request.
    const url = URL.parse(text.startsWith("://") ? text.slice(1) : text, target.href);
    if (url === null) return fail("RedirectURLInvalid");
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      return fail("UnsupportedRedirectProtocol");
    }
    const next = targetOf(url.href);
    this.redirects++;
    const becomesGet = status === 303
      ? options.method !== "HEAD" && options.method !== "GET"
      : (status === 301 || status === 302) && options.method === "POST";
    if (becomesGet) this.dropContent();
    else if (!isReplayable(options.body)) return this.fail(new TypeError(NOT_REPLAYABLE));
    if (next.origin !== target.origin) this.dropFields(PRIVATE_FIELDS);
    this.target = next;
    // A redirect leads away from a socket of the file system.
    options.unix = undefined;
    this.send();
  }

  dropContent() {
    this.options.method = "GET";
    this.options.body = null;
    this.dropFields(CONTENT_FIELDS);
  }

  dropFields(names) {
    if (this.options.headers === null) return;
    const headers = new Headers(this.options.headers);
    for (const name of names) headers.delete(name);
    this.options.headers = headers;
  }

  /// What a program gets for an operation's error.
  errorOf(error) {
    const { signal } = this.options;
    if (signal !== null && require("web/abort").isAborted(signal)) return signal.reason;
    return errorOf(error, this.target.href);
  }

  abort() {
    this.fail(this.options.signal.reason);
    if (this.streaming !== null) this.streaming.abort(this.options.signal.reason);
  }

  /// The fetch has failed: nothing more is sent or received.
  fail(error) {
    if (this.number !== 0) ops.fetchGiveUp(this.number);
    this.finish();
    if (this.settled) return;
    this.settled = true;
    this.reject(error);
  }

  /// Nothing can be aborted any more.
  finish() {
    if (this.onAbort === null) return;
    require("web/abort").removeAlgorithm(this.options.signal, this.onAbort);
    this.onAbort = null;
  }
}

const isReplayable = (body) =>
  body === null || typeof body === "string" || body instanceof Uint8Array || isBlob(body);

function closes(headers) {
  const value = headers === null ? null : headers.get("connection");
  return value !== null && value.toLowerCase() === "close";
}

// The last value of a field; "" where there is none.
function valueOf(flat, name) {
  for (let index = flat.length - 2; index >= 0; index -= 2) {
    if (flat[index].length === name.length && flat[index].toLowerCase() === name) {
      return flat[index + 1];
    }
  }
  return "";
}

// Servers send other characters in Location as UTF-8.
function latin1Utf8(text) {
  if (!/[\x80-\xff]/.test(text)) return text;
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return require("web/encoding").decodeUtf8(bytes);
}

module.exports = { Exchange };
