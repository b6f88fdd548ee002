// util.MIMEType and util.MIMEParams: media types taken apart, by the MIME Sniffing standard.
"use strict";

const { ERR_INVALID_MIME_SYNTAX } = require("node/error-codes");
const { Map, Object, Symbol } = globalThis;

const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
const NOT_QUOTED = /[^\t\u0020-~\u0080-\u00FF]/;
const NOT_SPACE = /[^\r\n\t ]/;
const TRAILING_SPACE = /[\r\n\t ]+$/;

function invalid(part, text, position) {
  return ERR_INVALID_MIME_SYNTAX(part, `"${text}"`, position);
}

function checkToken(part, value, whole = value) {
  const position = value.search(NOT_TOKEN);
  if (value.length === 0 || position >= 0) throw invalid(part, whole, position);
}

// ---- Parameters ------------------------------------------------------------------------------

let fillParameters;

class MIMEParams {
  #values = new Map();

  get(name) {
    return this.#values.get(`${name}`) ?? null;
  }

  has(name) { return this.#values.has(`${name}`); }

  set(name, value) {
    const key = `${name}`;
    const text = `${value}`;
    checkToken("parameter name", key);
    const position = text.search(NOT_QUOTED);
    if (position >= 0) throw invalid("parameter value", text, position);
    this.#values.set(key, text);
  }

  delete(name) { this.#values.delete(`${name}`); }

  toString() {
    const parts = [];
    for (const [name, value] of this.#values) parts.push(`${name}=${encoded(value)}`);
    return parts.join(";");
  }

  entries() { return this.#values.entries(); }
  keys() { return this.#values.keys(); }
  values() { return this.#values.values(); }

  static {
    fillParameters = (parameters, text) => readParameters(parameters.#values, text);
  }
}

function encoded(value) {
  if (value.length > 0 && !NOT_TOKEN.test(value)) return value;
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

// "; name=value" again and again; what cannot be read is passed over.
function readParameters(values, text) {
  let position = 0;
  while (position < text.length) {
    const start = text.slice(position).search(NOT_SPACE);
    position += start < 0 ? text.length - position : start;
    const separator = /[;=]/.exec(text.slice(position));
    const end = separator === null ? text.length : position + separator.index;
    const name = text.slice(position, end).toLowerCase();
    position = end;
    if (separator === null) break;
    position += 1;
    if (separator[0] === ";") continue;
    const [value, next] = readValue(text, position);
    position = next;
    const isGood = value !== undefined && name !== "" && !NOT_TOKEN.test(name) &&
      !NOT_QUOTED.test(value);
    if (isGood && !values.has(name)) values.set(name, value);
  }
}

// A value from `position` on, in quotes or not: [value, what follows its semicolon].
function readValue(text, position) {
  if (text[position] === '"') {
    const match = /^"((?:[^"\\]|\\[^])*)"?/.exec(text.slice(position));
    // A backslash at the very end stands for itself.
    const hasLone = match[0].length === text.length - position - 1 && text.endsWith("\\");
    const inside = match[1].replace(/\\(.)/gs, "$1") + (hasLone ? "\\" : "");
    const semicolon = text.indexOf(";", position + match[0].length);
    return [inside, semicolon < 0 ? text.length : semicolon + 1];
  }
  const semicolon = text.indexOf(";", position);
  const end = semicolon < 0 ? text.length : semicolon;
  const value = text.slice(position, end).replace(TRAILING_SPACE, "");
  return [value === "" ? undefined : value, end + 1];
}

// ---- The type --------------------------------------------------------------------------------

// [type, subtype, the rest] of a media type.
function split(text) {
  const first = text.search(NOT_SPACE);
  let position = first < 0 ? text.length : first;
  const slash = text.indexOf("/", position);
  const type = slash < 0 ? text.slice(position) : text.slice(position, slash);
  const bad = type.search(NOT_TOKEN);
  if (type === "" || bad >= 0 || slash < 0) throw invalid("type", text, bad);
  position = slash + 1;
  const semicolon = text.indexOf(";", position);
  const end = semicolon < 0 ? text.length : semicolon;
  const subtype = text.slice(position, end).replace(TRAILING_SPACE, "");
  const badSubtype = subtype.search(NOT_TOKEN);
  if (subtype === "" || badSubtype >= 0) throw invalid("subtype", text, badSubtype);
  return [type.toLowerCase(), subtype.toLowerCase(), text.slice(end + 1)];
}

class MIMEType {
  #type;
  #subtype;
  #parameters = new MIMEParams();

  constructor(string) {
    const [type, subtype, rest] = split(`${string}`);
    this.#type = type;
    this.#subtype = subtype;
    fillParameters(this.#parameters, rest);
  }

  get type() { return this.#type; }
  set type(value) {
    const text = `${value}`;
    checkToken("type", text);
    this.#type = text.toLowerCase();
  }

  get subtype() { return this.#subtype; }
  set subtype(value) {
    const text = `${value}`;
    checkToken("subtype", text);
    this.#subtype = text.toLowerCase();
  }

  get essence() { return `${this.#type}/${this.#subtype}`; }
  get params() { return this.#parameters; }

  toString() {
    const parameters = this.#parameters.toString();
    return parameters === "" ? this.essence : `${this.essence};${parameters}`;
  }
}

function describe(constructor, names) {
  const { prototype } = constructor;
  prototype.toJSON = prototype.toString;
  for (const name of names) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    Object.defineProperty(prototype, name, { ...descriptor, enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, {
    value: constructor.name, configurable: true,
  });
}

describe(MIMEType, ["type", "subtype", "essence", "params", "toString"]);
describe(MIMEParams, ["get", "has", "set", "delete", "toString", "entries", "keys", "values"]);
Object.defineProperty(MIMEParams.prototype, Symbol.iterator, {
  value: MIMEParams.prototype.entries, writable: true, configurable: true,
});

module.exports = { MIMEType, MIMEParams };
