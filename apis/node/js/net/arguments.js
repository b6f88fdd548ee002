// The arguments of connect and listen in all their forms.
"use strict";

const { Number, Symbol } = globalThis;

const NORMALIZED = Symbol("normalizedArgs");

/** The number a text or a number stands for; false where it is none, or below zero. */
function toNumber(value) {
  const number = Number(value);
  return number >= 0 ? number : false;
}

function isPipeName(value) {
  return typeof value === "string" && toNumber(value) === false;
}

/** Options and call-back of `(options, cb)`, `(path, cb)` and `(port, host, cb)`. */
function normalizeArgs(args) {
  let options = {};
  if (args.length > 0) {
    const [first] = args;
    if (typeof first === "object" && first !== null) options = first;
    else if (isPipeName(first)) options.path = first;
    else {
      options.port = first;
      if (args.length > 1 && typeof args[1] === "string") options.host = args[1];
    }
  }
  const last = args[args.length - 1];
  const normalized = [options, typeof last === "function" ? last : null];
  normalized[NORMALIZED] = true;
  return normalized;
}

module.exports = { NORMALIZED, toNumber, isPipeName, normalizeArgs };
