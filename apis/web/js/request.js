"use strict";
// Request, made by a program or by a server. A server's request reads nothing of its connection's
// source before a getter asks.
// Invariants: with `#source` set, url, method, headers, body and signal are null until read.

const { invalidArgument, wrongInstance, wrongGetter, setAttributes, setTag } =
  require("web/fetch-errors");
const { Headers, contentTypeOf, setContentType } = require("web/headers");
const { BodyState, ServerBody, extractBody, typeOfRaw } = require("web/body");

// The methods that are known, in upper or lower case; any other becomes GET.
const METHODS = new Map();
for (const name of `ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE
MKACTIVITY MKADDRESSBOOK MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH
PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK
UNSUBSCRIBE`.split(/\s+/)) {
  METHODS.set(name, name);
  METHODS.set(name.toLowerCase(), name);
}
const CHOICES = {
  redirect: ["follow", "manual", "error"],
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
  mode: ["same-origin", "no-cors", "cors", "navigate"],
};
const DEFAULTS = { redirect: "follow", cache: "default", mode: "cors" };

const failure = (Class, message) => new Class(`Failed to construct 'Request': ${message}`);

function chosen(init, key, fallback) {
  const value = init[key];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "string") throw invalidArgument(`${key} must be a string`);
  const choices = CHOICES[key];
  if (choices.includes(value)) return value;
  const names = choices.map((choice) => `'${choice}'`);
  const last = names.pop();
  throw invalidArgument(`${key} must be one of ${names.join(", ")} or ${last}`);
}

// What parsing would give back unchanged: names that cannot be addresses, nothing to escape or to
// resolve. Default ports and punycode are looked for beside it.
const PLAIN_URL =
  /^https?:\/\/(?:[a-z][a-z0-9-]*\.)*[a-z][a-z0-9-]*(?::[1-9]\d{0,3})?\/[\w~/-]*(?:\?[\w~=&-]*)?$/;
const NOT_PLAIN = /:(?:80|443)\/|xn--/;
const URL_LENGTH_MAX = 256;

function parseUrl(text) {
  if (text === "") throw failure(Error, "url is required.");
  if (text.length <= URL_LENGTH_MAX && PLAIN_URL.test(text) && !NOT_PLAIN.test(text)) return text;
  const { URL } = require("web/url");
  const parsed = URL.parse(text);
  if (parsed !== null) return parsed.href;
  const error = failure(TypeError, `Invalid URL "${text}"`);
  error.code = "ERR_INVALID_URL";
  throw error;
}

function urlOf(input) {
  if (typeof input === "string") return parseUrl(input);
  if (input === null || (typeof input !== "object" && typeof input !== "function")) {
    const got = typeof input === "symbol" ? "" : ", got undefined";
    throw failure(Error, `expected non-empty string or object${got}`);
  }
  const isRequestLike = "url" in input && !("href" in input);
  return parseUrl(`${isRequestLike ? input.url : input}`);
}

// As the first argument, makes a request of a server's source, or an empty one to fill.
const BLANK = {};

class Request {
  #source = null;
  #url = null;
  #method = "GET";
  #headers = null;
  #body = null;
  #signal = null;
  #options = DEFAULTS;

  constructor(input = undefined, init = undefined) {
    if (input === BLANK) {
      if (init === null) return;
      this.#source = init;
      this.#method = null;
      this.#body = undefined;
      return;
    }
    if (arguments.length === 0) throw failure(Error, "1 argument required, but only 0 present.");
    const isObject = input !== null && typeof input === "object";
    const other = isObject && #source in input ? input : null;
    const settings = init !== null && typeof init === "object" ? init : null;
    if (other !== null) this.#copy(other);
    else if (isObject && "url" in input && !("href" in input)) this.#initialize(input);
    if (settings !== null) this.#initialize(settings);
    this.#url = other === null ? urlOf(input) : other.url;
    if (other !== null && settings?.body === undefined) this.#copyBody(other);
    const type = typeOfRaw(this.#body);
    if (type !== "" && contentTypeOf(this.headers) === null) setContentType(this.#headers, type);
  }

  #copy(other) {
    this.#method = other.method;
    this.#headers = new Headers(other.headers);
    this.#signal = other.signal;
    this.#options = other.#options;
  }

  #copyBody(other) {
    if (other.#bodyOrNull() === null || other.bodyUsed) return;
    this.#body = other.#state().clone();
  }

  #initialize(init) {
    const body = init.body;
    if (body !== undefined) this.#body = extractBody(body);
    const signal = init.signal;
    if (signal !== undefined && signal !== null) {
      if (!(signal instanceof require("web/abort").AbortSignal)) {
        throw failure(TypeError, "signal is not of type AbortSignal.");
      }
      this.#signal = signal;
    }
    const headers = init.headers;
    if (headers !== undefined) this.#headers = new Headers(headers);
    const method = init.method;
    if (method !== undefined) this.#method = METHODS.get(`${method}`) ?? "GET";
    const redirect = chosen(init, "redirect", "follow");
    const cache = chosen(init, "cache", "default");
    const mode = chosen(init, "mode", "cors");
    this.#options = { redirect, cache, mode };
  }

  // The raw form or state of the body; a server's is looked up when first needed.
  #bodyOrNull() {
    if (this.#body === undefined) {
      this.#body = this.#source.hasBody() ? new ServerBody(this.#source) : null;
    }
    return this.#body;
  }

  #state() {
    const body = this.#bodyOrNull();
    if (body instanceof BodyState) return body;
    this.#body = new BodyState(body);
    return this.#body;
  }

  text() {
    if (!(#source in this)) throw wrongInstance("Request", this);
    return this.#state().text();
  }

  json() {
    if (!(#source in this)) throw wrongInstance("Request", this);
    return this.#state().json();
  }

  arrayBuffer() {
    if (!(#source in this)) throw wrongInstance("Request", this);
    return this.#state().arrayBuffer();
  }

  bytes() {
    if (!(#source in this)) throw wrongInstance("Request", this);
    return this.#state().bytes();
  }

  blob() {
    if (!(#source in this)) throw wrongInstance("Request", this);
    return this.#state().blob(contentTypeOf(this.headers));
  }

  formData() {
    if (!(#source in this)) throw wrongInstance("Request", this);
    return this.#state().formData(contentTypeOf(this.headers));
  }

  textStream() {
    if (!(#source in this)) throw wrongInstance("Request", this);
    return this.#state().textStream();
  }

  get body() {
    if (!(#source in this)) throw wrongGetter("Request", "body");
    return this.#bodyOrNull() === null ? null : this.#state().body();
  }

  get bodyUsed() {
    if (!(#source in this)) throw wrongGetter("Request", "bodyUsed");
    const body = this.#body;
    return body !== null && typeof body === "object" && this.#state().isUsed();
  }

  get url() {
    if (!(#source in this)) throw wrongGetter("Request", "url");
    if (this.#url === null) this.#url = this.#source.url();
    return this.#url;
  }

  get method() {
    if (!(#source in this)) throw wrongGetter("Request", "method");
    if (this.#method === null) this.#method = this.#source.method();
    return this.#method;
  }

  get headers() {
    if (!(#source in this)) throw wrongGetter("Request", "headers");
    if (this.#headers === null) {
      this.#headers = this.#source === null ? new Headers() : this.#source.headers();
    }
    return this.#headers;
  }

  get signal() {
    if (!(#source in this)) throw wrongGetter("Request", "signal");
    if (this.#signal === null) {
      const { AbortController } = require("web/abort");
      this.#signal = this.#source === null ? new AbortController().signal : this.#source.signal();
    }
    return this.#signal;
  }

  get redirect() {
    if (!(#source in this)) throw wrongGetter("Request", "redirect");
    return this.#options.redirect;
  }

  get cache() {
    if (!(#source in this)) throw wrongGetter("Request", "cache");
    return this.#options.cache;
  }

  get mode() {
    if (!(#source in this)) throw wrongGetter("Request", "mode");
    return this.#options.mode;
  }

  // Constant on a server: there is no page whose credentials or referrer could differ.
  get credentials() {
    if (!(#source in this)) throw wrongGetter("Request", "credentials");
    return "include";
  }

  get destination() {
    if (!(#source in this)) throw wrongGetter("Request", "destination");
    return "";
  }

  get integrity() {
    if (!(#source in this)) throw wrongGetter("Request", "integrity");
    return "";
  }

  get referrer() {
    if (!(#source in this)) throw wrongGetter("Request", "referrer");
    return "";
  }

  get referrerPolicy() {
    if (!(#source in this)) throw wrongGetter("Request", "referrerPolicy");
    return "";
  }

  clone(_options) {
    if (!(#source in this)) throw wrongInstance("Request", this);
    const copy = new Request(BLANK, null);
    if (this.#bodyOrNull() !== null) copy.#body = this.#state().clone();
    copy.#url = this.url;
    copy.#method = this.method;
    copy.#headers = new Headers(this.headers);
    copy.#signal = this.signal;
    copy.#options = this.#options;
    return copy;
  }

  static {
    const exported = module.exports;
    /// The method a program named, in its own spelling; undefined where it is not known.
    exported.methodOf = (name) => METHODS.get(name);

    exported.isRequest = (value) =>
      value !== null && typeof value === "object" && #source in value;

    /// A request a server received. `source` answers url(), method(), headers(), hasBody(), body(),
    /// text(), bytes() and signal(), each asked at most once.
    exported.createServerRequest = (source) => new Request(BLANK, source);

    /// What `createServerRequest` was given, or null.
    exported.sourceOf = (request) => request.#source;

    /// The body was taken to be sent.
    exported.markBodyUsed = (request) => {
      if (request.#bodyOrNull() !== null) request.#state().take();
    };

    /// The body as it was given while it is still whole; undefined where it was used.
    exported.bodySourceOf = (request) => {
      const body = request.#bodyOrNull();
      return body instanceof BodyState ? body.source() : body;
    };
  }
}

setAttributes(Request.prototype, { enumerable: true, configurable: false });
setTag(Request.prototype, "Request");
module.exports.Request = Request;
