// What a value is (a stream of node's, a web stream, an iterable) and where a stream stands. These
// must also answer for streams of other implementations (readable-stream, http messages), which is
// why they ask for properties and not for classes. `null` means: cannot be told.
"use strict";

const { Symbol } = globalThis;
const symbolFor = Symbol.for;

const IS_DESTROYED = symbolFor("nodejs.stream.destroyed");
const IS_ERRORED = symbolFor("nodejs.stream.errored");
const IS_READABLE = symbolFor("nodejs.stream.readable");
const IS_WRITABLE = symbolFor("nodejs.stream.writable");
const IS_DISTURBED = symbolFor("nodejs.stream.disturbed");

const has = (value, method) => typeof value[method] === "function";

function isReadableNodeStream(value, strict = false) {
  if (!value || !has(value, "pipe") || !has(value, "on")) return false;
  if (strict && !(has(value, "pause") && has(value, "resume"))) return false;
  // A Writable has `pipe` too; a Duplex may have its readable side turned off.
  if (!value._writableState) return true;
  return Boolean(value._readableState) && value._readableState.readable !== false;
}

function isWritableNodeStream(value) {
  if (!value || !has(value, "write") || !has(value, "on")) return false;
  return !value._readableState || value._writableState?.writable !== false;
}

function isDuplexNodeStream(value) {
  return Boolean(value && has(value, "pipe") && value._readableState && has(value, "on") &&
    has(value, "write"));
}

function isNodeStream(value) {
  if (!value) return false;
  return Boolean(value._readableState || value._writableState ||
    (has(value, "on") && (has(value, "write") || has(value, "pipe"))));
}

// The classes of web streams are loaded when first asked for: a value cannot be an instance of one
// that is not loaded, but loading is how its class is got at, so plain values are sorted out first.
function isWebKind(name, value) {
  if (value === null || typeof value !== "object" || isNodeStream(value)) return false;
  return value instanceof require("web/streams")[name];
}
const isReadableStream = (value) => isWebKind("ReadableStream", value);
const isWritableStream = (value) => isWebKind("WritableStream", value);
const isTransformStream = (value) => isWebKind("TransformStream", value);

function isWebStream(value) {
  return isReadableStream(value) || isWritableStream(value) || isTransformStream(value);
}

/** Whether `value` can be iterated; `asynchronous` restricts to one kind. */
function isIterable(value, asynchronous) {
  if (value === null || value === undefined) return false;
  if (asynchronous !== false && typeof value[Symbol.asyncIterator] === "function") return true;
  return asynchronous !== true && typeof value[Symbol.iterator] === "function";
}

function isDestroyed(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  return Boolean(stream.destroyed || stream[IS_DESTROYED] || state?.destroyed);
}

/** Whether end() was called. */
function isWritableEnded(stream) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableEnded === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  return typeof state?.ended === "boolean" ? state.ended : null;
}

/** Whether 'finish' was emitted; not strictly: or nothing is left to write. */
function isWritableFinished(stream, strict) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableFinished === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  if (typeof state?.finished !== "boolean") return null;
  return state.finished || (strict === false && state.ended === true && state.length === 0);
}

/** Whether 'end' was emitted; not strictly: or nothing is left to read. */
function isReadableFinished(stream, strict) {
  if (!isReadableNodeStream(stream)) return null;
  const state = stream._readableState;
  if (state?.errored) return false;
  if (typeof state?.endEmitted !== "boolean") return null;
  return state.endEmitted || (strict === false && state.ended === true && state.length === 0);
}

function isReadable(stream) {
  const told = stream?.[IS_READABLE];
  if (told !== undefined && told !== null) return told;
  if (typeof stream?.readable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isReadableNodeStream(stream) && stream.readable && !isReadableFinished(stream);
}

function isWritable(stream) {
  const told = stream?.[IS_WRITABLE];
  if (told !== undefined && told !== null) return told;
  if (typeof stream?.writable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isWritableNodeStream(stream) && stream.writable && !isWritableEnded(stream);
}

function isFinished(stream) {
  if (!isNodeStream(stream)) return null;
  if (isDestroyed(stream)) return true;
  return !isReadable(stream) && !isWritable(stream);
}

/** The error of one side of a stream; `true` or `false` where a stream tells no more. */
function sideError(stream, property, state) {
  if (!isNodeStream(stream)) return null;
  return stream[property] || (stream[state]?.errored ?? null);
}
const writableError = (stream) => sideError(stream, "writableErrored", "_writableState");
const readableError = (stream) => sideError(stream, "readableErrored", "_readableState");

function isClosed(stream) {
  if (!isNodeStream(stream)) return null;
  if (typeof stream.closed === "boolean") return stream.closed;
  const writable = stream._writableState?.closed;
  const readable = stream._readableState?.closed;
  if (typeof writable === "boolean" || typeof readable === "boolean") return writable || readable;
  if (isOutgoingMessage(stream)) return stream._closed;
  return null;
}

function isOutgoingMessage(stream) {
  return typeof stream._closed === "boolean" && typeof stream._defaultKeepAlive === "boolean" &&
    typeof stream._removedConnection === "boolean" && typeof stream._removedContLen === "boolean";
}

function isServerResponse(stream) {
  return typeof stream._sent100 === "boolean" && isOutgoingMessage(stream);
}

function isServerRequest(stream) {
  return typeof stream._consuming === "boolean" && typeof stream._dumped === "boolean" &&
    stream.req?.upgradeOrConnect === undefined;
}

/** Whether 'close' can be relied on to come. */
function willEmitClose(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  if (!state) return isServerResponse(stream);
  return Boolean(state.autoDestroy && state.emitClose && state.closed === false);
}

function isDisturbed(stream) {
  if (!stream) return false;
  return Boolean(stream[IS_DISTURBED] ?? (stream.readableDidRead || stream.readableAborted));
}

function isErrored(stream) {
  if (!stream) return false;
  return Boolean(stream[IS_ERRORED] ?? stream.readableErrored ?? stream.writableErrored ??
    stream._readableState?.errorEmitted ?? stream._writableState?.errorEmitted ??
    stream._readableState?.errored ?? stream._writableState?.errored);
}

module.exports = {
  IS_DESTROYED, IS_ERRORED, IS_READABLE, IS_WRITABLE, IS_DISTURBED,
  isReadableNodeStream, isWritableNodeStream, isDuplexNodeStream, isNodeStream,
  isReadableStream, isWritableStream, isTransformStream, isWebStream, isIterable,
  isDestroyed, isWritableEnded, isWritableFinished, isReadableFinished, isReadable, isWritable,
  isFinished, writableError, readableError, isClosed, isServerRequest, willEmitClose, isDisturbed,
  isErrored,
};
