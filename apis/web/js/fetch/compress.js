"use strict";
// The `compress` option: the content of a request is compressed as a whole before it is sent.

const { argumentError } = require("fetch/errors");
const { describeReceived } = require("web/errors");
const { Headers } = require("web/headers");
const { isBlob, contentOf } = require("web/blob");

const FORMATS = { __proto__: null, gzip: "gzip", deflate: "deflate", br: "brotli", zstd: "zstd" };
const DEFAULT_LEVEL = -1;

const invalid = (message) => argumentError("ERR_INVALID_ARG_TYPE", message);

/// { encoding, level } of the option; null where nothing is to be compressed.
function readCompress(value) {
  if (value === undefined || value === null || value === false) return null;
  if (value === true) return { encoding: "gzip", level: DEFAULT_LEVEL };
  let encoding = value;
  let level = DEFAULT_LEVEL;
  if (typeof value === "object") {
    ({ encoding, level = DEFAULT_LEVEL } = value);
    if (typeof encoding !== "string") {
      const expected = 'The "compress.encoding" argument must be of type string.';
      throw invalid(`${expected} ${describeReceived(encoding)}`);
    }
  } else if (typeof value !== "string") {
    const expected = 'The "compress" argument must be of type boolean, string, or object.';
    throw invalid(`${expected} ${describeReceived(value)}`);
  }
  if (FORMATS[encoding] === undefined) {
    const name = typeof value === "object" ? "compress.encoding" : "compress";
    throw invalid(`fetch: '${name}' must be "gzip", "deflate", "br", or "zstd"`);
  }
  return { encoding, level: Number(level) };
}

/// Compresses the body that `options` hold, where it lies in memory and nobody has coded it yet.
function apply(options) {
  const { encoding, level } = options.compress;
  if (options.headers?.has("content-encoding")) return;
  const content = isBlob(options.body) ? contentOf(options.body) : options.body;
  const bytes = typeof content === "string"
    ? require("web/encoding").encodeUtf8(content)
    : content;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return;
  options.body = require("bun/compress").compressAs(FORMATS[encoding], level, bytes);
  options.headers = new Headers(options.headers ?? undefined);
  options.headers.set("content-encoding", encoding);
}

module.exports = { apply, readCompress };
