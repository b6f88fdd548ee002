// Checks of the arguments of node:dns, and the options of lookup.
"use strict";

const errors = require("node/errors");
const codes = require("node/error-codes");
const { isIP } = require("node/net/families");
const { Boolean, Math } = globalThis;

const ADDRCONFIG = 32;
const ALL = 16;
const V4MAPPED = 8;
const ORDERS = ["ipv4first", "ipv6first", "verbatim"];
const TIMEOUT_MAX_MS = 2147483647;
const FAMILIES = { IPv4: 4, IPv6: 6 };

let defaultOrder;

// `--dns-result-order` of the command line, else as the resolver says.
function orderOfCommandLine() {
  return require("node/process-flags").valueOf("--dns-result-order") ?? "verbatim";
}

function getDefaultResultOrder() {
  defaultOrder ??= orderOfCommandLine();
  return defaultOrder;
}

function validateOrder(order) {
  if (!ORDERS.includes(order)) throw errors.ERR_INVALID_ARG_VALUE("order", order);
}

function setDefaultResultOrder(order) {
  validateOrder(order);
  defaultOrder = order;
}

function validateFamily(family) {
  if (family === 6 || family === 4 || family === 0) return;
  throw errors.ERR_INVALID_ARG_VALUE("family", family, "must be one of 0, 4 or 6");
}

function validateHostname(hostname) {
  if (typeof hostname !== "string" && hostname) {
    throw errors.ERR_INVALID_ARG_TYPE("hostname", "string", hostname);
  }
}

/** The options of lookup, checked: `{ family, hints, all, order }`. */
function lookupOptions(given) {
  const options = given !== null && typeof given === "object" ? given : { family: given };
  const { hints, all, verbatim } = options;
  const family = FAMILIES[options.family] ?? options.family ?? 0;
  let { order } = options;
  if (hints !== undefined && hints !== null) {
    errors.validateNumber(hints, "options.hints");
    if ((hints & ~(ALL | ADDRCONFIG | V4MAPPED)) !== 0) {
      throw errors.ERR_INVALID_ARG_VALUE("hints", hints);
    }
  }
  validateFamily(family);
  if (all !== undefined && all !== null) errors.validateBoolean(all, "options.all");
  if (verbatim !== undefined && verbatim !== null) {
    errors.validateBoolean(verbatim, "options.verbatim");
  }
  if (order !== undefined && order !== null) validateOrder(order);
  else if (typeof verbatim === "boolean") order = verbatim ? "verbatim" : "ipv4first";
  return { family, hints: hints ?? 0, all: Boolean(all), order: order ?? getDefaultResultOrder() };
}

/** The options of a Resolver, checked. */
function resolverOptions(options) {
  const settings = { timeout: -1, tries: 4, maxTimeout: 0 };
  if (options === undefined || options === null) return settings;
  for (const name of ["timeout", "tries", "maxTimeout"]) {
    if (!(name in options) || options[name] === undefined) continue;
    const value = options[name];
    errors.validateNumber(value, `options.${name}`);
    settings[name] = value;
  }
  const min = -1;
  for (const [name, least] of [["timeout", min], ["tries", 1], ["maxTimeout", 0]]) {
    const value = settings[name];
    if (options[name] === undefined) continue;
    if (value < least || Math.floor(value) !== value || value > TIMEOUT_MAX_MS) {
      const range = `>= ${least} && <= ${TIMEOUT_MAX_MS}`;
      throw errors.ERR_OUT_OF_RANGE(`options.${name}`, range, value);
    }
  }
  return settings;
}

function validateCallback(callback) {
  if (typeof callback === "function") return;
  throw errors.ERR_INVALID_ARG_TYPE("callback", "function", callback);
}

function validateName(hostname) {
  if (typeof hostname === "string") return;
  throw errors.ERR_INVALID_ARG_TYPE("hostname", "string", hostname);
}

/** The address and the port of lookupService, checked. */
function validateService(address, port) {
  errors.validateString(address, "address");
  if (isIP(address) === 0) throw errors.ERR_INVALID_ARG_VALUE("address", address);
  return errors.validatePort(port, "port");
}

const IN_BRACKETS = /^\[([^[\]]*)\](?::(\d+))?/;
const WITH_PORT = /^(.+?)(?::(\d+))?$/;
const DNS_PORT = 53;

/** Servers as they are shown: the port only where it is not the usual one. */
function parseServers(servers) {
  errors.validateArray(servers, "servers");
  const parsed = [];
  // Holes are passed over, and the list may change while it is read.
  servers.forEach((server, index) => {
    parsed.push(parseServer(server, index));
  });
  return parsed;
}

function parseServer(server, index) {
  errors.validateString(server, `servers[${index}]`);
  if (isIP(server) !== 0) return server;
  for (const form of [IN_BRACKETS, WITH_PORT]) {
    const match = form.exec(server);
    const family = match === null ? 0 : isIP(match[1]);
    if (family === 0) continue;
    const port = +match[2] || DNS_PORT;
    if (port === DNS_PORT) return match[1];
    return family === 6 ? `[${match[1]}]:${port}` : `${match[1]}:${port}`;
  }
  throw codes.ERR_INVALID_IP_ADDRESS(server);
}

let hasWarned = false;

/** An empty name resolves to nothing, with a warning. */
function warnOfEmptyName(hostname) {
  if (hasWarned) return;
  hasWarned = true;
  globalThis.process.emitWarning(
    `The provided hostname "${hostname}" is not a valid hostname, and is supported in the dns ` +
    "module solely for compatibility.", "DeprecationWarning", "DEP0118");
}

module.exports = {
  ADDRCONFIG, ALL, V4MAPPED, getDefaultResultOrder, setDefaultResultOrder, validateFamily,
  validateHostname, lookupOptions, resolverOptions, validateCallback, validateName,
  validateService, parseServers, warnOfEmptyName,
};
