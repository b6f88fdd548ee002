// The errors of streams, from the shared makers, and the checks of arguments that streams share.
// The rarer codes are loaded with the first of them.
"use strict";

const errors = require("node/errors");
const { Array, Number } = globalThis;

const CHUNK_TYPES = ["string", "Buffer", "TypedArray", "DataView"];
const STREAM_TYPES = ["ReadableStream", "WritableStream", "Stream"];

const codes = () => require("node/error-codes");
const { invalidType } = errors;

const cannotPipe = () => codes().ERR_STREAM_CANNOT_PIPE();
const writeAfterEnd = () => codes().ERR_STREAM_WRITE_AFTER_END();
const multipleCallback = () => codes().ERR_MULTIPLE_CALLBACK();
const pushAfterEof = () => codes().ERR_STREAM_PUSH_AFTER_EOF();
const unshiftAfterEnd = () => codes().ERR_STREAM_UNSHIFT_AFTER_END_EVENT();
const prematureClose = () => codes().ERR_STREAM_PREMATURE_CLOSE();
const nullValues = () => codes().ERR_STREAM_NULL_VALUES();
const streamDestroyed = (method) => codes().ERR_STREAM_DESTROYED(method);
const alreadyFinished = (method) => codes().ERR_STREAM_ALREADY_FINISHED(method);
const notImplemented = (method) => codes().ERR_METHOD_NOT_IMPLEMENTED(method);
const unableToPipe = () => codes().ERR_STREAM_UNABLE_TO_PIPE();
const illegalConstructor = () => codes().ERR_ILLEGAL_CONSTRUCTOR();
const missingStreams = () => errors.ERR_MISSING_ARGS("streams");
const invalidChunk = (chunk) => errors.ERR_INVALID_ARG_TYPE("chunk", CHUNK_TYPES, chunk);
const invalidStream = (value) => errors.ERR_INVALID_ARG_TYPE("stream", STREAM_TYPES, value);
const invalidReturn = errors.ERR_INVALID_RETURN_VALUE;

function unknownEncoding(encoding) {
  return errors.ERR_UNKNOWN_ENCODING(errors.shownValue(encoding, false));
}

/** What operations that a signal ended fail with. */
function abortError(options) {
  return errors.abortError(undefined, options);
}

/** One error for two: `later` happened while `first` was dealt with. */
function aggregate(first, later) {
  if (!first || !later || first === later) return first || later;
  if (Array.isArray(later.errors)) {
    later.errors.push(first);
    return later;
  }
  const error = new AggregateError([later, first], later.message);
  error.code = later.code;
  return error;
}

/** The checks that all operators make of their options. */
function expectOperatorOptions(options) {
  if (options === undefined || options === null) return;
  errors.validateObject(options, "options");
  if (options.signal === null) return;
  errors.validateAbortSignal(options.signal, "options.signal");
}

function expectInteger(value, name, minimum) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!Number.isInteger(value)) throw errors.ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < minimum || value > Number.MAX_SAFE_INTEGER) {
    const range = `>= ${minimum} && <= ${Number.MAX_SAFE_INTEGER}`;
    throw errors.ERR_OUT_OF_RANGE(name, range, value);
  }
}

module.exports = {
  cannotPipe, writeAfterEnd, multipleCallback, pushAfterEof, prematureClose, nullValues,
  unknownEncoding, streamDestroyed, alreadyFinished, notImplemented, unshiftAfterEnd,
  unableToPipe, missingStreams, illegalConstructor, invalidChunk, invalidStream, invalidReturn,
  abortError, aggregate, expectOperatorOptions, expectInteger,
  expectOptions: (options) => errors.validateObject(options, "options"),
  expectSignal: errors.validateAbortSignal,
};
