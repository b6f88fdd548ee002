// BlockList: rules of addresses, ranges and subnets. An IPv4 address is also blocked where it is
// written as IPv6 (RFC 4291 section 2.5.5.2), and the other way round.
"use strict";

const errors = require("node/errors");
const { SocketAddress } = require("node/net/socket-address");
const { Object, Uint8Array, Symbol } = globalThis;

const MAPPED = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]);
const V4_BYTES = 4;
const INSPECT = Symbol.for("nodejs.util.inspect.custom");
const LABELS = { ipv4: "IPv4", ipv6: "IPv6" };
const PREFIX_MAX = { ipv4: 32, ipv6: 128 };

function expectType(value, type, name) {
  if (typeof value === type) return;
  throw errors.makeError(
    "TypeError", "ERR_INVALID_ARG_TYPE",
    `The "${name}" property must be of type ${type}, got ${typeof value}`);
}

function toAddress(value, family, name) {
  if (SocketAddress.isSocketAddress(value)) return value;
  expectType(value, "string", name);
  expectType(family, "string", "family");
  return new SocketAddress({ address: value, family });
}

// The bytes of an address, an IPv4 one as it is written in IPv6.
function bytesOf(address) {
  const bytes = ops.netParse(address);
  if (bytes.length !== V4_BYTES) return bytes;
  const mapped = new Uint8Array(MAPPED.length + V4_BYTES);
  mapped.set(MAPPED);
  mapped.set(bytes, MAPPED.length);
  return mapped;
}

function compare(left, right) {
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return left[index] - right[index];
  }
  return 0;
}

function hasPrefix(bytes, prefix, bits) {
  const whole = bits >> 3;
  for (let index = 0; index < whole; index++) if (bytes[index] !== prefix[index]) return false;
  const rest = bits & 7;
  if (rest === 0) return true;
  return (bytes[whole] ^ prefix[whole]) >> (8 - rest) === 0;
}

class BlockList {
  #rules = [];
  #texts = [];

  static isBlockList(value) {
    return typeof value === "object" && value !== null && #rules in value;
  }

  /** A list with the same rules: what is added to one is in the other. */
  static share(list) {
    const other = new BlockList();
    other.#rules = list.#rules;
    other.#texts = list.#texts;
    return other;
  }

  addAddress(address, family = "ipv4") {
    const given = toAddress(address, family, "address");
    const bytes = bytesOf(given.address);
    this.#add((other) => compare(other, bytes) === 0, "Address", given, given.address);
  }

  addRange(start, end, family = "ipv4") {
    const first = toAddress(start, family, "start");
    const last = toAddress(end, family, "end");
    const from = bytesOf(first.address);
    const to = bytesOf(last.address);
    if (compare(from, to) > 0) {
      const message =
        `The "start" argument must come before end. Received ${errors.specificType(start)}`;
      throw errors.makeError("TypeError", "ERR_INVALID_ARG_VALUE", message);
    }
    const matches = (other) => compare(other, from) >= 0 && compare(other, to) <= 0;
    this.#add(matches, "Range", first, `${first.address}-${last.address}`);
  }

  addSubnet(network, prefix, family = "ipv4") {
    const given = toAddress(network, family, "network");
    expectType(prefix, "number", "prefix");
    errors.validateInt32(prefix, "prefix", 0, PREFIX_MAX[given.family]);
    const bytes = bytesOf(given.address);
    const bits = given.family === "ipv4" ? prefix + MAPPED.length * 8 : prefix;
    const matches = (other) => hasPrefix(other, bytes, bits);
    this.#add(matches, "Subnet", given, `${given.address}/${prefix}`);
  }

  check(address, family = "ipv4") {
    let given = address;
    if (!SocketAddress.isSocketAddress(address)) {
      expectType(address, "string", "address");
      expectType(family, "string", "family");
      try {
        given = new SocketAddress({ address, family });
      } catch {
        return false;
      }
    }
    const bytes = bytesOf(given.address);
    return this.#rules.some((matches) => matches(bytes));
  }

  get rules() { return [...this.#texts]; }

  #add(matches, kind, { family }, text) {
    this.#rules.push(matches);
    this.#texts.unshift(`${kind}: ${LABELS[family]} ${text}`);
  }

  [INSPECT](depth, options, inspect) {
    if (depth < 0) return this;
    const nested = { ...options, depth: options.depth === null ? null : options.depth - 1 };
    return `BlockList ${inspect({ rules: this.rules }, nested)}`;
  }
}
Object.defineProperty(BlockList.prototype, INSPECT, { enumerable: false });

const { share: shareBlockList } = BlockList;
delete BlockList.share;

module.exports = { BlockList, shareBlockList };
