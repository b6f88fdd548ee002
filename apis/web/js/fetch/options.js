"use strict";
// The options of a fetch: what the input says, overridden by what the second argument says.

const { argumentError } = require("fetch/errors");
const { Headers, isHeaders } = require("web/headers");
const { isRequest, methodOf, bodySourceOf, markBodyUsed } = require("web/request");
const { extractBody, typeOfRaw } = require("web/body");

const REDIRECTS = ["follow", "manual", "error"];
const REDIRECTS_MAX = 126;
const SILENCE_MS = 300_000;

const invalidValue = (message) => argumentError("ERR_INVALID_ARG_VALUE", message);

// HTTP versions by the names the option has for them: what is offered to the server.
const HTTP1 = 1;
const EITHER = 2;
const HTTP2 = 3;
const HTTP3 = 4;
const PROTOCOLS = new Map([
  ["http1.1", HTTP1], ["h1", HTTP1], ["http2", HTTP2], ["h2", HTTP2], ["http3", HTTP3],
  ["h3", HTTP3],
]);

function versionsOf(protocol) {
  const versions = PROTOCOLS.get(protocol);
  if (versions !== undefined) return versions;
  const message =
    `fetch: 'protocol' must be "http2", "h2", "http3", "h3", "http1.1", or "h1"`;
  throw argumentError("ERR_INVALID_ARG_TYPE", message);
}

let unsaid = null;

/// What is offered where a program says nothing: HTTP/1.1, unless the user asks for more.
function unsaidVersions() {
  if (unsaid === null) {
    const flag = process.env.BUN_FEATURE_FLAG_EXPERIMENTAL_HTTP2_CLIENT;
    unsaid = flag === "1" || flag === "true" ? EITHER : HTTP1;
  }
  return unsaid;
}

/// The command line asks for HTTP/2 where a server speaks it.
function offerHttp2() {
  unsaid = EITHER;
}

class Options {
  method = "GET";
  headers = null;
  body = null;
  signal = null;
  redirect = "follow";
  keepAlive = true;
  decompress = true;
  verbose = false;
  silence = SILENCE_MS;
  redirectsMax = REDIRECTS_MAX;
  unix = undefined;
  proxy = undefined;
  tls = 0;
  // How the content is to be compressed.
  compress = null;
  // Versions of HTTP the program asks for; null where it does not say.
  protocol = null;
  // The program's own check of the server's certificate.
  checkServerIdentity = null;
  // The program's own Content-Length, which a stream is sent with.
  length = null;

  readBasics(init) {
    const { method, headers, signal, redirect } = init;
    if (method !== undefined) this.method = methodOf(`${method}`) ?? "GET";
    if (headers !== undefined && headers !== null) this.headers = new Headers(headers);
    if (signal !== undefined && signal !== null) {
      if (!require("web/abort").isSignal(signal)) {
        throw argumentError("ERR_INVALID_ARG_TYPE", "signal is not of type AbortSignal.");
      }
      this.signal = signal;
    }
    if (redirect !== undefined && redirect !== null) {
      if (!REDIRECTS.includes(redirect)) {
        const message = "redirect must be one of 'follow', 'manual' or 'error'";
        throw argumentError("ERR_INVALID_ARG_TYPE", message);
      }
      this.redirect = redirect;
    }
  }

  readExtras(init) {
    const { keepalive, decompress, verbose, timeout, unix, proxy, tls, maxRedirects } = init;
    if (keepalive !== undefined) this.keepAlive = Boolean(keepalive);
    if (decompress !== undefined) this.decompress = Boolean(decompress);
    if (verbose !== undefined) this.verbose = verbose === "curl" ? "curl" : Boolean(verbose);
    if (typeof timeout === "number") {
      this.silence = timeout > 0 && Number.isFinite(timeout) ? timeout : 0;
    } else if (timeout === false) this.silence = 0;
    if (typeof unix === "string" && unix !== "") this.unix = unix;
    if (proxy !== undefined && proxy !== null) this.proxy = proxy;
    if (typeof maxRedirects === "number") this.redirectsMax = maxRedirects;
    if (init.compress !== undefined) {
      this.compress = require("fetch/compress").readCompress(init.compress);
    }
    if (typeof init.protocol === "string") this.protocol = versionsOf(init.protocol);
    if (tls !== null && typeof tls === "object") require("fetch/tls").apply(tls, this);
  }

  // A request's own members, unless they are overridden.
  readRequest(request, init) {
    this.method = request.method;
    this.redirect = request.redirect;
    if (init?.headers === undefined) this.headers = headersOf(request);
    if (init?.signal === undefined) this.signal = request.signal;
    if (init?.body !== undefined && init.body !== null) return;
    const body = bodySourceOf(request);
    if (body === undefined) {
      throw argumentError("ERR_BODY_ALREADY_USED", "Request body already used");
    }
    this.body = body;
    markBodyUsed(request);
  }

  get versions() { return this.protocol ?? unsaidVersions(); }

  asksUpgrade() { return this.headers !== null && this.headers.has("upgrade"); }

  // What the body says of itself goes into the headers.
  complete() {
    if (this.body === null || this.body === "") return;
    if ((this.method === "GET" || this.method === "HEAD") && !this.asksUpgrade()) {
      throw invalidValue("fetch() request with GET/HEAD method cannot have body.");
    }
    const type = typeOfRaw(this.body);
    this.length = this.headers?.get("content-length") ?? null;
    if (type !== "" && !this.headers?.has("content-type")) {
      this.headers = new Headers(this.headers ?? undefined);
      this.headers.set("content-type", type);
    }
    if (this.compress !== null) require("fetch/compress").apply(this);
  }
}

// A class of the program's own may answer anything that headers are made of.
function headersOf(request) {
  const { headers } = request;
  return isHeaders(headers) ? headers : new Headers(headers ?? undefined);
}

const isObject = (value) =>
  value !== null && (typeof value === "object" || typeof value === "function");

/// The URL's text and the options of `fetch(input, init)`.
function readOptions(input, init) {
  const options = new Options();
  const settings = isObject(init) ? init : null;
  let text = input;
  if (isRequest(input)) {
    text = input.url;
    options.readRequest(input, settings);
  } else if (isObject(input)) {
    const isLike = "url" in input && !("href" in input);
    text = isLike ? `${input.url}` : `${input}`;
    if (isLike) readInit(options, input);
  }
  if (settings !== null) readInit(options, settings);
  options.complete();
  return { text: typeof text === "string" ? text : "", options };
}

function readInit(options, init) {
  options.readBasics(init);
  options.readExtras(init);
  if (init.body !== undefined && init.body !== null) options.body = extractBody(init.body);
}

module.exports = {
  Options, readOptions, invalidValue, offerHttp2, EITHER, HTTP2, HTTP3,
};
