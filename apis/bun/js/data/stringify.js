"use strict";
// What the writers of YAML, JSON5 and TOML share: which values count, and the indent.

const { Boolean, Number, String } = globalThis;

const INDENT_MAX = 10;

/// The option `space` as text.
function indentOf(space) {
  const plain = unboxed(space);
  if (typeof plain === "number") {
    return " ".repeat(Math.max(0, Math.min(INDENT_MAX, Math.trunc(plain) || 0)));
  }
  return typeof plain === "string" ? plain.slice(0, INDENT_MAX) : "";
}

/// A wrapper object as its primitive.
function unboxed(value) {
  const isBox = value instanceof Number || value instanceof String || value instanceof Boolean;
  return isBox ? value.valueOf() : value;
}

/// Values that are left out, as JSON does.
const isLeftOut = (value) =>
  value === undefined || typeof value === "function" || typeof value === "symbol";

function checkReplacer(replacer, name) {
  if (replacer !== undefined && replacer !== null) {
    throw new Error(`${name}.stringify does not support the replacer argument`);
  }
}

function checkBigInt(value, name) {
  if (typeof value === "bigint") throw new Error(`${name}.stringify cannot serialize BigInt`);
}

module.exports = { indentOf, unboxed, isLeftOut, checkReplacer, checkBigInt };
