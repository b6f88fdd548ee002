"use strict";
// bun:internal-for-testing: parts of the runtime that its own tests look at.

const SPECIAL = /[\\^$*+?.()|{}[\]]/g;
const escapeSpecial = (text) => text.replace(SPECIAL, "\\$&").replaceAll("-", "\\x2d");

/// A text as a regular expression that matches it.
const escapeRegExp = (text) => escapeSpecial(`${text}`);

/// The same, where `*` stands for anything.
const escapeRegExpForPackageNameMatching = (text) =>
  `${text}`.split("*").map(escapeSpecial).join(".*");

const fileSinkInternals = {
  /// How many sinks of children's input are open.
  liveCount: () => require("bun/spawn-sink").openSinks(),
};

/// The name of an error of libuv, whose own numbers are in use on Windows only.
function translateUVErrorToE(_code) {}

/// structuredClone as it is for another thread or for storage; `context` changes nothing here.
function structuredCloneAdvanced(value, transfers, isForTransfer, isForStorage, _context) {
  const { cloneWithTransfer, refusedByClone } = require("web/structured-clone");
  const leavesThread = !!isForTransfer || !!isForStorage;
  return cloneWithTransfer(value, transfers, refusedByClone, leavesThread).data;
}

module.exports = {
  /// An address in its shortest form; undefined for what is none.
  canonicalizeIP: (address) => require("node/net/families").canonicalAddress(`${address}`),
  structuredCloneAdvanced,
  createStatsForIno: (ino, isBig) => require("node/fs-testing").createStatsForIno(ino, isBig),
  escapeRegExp,
  escapeRegExpForPackageNameMatching,
  /// The connections and streams of fetch that speak HTTP/2.
  fetchH2Internals: { liveCounts: () => require("fetch/index").http2Counts() },
  fileSinkInternals,
  memfd_create: (size) => require("node/fs-testing").memfdCreate(size),
  setSyntheticAllocationLimitForTesting(limit) {
    require("web/form-data").limitContent(limit);
    return require("node/fs-testing").limitContent(limit);
  },
  translateUVErrorToE,
  get shellInternals() { return require("shell/index").shellInternals; },
};
