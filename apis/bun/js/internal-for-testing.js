"use strict";
// bun:internal-for-testing: parts of the runtime that its own tests look at.

const SPECIAL = /[\\^$*+?.()|{}[\]]/g;
const escapeSpecial = (text) => text.replace(SPECIAL, "\\$&").replaceAll("-", "\\x2d");

/// A text as a regular expression that matches it.
const escapeRegExp = (text) => escapeSpecial(`${text}`);

/// The same, where `*` stands for anything.
const escapeRegExpForPackageNameMatching = (text) =>
  `${text}`.split("*").map(escapeSpecial).join(".*");

module.exports = {
  escapeRegExp,
  escapeRegExpForPackageNameMatching,
  get shellInternals() { return require("shell/index").shellInternals; },
};
