"use strict";
// The blobs that programs gave a `blob:` URL: one store for the isolate, kept until revoked.

const { randomHex } = ops;

const blobs = new Map();

function uuid() {
  const hex = randomHex();
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20, 32)].join("-");
}

/** Stores a blob; answers its URL. */
function create(blob) {
  const url = "blob:" + uuid();
  blobs.set(url, blob);
  return url;
}

/** Forgets the blob of a URL, if there is one. */
function revoke(url) {
  blobs.delete(url);
}

/** The blob of a URL, or `undefined`. */
function resolve(url) {
  const hash = url.indexOf("#");
  return blobs.get(hash < 0 ? url : url.slice(0, hash));
}

module.exports = { create, revoke, resolve };
