// The arguments of request() and ClientRequest as checked options.
"use strict";

const codes = require("node/error-codes");
const errors = require("node/errors");
const common = require("node/http/common");
const { Object, String } = globalThis;

const INVALID_IN_PATH = /[^\u0021-\u00ff]/;

/** `(url, options, callback)`, `(url, callback)` and `(options, callback)`. */
function optionsOf(input, given, callback) {
  const { URL } = require("web/url");
  const { urlToHttpOptions } = require("node/url");
  let from = null;
  let options = given;
  let listener = callback;
  if (typeof input === "string") from = urlToHttpOptions(new URL(input));
  else if (isUrl(input, URL)) from = urlToHttpOptions(input);
  else {
    listener = given;
    options = input;
  }
  if (typeof options === "function") {
    listener = options;
    options = from || {};
  } else {
    options = Object.assign(from || {}, options);
  }
  return [options, listener];
}

function isUrl(value, URL) {
  return typeof value === "object" && value !== null && value instanceof URL;
}

function validateHost(host, name) {
  if (host !== null && host !== undefined && typeof host !== "string") {
    throw errors.ERR_INVALID_ARG_TYPE(
      `options.${name}`, ["string", "undefined", "null"], host);
  }
  return host;
}

/** The agent of a request: the one asked for, a fresh one, or the global one. */
function agentOf({ agent, createConnection }, defaultAgent) {
  if (agent === false) return new defaultAgent.constructor();
  if (agent === null || agent === undefined) {
    return typeof createConnection === "function" ? undefined : defaultAgent;
  }
  if (typeof agent.addRequest === "function") return agent;
  throw errors.ERR_INVALID_ARG_TYPE(
    "options.agent", ["Agent-like Object", "undefined", "false"], agent);
}

function checkPath(path) {
  if (path && INVALID_IN_PATH.test(String(path))) {
    throw codes.ERR_UNESCAPED_CHARACTERS("Request path");
  }
}

function checkProtocol(options, agent, defaultAgent) {
  const protocol = options.protocol || defaultAgent.protocol;
  const expected = agent?.protocol || defaultAgent.protocol;
  if (protocol !== expected) throw codes.ERR_INVALID_PROTOCOL(protocol, expected);
  return protocol;
}

function methodOf({ method }) {
  if (method !== null && method !== undefined && typeof method !== "string") {
    throw errors.ERR_INVALID_ARG_TYPE("options.method", "string", method);
  }
  if (!method) return "GET";
  if (!common._checkIsHttpToken(method)) throw codes.ERR_INVALID_HTTP_TOKEN("Method", method);
  return method.toUpperCase();
}

/** The Host field: an IPv6 address in brackets, the port where it is not the default. */
function hostField(host, port, defaultPort) {
  const isIpv6 = host.includes(":") && host.indexOf(":") !== host.lastIndexOf(":");
  const name = isIpv6 && !host.startsWith("[") ? `[${host}]` : host;
  return port && +port !== defaultPort ? `${name}:${port}` : name;
}

module.exports = {
  optionsOf, validateHost, agentOf, checkPath, checkProtocol, methodOf, hostField,
};
