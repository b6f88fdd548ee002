"use strict";
// Bun.randomUUIDv5 and Bun.randomUUIDv7 (RFC 9562).
// Invariant: of two version 7 identifiers of one millisecond the later sorts behind the earlier.

const { codedError, invalidArgument } = require("web/fetch-errors");
const { expectBytes } = require("bun/input-bytes");
const { Buffer: NodeBuffer } = require("node/buffer");

const { Date, RangeError, TypeError, Uint8Array } = globalThis;

const TIMESTAMP_MAX = 281474976710655;
const COUNTER_MASK = 0xfff;
const POOL_BYTES = 4096;
const RANDOM_BYTES = 8;
const UUID_BYTES = 16;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
// The namespaces of RFC 9562, appendix A: they differ in their fourth byte.
const NAMESPACES = { dns: 0x10, url: 0x11, oid: 0x12, x500: 0x14 };
const NAMESPACE = "6ba7b8xx9dad11d180b400c04fd430c8";

const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function textOf(bytes) {
  const hex = HEXADECIMAL;
  let text = "";
  for (let index = 0; index < UUID_BYTES; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += hex[bytes[index]];
  }
  return text;
}

function checkEncoding(encoding) {
  if (encoding === undefined || encoding === null) return "hex";
  if (["base64", "base64url", "hex", "buffer"].includes(encoding)) return encoding;
  const message = "Encoding must be one of base64, base64url, hex, or buffer";
  throw codedError(TypeError, "ERR_UNKNOWN_ENCODING", message);
}

function present(bytes, encoding) {
  if (encoding === "hex") return textOf(bytes);
  const buffer = NodeBuffer.from(bytes);
  return encoding === "buffer" ? buffer : buffer.toString(encoding);
}

const pool = new Uint8Array(POOL_BYTES);
let taken = POOL_BYTES;
let lastTimestamp = -1;
let counter = 0;

function timestampOf(value) {
  if (value === undefined) return Date.now();
  const timestamp = value instanceof Date ? value.getTime() : value;
  if (typeof timestamp !== "number") {
    throw invalidArgument(
      `The "timestamp" property must be of type number. Received ${typeof timestamp}`,
    );
  }
  if (!(timestamp >= 0 && timestamp <= TIMESTAMP_MAX)) {
    const range = `It must be >= 0 and <= ${TIMESTAMP_MAX}. Received ${timestamp}`;
    const message = `The value of "timestamp" is out of range. ${range}`;
    throw codedError(RangeError, "ERR_OUT_OF_RANGE", message);
  }
  return Math.floor(timestamp);
}

function randomUUIDv7(encoding, timestamp) {
  // As in Bun, a first argument that is no text stands for the time.
  const isTime = encoding !== undefined && encoding !== null && typeof encoding !== "string";
  const form = isTime ? "hex" : checkEncoding(encoding);
  const time = timestampOf(isTime ? encoding : timestamp);
  if (taken === POOL_BYTES) {
    crypto.getRandomValues(pool);
    taken = 0;
  }
  const bytes = new Uint8Array(UUID_BYTES);
  for (let index = 0; index < RANDOM_BYTES; index++) bytes[8 + index] = pool[taken + index];
  taken += RANDOM_BYTES;
  counter = time === lastTimestamp ? (counter + 1) & COUNTER_MASK : (bytes[8] << 3) & COUNTER_MASK;
  lastTimestamp = time;
  const high = Math.floor(time / 0x10000);
  bytes[0] = high >>> 24;
  bytes[1] = high >>> 16;
  bytes[2] = high >>> 8;
  bytes[3] = high;
  bytes[4] = time % 0x10000 >>> 8;
  bytes[5] = time % 0x100;
  bytes[6] = 0x70 | counter >>> 8;
  bytes[7] = counter;
  bytes[8] = 0x80 | bytes[8] & 0x3f;
  return present(bytes, form);
}

function namespaceOf(namespace) {
  if (typeof namespace === "string") {
    const last = NAMESPACES[namespace.toLowerCase()];
    if (last !== undefined) {
      return NodeBuffer.from(NAMESPACE.replace("xx", last.toString(16)), "hex");
    }
    if (UUID.test(namespace)) return NodeBuffer.from(namespace.replaceAll("-", ""), "hex");
    const message = "Invalid UUID format for namespace";
    throw codedError(TypeError, "ERR_INVALID_ARG_VALUE", message);
  }
  const bytes = NodeBuffer.from(expectBytes(namespace, "namespace"));
  if (bytes.byteLength !== UUID_BYTES) {
    const message = "Namespace must be exactly 16 bytes";
    throw codedError(TypeError, "ERR_INVALID_ARG_VALUE", message);
  }
  return bytes;
}

function randomUUIDv5(name, namespace, encoding) {
  const nameBytes = expectBytes(name, "name");
  const space = namespaceOf(namespace);
  const form = checkEncoding(encoding);
  const digest = ops.hashOnce("sha1", NodeBuffer.concat([space, NodeBuffer.from(nameBytes)]));
  const bytes = digest.subarray(0, UUID_BYTES);
  bytes[6] = 0x50 | bytes[6] & 0x0f;
  bytes[8] = 0x80 | bytes[8] & 0x3f;
  return present(bytes, form);
}

module.exports = { randomUUIDv5, randomUUIDv7 };
