// Responses whose content is a file's.
"use strict";

const fs = require("node/fs");
const errors = require("node/errors");
const http2Errors = require("node/http2/errors");
const { isBare } = require("node/http2/server-stream");
const { checkObject } = require("node/http2/stream");
const { Buffer } = require("node/buffer");
const { Infinity, Math } = globalThis;

const INTERNAL_ERROR = 2;
const PIECE_BYTES = 65536;

function checkCall(stream, headers, options) {
  if (stream.destroyed || stream.closed) throw http2Errors.ERR_HTTP2_INVALID_STREAM();
  if (stream.headersSent) throw http2Errors.ERR_HTTP2_HEADERS_SENT();
  checkObject(options, "options");
  checkObject(headers, "headers");
  const { offset, length, statCheck } = options;
  if (offset !== undefined && typeof offset !== "number") {
    throw errors.ERR_INVALID_ARG_VALUE("options.offset", offset);
  }
  if (length !== undefined && typeof length !== "number") {
    throw errors.ERR_INVALID_ARG_VALUE("options.length", length);
  }
  if (statCheck !== undefined && typeof statCheck !== "function") {
    throw errors.ERR_INVALID_ARG_VALUE("options.statCheck", statCheck);
  }
  const status = headers[":status"];
  if (isBare(status | 0)) throw http2Errors.ERR_HTTP2_PAYLOAD_FORBIDDEN(status);
}

/** The part of the file to be sent; undefined where the program has refused it. */
function partOf(stream, stat, headers, options) {
  const part = { offset: options.offset ?? 0, length: options.length ?? -1 };
  if (options.statCheck?.call(stream, stat, headers, part) === false) return undefined;
  if (!stat.isFile()) return part;
  const left = stat.size - part.offset;
  part.length = part.length < 0 ? left : Math.min(left, part.length);
  headers["content-length"] = part.length;
  return part;
}

function send(stream, fd, part, headers, options, closes) {
  stream.respond(headers, { ...options, endStream: false });
  if (stream.writableEnded || part.length === 0) {
    if (closes) fs.close(fd, () => {});
    if (!stream.writableEnded) stream.end();
    return;
  }
  pump(stream, fd, part, closes);
}

/** Sends a part of a file, one piece after the other. */
function pump(stream, fd, { offset, length }, closes) {
  const isSeeking = offset > 0 || length >= 0;
  let position = offset;
  let left = length < 0 ? Infinity : length;
  const finish = (end) => {
    if (closes) fs.close(fd, () => {});
    if (!stream.destroyed && !stream.closed) end();
  };
  const next = (failure) => {
    if (failure || stream.destroyed || stream.closed || left === 0) {
      finish(() => stream.end());
      return;
    }
    const size = Math.min(PIECE_BYTES, left);
    const piece = Buffer.allocUnsafeSlow(size);
    fs.read(fd, piece, 0, size, isSeeking ? position : null, (error, count) => {
      if (error) {
        finish(() => stream.close(INTERNAL_ERROR));
        return;
      }
      left = count === 0 ? 0 : left - count;
      position += count;
      if (count === 0) next(null);
      else stream.write(piece.subarray(0, count), next);
    });
  };
  next(null);
}

function fail(stream, options, error) {
  if (typeof options.onError === "function") options.onError(error);
  else stream.destroy(error);
}

function respondWithFD(stream, given, givenHeaders, givenOptions) {
  const options = { ...givenOptions };
  const headers = { __proto__: null, ...givenHeaders };
  const fd = typeof given === "object" && given !== null ? given.fd : given;
  if (typeof fd !== "number") {
    throw errors.ERR_INVALID_ARG_TYPE("fd", ["number", "FileHandle"], given);
  }
  checkCall(stream, headers, options);
  if (options.statCheck === undefined && options.length === undefined) {
    send(stream, fd, { offset: options.offset ?? 0, length: -1 }, headers, options, false);
    return;
  }
  fs.fstat(fd, (error, stat) => {
    if (stream.destroyed || stream.closed) return;
    if (error) {
      stream.destroy(error);
      return;
    }
    const part = partOf(stream, stat, headers, options);
    if (part !== undefined) send(stream, fd, part, headers, options, false);
  });
}

function respondWithFile(stream, path, givenHeaders, givenOptions) {
  const options = { ...givenOptions };
  const headers = { __proto__: null, ...givenHeaders };
  checkCall(stream, headers, options);
  fs.open(path, "r", (error, fd) => {
    if (error) {
      fail(stream, options, error);
      return;
    }
    fs.fstat(fd, (failure, stat) => sendOpened(stream, fd, failure, stat, headers, options));
  });
}

function sendOpened(stream, fd, failure, stat, headers, options) {
  const close = () => fs.close(fd, () => {});
  if (stream.destroyed || stream.closed) {
    close();
    return;
  }
  let error = failure;
  if (!error && !stat.isFile()) {
    const isPart = (options.offset ?? 0) !== 0 || (options.length ?? -1) >= 0;
    if (stat.isDirectory()) error = http2Errors.ERR_HTTP2_SEND_FILE();
    else if (isPart) error = http2Errors.ERR_HTTP2_SEND_FILE_NOSEEK();
  }
  if (error) {
    close();
    fail(stream, options, error);
    return;
  }
  const part = partOf(stream, stat, headers, options);
  if (part === undefined) close();
  else send(stream, fd, part, headers, options, true);
}

module.exports = { respondWithFD, respondWithFile };
