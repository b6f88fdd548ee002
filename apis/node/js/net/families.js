// Which family a text's address is of, and the defaults of connecting to names with addresses of
// both.
"use strict";

const errors = require("node/errors");
const { Math } = globalThis;

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

const ATTEMPT_TIMEOUT_MIN_MS = 10;

let autoSelectFamily = true;
let attemptTimeoutMs = 250;

/** 4, 6, or 0 for what is no address. */
function isIP(input) {
  const text = typeof input === "string" ? input : `${input}`;
  if (IPV4.test(text)) return 4;
  return text.includes(":") ? ops.netFamily(text) : 0;
}

function isIPv4(input) {
  return IPV4.test(typeof input === "string" ? input : `${input}`);
}

function isIPv6(input) {
  return isIP(input) === 6;
}

/** The bytes of an address; undefined for what is none. */
function addressBytes(text) {
  return ops.netParse(text);
}

/** An address in its shortest form; undefined for what is none. */
function canonicalAddress(text) {
  return ops.netCanonical(text);
}

function getDefaultAutoSelectFamily() { return autoSelectFamily; }

function setDefaultAutoSelectFamily(value) {
  errors.validateBoolean(value, "value");
  autoSelectFamily = value;
  return value;
}

function getDefaultAutoSelectFamilyAttemptTimeout() { return attemptTimeoutMs; }

function setDefaultAutoSelectFamilyAttemptTimeout(value) {
  errors.validateInt32(value, "value", 1);
  attemptTimeoutMs = Math.max(ATTEMPT_TIMEOUT_MIN_MS, value);
  return attemptTimeoutMs;
}

module.exports = {
  ATTEMPT_TIMEOUT_MIN_MS, isIP, isIPv4, isIPv6, addressBytes, canonicalAddress,
  getDefaultAutoSelectFamily, setDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout,
};
