// Stats, BigIntStats and StatFs: what a file's status is as an object. Made from the integers of
// apis/node/src/fs/status.rs; dates are made when they are read.
"use strict";

const { Object, Date, Float64Array, BigInt64Array, Number, BigInt } = globalThis;

const KIND_MASK = 0o170000;
const KINDS = [
  ["isBlockDevice", 0o060000],
  ["isCharacterDevice", 0o020000],
  ["isDirectory", 0o040000],
  ["isFIFO", 0o010000],
  ["isFile", 0o100000],
  ["isSocket", 0o140000],
  ["isSymbolicLink", 0o120000],
];

function Stats(
  dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs,
  birthtimeMs,
) {
  if (new.target === undefined) return construct(Stats, arguments);
  this.dev = dev;
  this.ino = ino;
  this.mode = mode;
  this.nlink = nlink;
  this.uid = uid;
  this.gid = gid;
  this.rdev = rdev;
  this.size = size;
  this.blksize = blksize;
  this.blocks = blocks;
  this.atimeMs = atimeMs;
  this.mtimeMs = mtimeMs;
  this.ctimeMs = ctimeMs;
  this.birthtimeMs = birthtimeMs;
}
const { construct } = globalThis.Reflect;
Object.defineProperty(Stats, "length", { value: 0 });

function BigIntStats(fields) {
  this.dev = fields[0];
  this.ino = fields[1];
  this.mode = fields[2];
  this.nlink = fields[3];
  this.uid = fields[4];
  this.gid = fields[5];
  this.rdev = fields[6];
  this.size = fields[7];
  this.blksize = fields[8];
  this.blocks = fields[9];
  this.atimeMs = fields[10] * 1000n + fields[11] / 1000000n;
  this.mtimeMs = fields[12] * 1000n + fields[13] / 1000000n;
  this.ctimeMs = fields[14] * 1000n + fields[15] / 1000000n;
  this.birthtimeMs = fields[16] * 1000n + fields[17] / 1000000n;
  this.atimeNs = fields[10] * 1000000000n + fields[11];
  this.mtimeNs = fields[12] * 1000000000n + fields[13];
  this.ctimeNs = fields[14] * 1000000000n + fields[15];
  this.birthtimeNs = fields[16] * 1000000000n + fields[17];
}

function defineKinds(prototype, isBig) {
  for (const [name, kind] of KINDS) {
    const wanted = isBig ? BigInt(kind) : kind;
    const mask = isBig ? BigInt(KIND_MASK) : KIND_MASK;
    const method = { [name]() { return (this.mode & mask) === wanted; } };
    Object.assign(prototype, method);
  }
}

// A date is kept once it was made, as an own property that programs may change.
function defineDates(prototype) {
  for (const name of ["atime", "mtime", "ctime", "birthtime"]) {
    const keep = (stats, value) => {
      const property = { value, enumerable: true, configurable: true, writable: true };
      Object.defineProperty(stats, name, property);
    };
    const accessors = {
      get [name]() {
        const date = new Date(Number(this[`${name}Ms`]));
        if (this !== prototype) keep(this, date);
        return date;
      },
      set [name](value) {
        keep(this, value);
      },
    };
    Object.defineProperty(prototype, name, Object.getOwnPropertyDescriptor(accessors, name));
  }
}

for (const made of [Stats, BigIntStats]) {
  defineKinds(made.prototype, made === BigIntStats);
  defineDates(made.prototype);
}

function fromFloats(fields) {
  return new Stats(
    fields[0], fields[2], fields[3], fields[4], fields[5], fields[6], fields[8], fields[1],
    fields[7], fields[9],
    fields[10] * 1000 + fields[11] / 1e6,
    fields[12] * 1000 + fields[13] / 1e6,
    fields[14] * 1000 + fields[15] / 1e6,
    fields[16] * 1000 + fields[17] / 1e6,
  );
}

/** From what an operation answered: the bytes of the integers. */
function statsOf(buffer, isBig) {
  if (isBig) return new BigIntStats(new BigInt64Array(buffer));
  return fromFloats(new Float64Array(buffer));
}

function StatFs(fields) {
  this.type = fields[0];
  this.bsize = fields[1];
  this.frsize = fields[2];
  this.blocks = fields[3];
  this.bfree = fields[4];
  this.bavail = fields[5];
  this.files = fields[6];
  this.ffree = fields[7];
}

function BigIntStatFs(fields) {
  Reflect.apply(StatFs, this, [fields]);
}
const { Reflect } = globalThis;

function statFsOf(buffer, isBig) {
  if (isBig) return new BigIntStatFs(new BigInt64Array(buffer));
  return new StatFs(new Float64Array(buffer));
}

module.exports = { Stats, BigIntStats, fromFloats, statsOf, statFsOf };
