// The state of a stream is one word of bits, held by the readable and the writable state alike.
// Bits 0 to 8 mean the same in both; each side's own are in readable-state.js and
// writable-state.js. Nothing here fails.
"use strict";

const { Symbol } = globalThis;

const STATE = Symbol("kState");
/** The method of a state that goes on with what waited for the stream's construction. */
const ON_CONSTRUCTED = Symbol("kOnConstructed");

const OBJECT_MODE = 1 << 0;
const ERROR_EMITTED = 1 << 1;
const AUTO_DESTROY = 1 << 2;
const EMIT_CLOSE = 1 << 3;
const DESTROYED = 1 << 4;
const CLOSED = 1 << 5;
const CLOSE_EMITTED = 1 << 6;
const ERRORED = 1 << 7;
const CONSTRUCTED = 1 << 8;

/** The accessor of a bit. */
function bitProperty(bit) {
  return {
    enumerable: false,
    get() { return (this[STATE] & bit) !== 0; },
    set(value) {
      if (value) this[STATE] |= bit;
      else this[STATE] &= ~bit;
    },
  };
}

/** The accessor of a value that most streams lack: a bit says whether `key` holds one. */
function valueProperty(bit, key) {
  return {
    enumerable: false,
    get() { return (this[STATE] & bit) !== 0 ? this[key] : null; },
    set(value) {
      if (value) {
        this[key] = value;
        this[STATE] |= bit;
      } else {
        this[STATE] &= ~bit;
      }
    },
  };
}

/** The accessor of something true, false or `absent`: `has` says whether `bit` means anything. */
function triStateProperty(has, bit, absent) {
  return {
    enumerable: false,
    get() { return (this[STATE] & has) !== 0 ? (this[STATE] & bit) !== 0 : absent; },
    set(value) {
      if (value === null || value === undefined) this[STATE] &= ~(has | bit);
      else if (value) this[STATE] |= has | bit;
      else this[STATE] = (this[STATE] | has) & ~bit;
    },
  };
}

/** The accessor of the default encoding: a bit stands for UTF-8, `key` holds any other. */
function encodingProperty(bit, key) {
  return {
    enumerable: false,
    get() { return (this[STATE] & bit) !== 0 ? "utf8" : this[key]; },
    set(value) {
      if (value === "utf8" || value === "utf-8") {
        this[STATE] |= bit;
      } else {
        this[STATE] &= ~bit;
        this[key] = value;
      }
    },
  };
}

/** What both sides start with, read from the options of a constructor. */
function initialFlags(options, duplex, duplexModeKey) {
  let flags = CONSTRUCTED | EMIT_CLOSE | AUTO_DESTROY;
  if (!options) return flags;
  if (options.objectMode || (duplex && options[duplexModeKey])) flags |= OBJECT_MODE;
  if (options.emitClose === false) flags &= ~EMIT_CLOSE;
  if (options.autoDestroy === false) flags &= ~AUTO_DESTROY;
  return flags;
}

module.exports = {
  STATE, ON_CONSTRUCTED,
  OBJECT_MODE, ERROR_EMITTED, AUTO_DESTROY, EMIT_CLOSE, DESTROYED, CLOSED, CLOSE_EMITTED, ERRORED,
  CONSTRUCTED,
  bitProperty, valueProperty, triStateProperty, encodingProperty, initialFlags,
};
