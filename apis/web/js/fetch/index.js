"use strict";
// fetch, and what hangs on it.

const { argumentError } = require("fetch/errors");
const { HTTP3, Options, offerHttp2, readOptions } = require("fetch/options");
const { targetOf } = require("fetch/target");
const { Exchange } = require("fetch/exchange");

const missing = () =>
  argumentError("ERR_MISSING_ARGS", "fetch() expects a string but received no arguments.");

function begin(text, options) {
  const target = targetOf(text);
  const { signal } = options;
  if (signal !== null && require("web/abort").isAborted(signal)) {
    return Promise.reject(signal.reason);
  }
  if (options.protocol === HTTP3) {
    const { fetchError } = require("fetch/errors");
    return Promise.reject(fetchError("HTTP3Unsupported", target.href));
  }
  if (target.path !== undefined) return new Exchange(options, target).run();
  return require("fetch/schemes").fetchOther(target, options);
}

const methods = {
  fetch(input) {
    try {
      if (arguments.length === 0) throw missing();
      const init = arguments[1];
      if (typeof input === "string" && init === undefined) return begin(input, new Options());
      const { text, options } = readOptions(input, init);
      return begin(text, options);
    } catch (error) {
      return Promise.reject(error);
    }
  },
  preconnect(url) {
    if (arguments.length === 0) {
      const message = "Not enough arguments to 'fetch.preconnect'. Expected 1, got 0.";
      throw argumentError("ERR_MISSING_ARGS", message);
    }
    const parsed = require("web/url").URL.parse(`${url}`);
    if (parsed === null) throw argumentError("ERR_INVALID_ARG_TYPE", "Invalid URL");
    const target = targetOf(parsed.href);
    if (target.path === undefined) {
      throw argumentError("ERR_INVALID_ARG_TYPE", "URL must be HTTP or HTTPS");
    }
    if (target.port === 0) throw argumentError("ERR_INVALID_ARG_TYPE", "Invalid port");
    ops.fetchPreconnect(
      0, target.secure ? 1 : 0, target.hostname, target.port, "", "", undefined, 0, 0);
  },
};

const { fetch } = methods;
Object.defineProperty(fetch, "preconnect", { value: methods.preconnect, enumerable: true });

// Connects to what the command line names.
const preconnectTo = (urls) => urls.forEach((url) => fetch.preconnect(url));

/// How many connections speak HTTP/2, and how many exchanges are under way on them.
function http2Counts() {
  const [, , , sessions, streams] = ops.fetchStatistics();
  return { sessions, streams };
}

module.exports = { fetch, preconnectTo, offerHttp2, http2Counts };
