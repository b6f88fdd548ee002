// SocketAddress: an address and a port that never change.
"use strict";

const errors = require("node/errors");
const { Number, Object, Symbol, URL } = globalThis;

const FLOW_LABEL_MAX = 0xfffff;
const ADDRESS_FAMILY_V4 = 2;
const ADDRESS_FAMILY_V6 = 10;
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

const FAMILIES = { ipv4: 4, ipv6: 6 };

const PORT_MAX = 65535;

function wrongValue(name, expected, value) {
  return errors.makeError(
    "TypeError", "ERR_INVALID_ARG_VALUE",
    `The property "${name}" is invalid. Expected ${expected}, received ` +
    errors.specificType(value));
}

function familyOf(options) {
  const { family = "ipv4" } = options;
  if (typeof family !== "string") {
    throw wrongValue("options.family", "AF_INET or AF_INET6", family);
  }
  const lower = family.toLowerCase();
  if (Object.hasOwn(FAMILIES, lower)) return lower;
  throw wrongValue("options.family", "'ipv4' or 'ipv6'", family);
}

function portOf({ port = 0 }) {
  const isNumeric = typeof port === "number" || (typeof port === "string" && port.trim() !== "");
  const number = isNumeric ? Number(port) : -1;
  if (Number.isInteger(number) && number >= 0 && number <= PORT_MAX) return number;
  throw errors.makeError(
    "RangeError", "ERR_SOCKET_BAD_PORT",
    "The \"options.port\" argument must be a valid IP port number. Got " +
    `${errors.specificType(port)}.`);
}

function flowLabelOf({ flowlabel = 0 }) {
  errors.validateNumber(flowlabel, "options.flowlabel");
  if (Number.isInteger(flowlabel) && flowlabel >= 0 && flowlabel <= FLOW_LABEL_MAX) {
    return flowlabel;
  }
  throw errors.ERR_OUT_OF_RANGE("options.flowlabel", ">= 0 and <= 4294967295", flowlabel);
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
    const { address = isV4 ? "127.0.0.1" : "::" } = options;
    if (typeof address !== "string") {
      throw errors.makeError(
        "TypeError", "ERR_INVALID_ARG_TYPE",
        "The \"options.address\" argument must be of type string. Received " +
        errors.specificType(address));
    }
    const number = portOf(options);
    const flowlabel = flowLabelOf(options);
    if (ops.netFamily(address) !== FAMILIES[family]) {
      throw errors.makeError("Error", "ERR_INVALID_IP_ADDRESS", "Invalid socket address");
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
