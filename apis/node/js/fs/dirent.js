// Dirent: an entry of a folder and its kind. And listings: what the operation readdir answers,
// names between zero bytes, as arrays of strings, buffers or entries.
"use strict";

const { Object } = globalThis;

const FILE = 1;
const FOLDER = 2;
const LINK = 3;
const FIFO = 4;
const SOCKET = 5;
const CHARACTER_DEVICE = 6;
const BLOCK_DEVICE = 7;
const ZERO_DIGIT = 48;

class Dirent {
  #kind;

  constructor(name, type, path) {
    this.name = name;
    this.path = path;
    this.parentPath = path;
    this.#kind = type;
  }

  isBlockDevice() { return this.#kind === BLOCK_DEVICE; }
  isCharacterDevice() { return this.#kind === CHARACTER_DEVICE; }
  isDirectory() { return this.#kind === FOLDER; }
  isFIFO() { return this.#kind === FIFO; }
  isFile() { return this.#kind === FILE; }
  isSocket() { return this.#kind === SOCKET; }
  isSymbolicLink() { return this.#kind === LINK; }
}
for (const name of Object.getOwnPropertyNames(Dirent.prototype)) {
  if (name !== "constructor") Object.defineProperty(Dirent.prototype, name, { enumerable: true });
}

function joined(folder, below) {
  return folder.endsWith("/") ? folder + below : `${folder}/${below}`;
}

function entryOf(item, folder) {
  const kind = item.charCodeAt(0) - ZERO_DIGIT;
  const slash = item.lastIndexOf("/");
  if (slash < 0) return new Dirent(item.slice(1), kind, folder);
  return new Dirent(item.slice(slash + 1), kind, joined(folder, item.slice(1, slash)));
}

// Splits bytes at zero bytes; the parts are buffers of their own.
function split(bytes) {
  const { Buffer } = require("node/buffer");
  const parts = [];
  if (bytes.length === 0) return parts;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0, start);
    parts.push(Buffer.from(bytes.slice(start, end < 0 ? bytes.length : end)));
    if (end < 0) return parts;
    start = end + 1;
  }
}

/** The names of a listing; with kinds, entries of `folder`. */
function listing(answer, withKinds, folder) {
  if (typeof answer !== "string") {
    const parts = split(answer);
    if (!withKinds) return parts;
    return parts.map((part) => new Dirent(part.subarray(1), part[0] - ZERO_DIGIT, folder));
  }
  if (answer === "") return [];
  const names = answer.split("\0");
  if (withKinds) {
    for (let index = 0; index < names.length; index++) {
      names[index] = entryOf(names[index], folder);
    }
  }
  return names;
}

module.exports = { Dirent, listing };
