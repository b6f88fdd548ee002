// SocketAddress: an address and a port that never change.
"use strict";

const errors = require("node/errors");
const codes = require("node/error-codes");
const { Number, Object, Symbol, URL } = globalThis;

const FLOW_LABEL_MAX = 0xfffff;
const ADDRESS_FAMILY_V4 = 2;
const ADDRESS_FAMILY_V6 = 10;
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

const FAMILIES = { ipv4: 4, ipv6: 6 };

function familyOf(options) {
  const { family = "ipv4" } = options;
  const lower = typeof family?.toLowerCase === "function" ? family.toLowerCase() : family;
  if (Object.hasOwn(FAMILIES, lower)) return lower;
  throw errors.ERR_INVALID_ARG_VALUE("options.family", family);
}

class SocketAddress {
  #address;
  #family;
  #port;
  #flowlabel;

  static isSocketAddress(value) {
    return isOwn(value);
  }

  static has(value) { return #address in value; }

  /** An address of text as in a URL: `1.2.3.4:80`, `[::1]:80`; undefined where it is none. */
  static parse(input) {
    errors.validateString(input, "input");
    const url = parsed(input);
    if (url === undefined) return undefined;
    const { hostname } = url;
    const isV6 = hostname.startsWith("[");
    const address = isV6 ? hostname.slice(1, -1) : hostname;
    if (ops.netFamily(address) === 0) return undefined;
    const family = isV6 ? "ipv6" : "ipv4";
    return new SocketAddress({ address, family, port: Number(url.port) });
  }

  constructor(options = {}) {
    errors.validateObject(options, "options");
    const family = familyOf(options);
    const isV4 = family === "ipv4";
    const { address = isV4 ? "127.0.0.1" : "::", port = 0, flowlabel = 0 } = options;
    errors.validateString(address, "options.address");
    const number = errors.validatePort(port, "options.port");
    errors.validateInteger(flowlabel, "options.flowlabel", 0, FLOW_LABEL_MAX);
    if (ops.netFamily(address) !== FAMILIES[family]) {
      throw codes.ERR_INVALID_ADDRESS("Invalid address");
    }
    this.#address = ops.netCanonical(address) ?? address;
    this.#family = family;
    this.#port = number;
    this.#flowlabel = isV4 ? 0 : flowlabel;
  }

  get address() { return this.#address; }
  get port() { return this.#port; }
  get family() { return this.#family; }
  get addrfamily() { return this.#family === "ipv4" ? ADDRESS_FAMILY_V4 : ADDRESS_FAMILY_V6; }
  get flowlabel() { return this.#flowlabel; }

  toJSON() {
    return {
      address: this.#address, family: this.#family, port: this.#port, flowlabel: this.#flowlabel,
    };
  }

  [INSPECT](depth, options, inspect) {
    if (depth < 0) return this;
    const nested = { ...options, depth: options.depth === null ? null : options.depth - 1 };
    return `SocketAddress ${inspect(this.toJSON(), nested)}`;
  }
}

const { has } = SocketAddress;
delete SocketAddress.has;

// Instances of classes derived from it do not count, as in Bun.
function isOwn(value) {
  if (typeof value !== "object" || value === null) return false;
  return has(value) && Object.getPrototypeOf(value) === SocketAddress.prototype;
}

function parsed(input) {
  try {
    return new URL(`http://${input}`);
  } catch {
    return undefined;
  }
}

Object.defineProperty(SocketAddress.prototype, INSPECT, { enumerable: false });

module.exports = { SocketAddress };
