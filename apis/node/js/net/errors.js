// Errors of sockets, with the properties and the words of Bun's. Numbers are errnos below zero,
// as the operations answer them.
"use strict";

const { Object } = globalThis;

function describe(errno) {
  const { errors } = require("node/system-errors");
  return errors.get(errno) ?? ["UNKNOWN", "unknown error"];
}

function place(address, port) {
  if (port && port > 0) return ` ${address}:${port}`;
  return address ? ` ${address}` : "";
}

/** A call about an address that failed: `connect ECONNREFUSED 127.0.0.1:80`. */
function hostPortError(errno, syscall, address, port) {
  const [code] = describe(errno);
  const error = new Error(`${syscall} ${code}${place(address, port)}`);
  return Object.assign(error, { errno, syscall, port, address, code });
}

/** A listener that could not be. */
function listenError(errno, address, port) {
  const [code, text] = describe(errno);
  const error = new Error(`listen ${code}: ${text}${place(address, port)}`);
  return Object.assign(error, { syscall: "listen", errno: -errno, address, port, code });
}

/** A listener of a path that could not be. */
function listenPathError(errno, path) {
  const [code, text] = describe(errno);
  const error = new Error(`listen ${code}: ${text} ${path}`);
  return Object.assign(error, { syscall: "listen", errno: -errno, address: path, code });
}

/** A call on an open socket that failed: `read ECONNRESET`. */
function errnoError(errno, syscall) {
  const [code] = describe(errno);
  return Object.assign(new Error(`${syscall} ${code}`), { errno, code, syscall });
}

/** What is left when all attempts to connect have failed. */
function aggregateError(errors) {
  const error = new AggregateError(errors, "");
  return Object.assign(error, { code: errors[0]?.code });
}

module.exports = { hostPortError, listenError, listenPathError, errnoError, aggregateError };
