"use strict";
// Response. The constructor is on a server's hot path: with a text it stores four fields, and
// neither headers nor a stream exist before a program asks for them.
// Invariants: `#body` is a raw form (see web/body) or a BodyState; `#headers` is null while the
// headers were neither given nor read, and `#contentType` then holds what they would say.

const { invalidArgument, wrongInstance, wrongGetter, setAttributes, setTag } =
  require("web/fetch-errors");
const { Headers, contentTypeOf, setContentType } = require("web/headers");
const { BodyState, USED, extractBody, sourceOfRaw, typeOfRaw } = require("web/body");
const { isBlob, defaultTypeOf, parseJson } = require("web/blob");
const { TEXT_PLAIN } = require("web/mime");

const JSON_TYPE = "application/json;charset=utf-8";
const BYTES_TYPE = "application/octet-stream";
const NOT_AN_INIT =
  "Failed to construct 'Response': The provided body value is not of type 'ResponseInit'";

function checkedStatus(value) {
  if (Number.isInteger(value) && value >= 200 && value <= 599) return value;
  let status = Math.trunc(Number(value));
  if (!Number.isFinite(status)) status = typeof value === "number" ? "-9223372036854775808" : 0;
  if (status === 101 || (status >= 200 && status <= 599)) return status;
  throw new RangeError(
    `The status provided (${status}) must be 101 or in the range of [200, 599]`,
  );
}

function isRedirect(status) {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

class Response {
  #body = null;
  #headers = null;
  #status = 200;
  #statusText = "";
  #contentType = null;
  #origin = null;

  constructor(body = undefined, init = undefined) {
    if (typeof body === "string") this.#body = body;
    else if (body !== undefined && body !== null) this.#body = extractBody(body);
    if (init !== undefined && init !== null) this.#initialize(init);
  }

  #initialize(init) {
    if (typeof init !== "object" && typeof init !== "function") throw invalidArgument(NOT_AN_INIT);
    const headers = init.headers;
    if (headers !== undefined) {
      this.#headers = new Headers(headers);
      const body = this.#body;
      if (body !== null && typeof body === "object") this.#addContentType(typeOfRaw(body));
    }
    const status = init.status;
    if (status !== undefined) this.#status = checkedStatus(status);
    const text = init.statusText;
    if (text !== undefined && text !== null) this.#statusText = `${text}`;
  }

  #addContentType(type) {
    if (type !== "" && contentTypeOf(this.#headers) === null) setContentType(this.#headers, type);
  }

  #state() {
    const body = this.#body;
    if (body instanceof BodyState && body !== USED) return body;
    const state = new BodyState(body === USED ? null : body);
    if (body === USED) state.used = true;
    this.#body = state;
    return state;
  }

  #mediaType() {
    if (this.#headers !== null) return contentTypeOf(this.#headers);
    return this.#contentType ?? (this.#state().type || null);
  }

  text() {
    if (!(#body in this)) throw wrongInstance("Response", this);
    const body = this.#body;
    if (typeof body !== "string") return this.#state().text();
    this.#body = USED;
    return Promise.resolve(body);
  }

  json() {
    if (!(#body in this)) throw wrongInstance("Response", this);
    const body = this.#body;
    if (typeof body !== "string") return this.#state().json();
    this.#body = USED;
    try {
      return Promise.resolve(parseJson(body));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  arrayBuffer() {
    if (!(#body in this)) throw wrongInstance("Response", this);
    return this.#state().arrayBuffer();
  }

  bytes() {
    if (!(#body in this)) throw wrongInstance("Response", this);
    return this.#state().bytes();
  }

  blob() {
    if (!(#body in this)) throw wrongInstance("Response", this);
    return this.#state().blob(this.#mediaType());
  }

  formData() {
    if (!(#body in this)) throw wrongInstance("Response", this);
    return this.#state().formData(this.#mediaType());
  }

  textStream() {
    if (!(#body in this)) throw wrongInstance("Response", this);
    return this.#state().textStream();
  }

  get body() {
    if (!(#body in this)) throw wrongGetter("Response", "body");
    return this.#body === null ? null : this.#state().body();
  }

  get bodyUsed() {
    if (!(#body in this)) throw wrongGetter("Response", "bodyUsed");
    const body = this.#body;
    return body !== null && typeof body === "object" && this.#state().isUsed();
  }

  get headers() {
    if (!(#body in this)) throw wrongGetter("Response", "headers");
    if (this.#headers === null) {
      this.#headers = new Headers();
      const body = this.#body;
      const own = body instanceof BodyState ? body.type : typeOfRaw(body);
      this.#addContentType(this.#contentType ?? own);
    }
    return this.#headers;
  }

  get status() {
    if (!(#body in this)) throw wrongGetter("Response", "status");
    return this.#status;
  }

  get statusText() {
    if (!(#body in this)) throw wrongGetter("Response", "statusText");
    return this.#statusText;
  }

  get ok() {
    if (!(#body in this)) throw wrongGetter("Response", "ok");
    return this.#status >= 200 && this.#status <= 299;
  }

  get type() {
    if (!(#body in this)) throw wrongGetter("Response", "type");
    return this.#status < 200 ? "error" : "default";
  }

  get url() {
    if (!(#body in this)) throw wrongGetter("Response", "url");
    return this.#origin === null ? "" : this.#origin.url;
  }

  get redirected() {
    if (!(#body in this)) throw wrongGetter("Response", "redirected");
    return this.#origin !== null && this.#origin.redirected;
  }

  clone(_options) {
    if (!(#body in this)) throw wrongInstance("Response", this);
    const copy = new Response();
    if (typeof this.#body === "string") copy.#body = this.#body = this.#body.toWellFormed();
    else if (this.#body !== null) copy.#body = this.#state().clone();
    if (this.#headers !== null) copy.#headers = new Headers(this.#headers);
    copy.#status = this.#status;
    copy.#statusText = this.#statusText;
    copy.#contentType = this.#contentType;
    copy.#origin = this.#origin;
    return copy;
  }

  static json(data = undefined, init = undefined) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("Value is not JSON serializable");
    const response = new Response(text);
    response.#contentType = JSON_TYPE;
    if (typeof init === "number") response.#status = checkedStatus(init);
    else if (init !== undefined && init !== null) {
      response.#initialize(init);
      if (response.#headers !== null) response.#addContentType(JSON_TYPE);
    }
    return response;
  }

  static redirect(url = undefined, init = undefined) {
    const response = new Response();
    response.#status = 302;
    if (typeof init === "number") response.#status = init;
    else if (init !== null && typeof init === "object") {
      response.#status = 200;
      response.#initialize(init);
    }
    const isDefault = response.#status === 200 && typeof init !== "number";
    if (!isDefault && !isRedirect(response.#status)) {
      throw new RangeError("Failed to execute 'redirect' on 'Response': Invalid status code");
    }
    const location = url === undefined ? "" : `${url}`;
    if (location === "") return response;
    // What is no URL by itself goes out as it is.
    const parsed = require("web/url").URL.parse(location);
    response.headers.append("Location", parsed === null ? location : parsed.href);
    return response;
  }

  static error() {
    const response = new Response();
    response.#status = 0;
    return response;
  }

  static {
    const exported = module.exports;
    exported.isResponse = (value) =>
      value !== null && typeof value === "object" && #body in value;
    exported.statusOf = (response) => response.#status;
    exported.statusTextOf = (response) => response.#statusText;

    /// null while the headers were neither given nor read and the body alone says its type.
    exported.headersOrNull = (response) =>
      response.#contentType !== null ? response.headers : response.#headers;

    /// The headers as far as they were given or read; null before.
    exported.givenHeaders = (response) => response.#headers;

    /// The body as it was given while it is still whole: a text, bytes, a Blob, a stream or null;
    /// undefined where it was used.
    exported.bodySourceOf = (response) => {
      const body = response.#body;
      if (typeof body === "string" || body === null) return body;
      return body instanceof BodyState ? body.source() : sourceOfRaw(body);
    };

    exported.markBodyUsed = (response) => {
      if (typeof response.#body === "string") response.#body = USED;
      else if (response.#body !== null) {
        const taken = response.#state().take();
        // A stream whose bytes were sent without reading it.
        if (taken !== null && taken.locked === false) taken.getReader();
      }
    };

    /// The content type a server adds to the headers, or null where they have one or the body
    /// says nothing.
    exported.defaultContentType = (response) => {
      const headers = response.#headers;
      if (headers !== null && contentTypeOf(headers) !== null) return null;
      if (response.#contentType !== null) return response.#contentType;
      const body = exported.bodySourceOf(response);
      if (typeof body === "string") return body === "" ? null : TEXT_PLAIN;
      if (body instanceof Uint8Array) return BYTES_TYPE;
      return isBlob(body) ? defaultTypeOf(body) : null;
    };

    /// A response that a client received; `body` is a raw form.
    exported.createResponse = ({ body, status, statusText, headers, url, redirected }) => {
      const response = new Response();
      response.#body = body;
      response.#status = status;
      response.#statusText = statusText;
      response.#headers = headers;
      response.#origin = { url, redirected };
      return response;
    };
  }
}

setAttributes(Response.prototype, { enumerable: true, configurable: false });
setTag(Response.prototype, "Response");
for (const name of ["json", "redirect", "error"]) {
  Object.defineProperty(Response, name, { enumerable: true, configurable: false });
}
module.exports.Response = Response;
