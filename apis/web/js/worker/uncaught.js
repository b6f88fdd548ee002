"use strict";
// Errors on their way from a worker to its starter: class, message, stack and own properties,
// beyond what a copy of an error keeps.

const HIDDEN = ["message", "name", "stack"];

/** A record of a thrown value that can be copied: `{ error }` or `{ value }`. */
function describe(thrown) {
  if (typeof thrown === "function" || typeof thrown === "symbol") {
    const { inspect } = require("bun/inspect");
    return { error: new Error(inspect(thrown)), properties: {} };
  }
  if (!(thrown instanceof Error)) return { value: thrown };
  const properties = {};
  for (const name of Object.getOwnPropertyNames(thrown)) {
    if (HIDDEN.includes(name)) continue;
    const value = thrown[name];
    if (canBeCopied(value)) properties[name] = value;
  }
  return { error: thrown, properties };
}

function canBeCopied(value) {
  try {
    globalThis.structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** The value that such a record stands for. */
function restore(record) {
  if (record === undefined || !("error" in record)) return record?.value;
  const { error, properties } = record;
  for (const name of Object.keys(properties)) {
    error[name] = properties[name];
  }
  return error;
}

module.exports = { describe, restore };
