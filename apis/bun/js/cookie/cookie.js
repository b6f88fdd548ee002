"use strict";
// Bun.Cookie: one cookie with its attributes, read from and written as a Set-Cookie field
// (RFC 6265, with Partitioned).

const { codedError, missingArguments, setAttributes, setTag } = require("web/fetch-errors");

const {
  Date, Math, Number, Object, Proxy, RangeError, String, TypeError, decodeURIComponent,
  encodeURIComponent, isNaN,
} = globalThis;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PATH = /^[\x20-\x3a\x3c-\x7e]*$/;
const DOMAIN = /^[A-Za-z0-9.:_[\]-]*$/;
const NOT_A_FIELD = /[\0\r\n]|[^\0-\xff]/;
const SAME_SITES = ["strict", "lax", "none"];
const SAME_SITE_NAMES = { strict: "Strict", lax: "Lax", none: "None" };

const invalid = (what) => new TypeError(`Invalid cookie ${what}: contains invalid characters`);

function checkName(name) {
  if (!NAME.test(name)) throw invalid("name");
  return name;
}

function checkPath(path) {
  if (!PATH.test(path)) throw invalid("path");
  return path;
}

function checkDomain(domain) {
  if (!DOMAIN.test(domain)) throw invalid("domain");
  return domain;
}

function checkSameSite(value) {
  const lower = String(value).toLowerCase();
  if (SAME_SITES.includes(lower)) return lower;
  throw new TypeError("Invalid sameSite value. Must be 'strict', 'lax', or 'none'");
}

// Milliseconds, or undefined: numbers are seconds since 1970.
function expiryOf(value) {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" || value instanceof Date) {
    const time = typeof value === "number" ? value * 1000 : value.getTime();
    if (Number.isFinite(time)) return time;
    const kinds = typeof value === "number" ? "Number (or Date)" : "Date (or Number)";
    throw new RangeError(`expires must be a valid ${kinds}`);
  }
  if (typeof value !== "string") {
    const received = require("bun/inspect").inspect(value);
    const message = "The argument 'expires' Invalid expires value. Must be a Date or a number. ";
    throw codedError(TypeError, "ERR_INVALID_ARG_VALUE", `${message}Received ${received}`);
  }
  const time = httpDate(value);
  if (isNaN(time)) throw new TypeError("Invalid cookie expiration date");
  return time;
}

// The time of a date as HTTP writes it; other forms are no dates here.
const httpDate = (text) => (/^\s*[A-Za-z]{3,9},?[ -]/.test(text) ? Date.parse(text) : NaN);

class Cookie {
  #name = "";
  #value = "";
  #domain = undefined;
  #path = "/";
  #expires = undefined;
  #maxAge = undefined;
  #secure = false;
  #httpOnly = false;
  #sameSite = "lax";
  #partitioned = false;

  constructor(first, second) {
    if (arguments.length === 0) throw missingArguments();
    if (arguments.length === 1 && typeof first === "string") {
      this.#read(first);
    } else if (typeof first === "object" && first !== null) {
      this.#set(first.name, first.value, first);
    } else {
      this.#set(first, second, arguments[2]);
    }
  }

  #set(name, value, options) {
    this.#name = checkName(String(name ?? ""));
    this.#value = String(value ?? "");
    if (options === undefined || options === null) return;
    if (typeof options !== "object") throw new TypeError("Options must be an object");
    const { domain, path, sameSite, maxAge } = options;
    if (domain !== undefined && domain !== null) this.#domain = checkDomain(String(domain));
    if (path !== undefined && path !== null) this.#path = checkPath(String(path));
    this.#expires = expiryOf(options.expires);
    if (maxAge !== undefined && maxAge !== null && Number.isFinite(Number(maxAge))) {
      this.#maxAge = Number(maxAge);
    }
    this.#secure = Boolean(options.secure);
    this.#httpOnly = Boolean(options.httpOnly);
    if (sameSite !== undefined && sameSite !== null) this.#sameSite = checkSameSite(sameSite);
    this.#partitioned = Boolean(options.partitioned);
  }

  #read(text) {
    const [pair, ...attributes] = text.split(";");
    const at = pair.indexOf("=");
    if (at < 0) throw new TypeError("Invalid cookie string: empty");
    const name = pair.slice(0, at).trim();
    if (name === "") throw new TypeError("Invalid cookie string: name cannot be empty");
    this.#name = checkName(name);
    this.#value = pair.slice(at + 1).trim();
    for (const attribute of attributes) {
      const [key, ...rest] = attribute.split("=");
      this.#readAttribute(key.trim().toLowerCase(), rest.join("=").trim());
    }
  }

  #readAttribute(key, value) {
    switch (key) {
      case "domain": if (value !== "") this.#domain = value.toLowerCase(); break;
      case "path": if (value.startsWith("/")) this.#path = value; break;
      case "expires": {
        const time = httpDate(value);
        if (!isNaN(time)) this.#expires = time;
        break;
      }
      case "max-age": if (/^-?\d+$/.test(value)) this.#maxAge = Number(value); break;
      case "secure": this.#secure = true; break;
      case "httponly": this.#httpOnly = true; break;
      case "partitioned": this.#partitioned = true; break;
      case "samesite": {
        const lower = value.toLowerCase();
        if (SAME_SITES.includes(lower)) this.#sameSite = lower;
        break;
      }
      default:
    }
  }

  get name() { return this.#name; }
  set name(_value) {}
  get value() { return this.#value; }
  set value(value) { this.#value = String(value); }
  get domain() { return this.#domain ?? null; }
  set domain(value) { this.#domain = checkDomain(String(value)); }
  get path() { return this.#path; }
  set path(value) { this.#path = checkPath(String(value)); }
  get expires() { return this.#expires === undefined ? undefined : new Date(this.#expires); }
  set expires(value) { this.#expires = expiryOf(value); }
  get maxAge() { return this.#maxAge; }
  set maxAge(value) { this.#maxAge = value === undefined ? undefined : Number(value); }
  get secure() { return this.#secure; }
  set secure(value) { this.#secure = Boolean(value); }
  get httpOnly() { return this.#httpOnly; }
  set httpOnly(value) { this.#httpOnly = Boolean(value); }
  get sameSite() { return this.#sameSite; }
  set sameSite(value) { this.#sameSite = checkSameSite(value); }
  get partitioned() { return this.#partitioned; }
  set partitioned(value) { this.#partitioned = Boolean(value); }

  isExpired() {
    if (this.#maxAge !== undefined) return this.#maxAge <= 0;
    return this.#expires !== undefined && this.#expires < Date.now();
  }

  toString() {
    let text = `${this.#name}=${encodeURIComponent(this.#value)}`;
    if (this.#domain !== undefined && this.#domain !== "") text += `; Domain=${this.#domain}`;
    if (this.#path !== "") text += `; Path=${this.#path}`;
    if (this.#expires !== undefined) {
      text += `; Expires=${new Date(Math.trunc(this.#expires)).toUTCString()}`;
    }
    if (this.#maxAge !== undefined) text += `; Max-Age=${this.#maxAge}`;
    if (this.#secure) text += "; Secure";
    if (this.#httpOnly) text += "; HttpOnly";
    if (this.#partitioned) text += "; Partitioned";
    return `${text}; SameSite=${SAME_SITE_NAMES[this.#sameSite]}`;
  }

  toJSON() {
    const json = Object.create(null);
    Object.assign(json, { name: this.#name, value: this.#value });
    if (this.#domain !== undefined) json.domain = this.#domain;
    json.path = this.#path;
    if (this.#expires !== undefined) json.expires = new Date(this.#expires);
    if (this.#maxAge !== undefined) json.maxAge = this.#maxAge;
    json.secure = this.#secure;
    json.sameSite = this.#sameSite;
    json.httpOnly = this.#httpOnly;
    json.partitioned = this.#partitioned;
    return json;
  }

  serialize() { return this.toString(); }

  static parse(text) {
    if (arguments.length === 0) throw missingArguments();
    if (NOT_A_FIELD.test(String(text))) {
      throw new TypeError("cookie string is not a valid HTTP header value");
    }
    if (String(text) === "") throw invalid("name");
    return new Cookie(String(text));
  }

  static from(name, value, options) {
    if (arguments.length === 0) throw missingArguments();
    return new Cookie(name, value ?? "", options);
  }

  static {
    module.exports.isCookie = (value) =>
      typeof value === "object" && value !== null && #name in value;
  }
}
setAttributes(Cookie.prototype, { enumerable: true });
for (const name of ["parse", "from"]) {
  Object.defineProperty(Cookie, name, { enumerable: true, configurable: false });
}
setTag(Cookie.prototype, "Cookie");

/// A class that says how it is made when it is called like a function.
function madeWithNew(Class) {
  const wrapped = new Proxy(Class, {
    apply() {
      const message = `Use \`new ${Class.name}(...)\` instead of \`${Class.name}(...)\``;
      throw codedError(TypeError, "ERR_ILLEGAL_CONSTRUCTOR", message);
    },
  });
  Object.defineProperty(Class.prototype, "constructor", {
    value: wrapped, writable: true, configurable: true,
  });
  return wrapped;
}

/// A value as it stands in a Cookie field: percent escapes that are none are left.
function decodeValue(text) {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

Object.assign(module.exports, { Cookie: madeWithNew(Cookie), madeWithNew, decodeValue });
