// How data moves through a readable side: pushed and unshifted into the buffer or straight to
// 'data', announced by 'readable', pulled by _read ahead of demand, drained by flowing, ended.
// The order of events and ticks is Node's.
"use strict";

const {
  STATE, OBJECT_MODE, DESTROYED, ERRORED, CLOSE_EMITTED, CONSTRUCTED,
} = require("node/stream/flags");
const {
  DECODER_VALUE, ENDED, END_EMITTED, READING, SYNC, NEED_READABLE, EMITTED_READABLE,
  READABLE_LISTENING, RESUME_SCHEDULED, MULTI_AWAIT_DRAIN, READING_MORE, DATA_EMITTED, DECODER,
  HAS_FLOWING, FLOWING, HAS_PAUSED, PAUSED, DATA_LISTENING,
} = require("node/stream/readable-state");
const { invalidChunk, pushAfterEof, unshiftAfterEnd } = require("node/stream/errors");
const { errorOrDestroy } = require("node/stream/destroy");
const { Buffer, bufferOver, isView } = require("node/stream/chunks");
const { nextTick } = require("runtime/event-loop");

// ---- In ----------------------------------------------------------------------------------------

/** Whether more may be pushed: below the mark, or nothing is held at all (a mark of 0). */
function canPushMore(state) {
  return (state[STATE] & ENDED) === 0 &&
    (state.length < state.highWaterMark || state.length === 0);
}

function pushBytes(stream, state, given, givenEncoding) {
  let chunk = given;
  let encoding = givenEncoding;
  if (chunk === null) return pushEnd(stream, state);
  if (typeof chunk === "string") {
    encoding ||= state.defaultEncoding;
    if (state.encoding !== encoding) {
      chunk = Buffer.from(chunk, encoding);
      encoding = "";
    }
  } else if (chunk instanceof Buffer) {
    encoding = "";
  } else if (isView(chunk)) {
    chunk = bufferOver(chunk);
    encoding = "";
  } else if (chunk !== undefined) {
    errorOrDestroy(stream, invalidChunk(chunk));
    return false;
  }
  if (!chunk || chunk.length <= 0) {
    state[STATE] &= ~READING;
    maybeReadMore(stream, state);
    return canPushMore(state);
  }
  if ((state[STATE] & (ENDED | DESTROYED | ERRORED)) !== 0) return refusePush(stream, state);
  state[STATE] &= ~READING;
  if ((state[STATE] & DECODER) !== 0 && !encoding) {
    chunk = state[DECODER_VALUE].write(chunk);
    if (chunk.length === 0) {
      maybeReadMore(stream, state);
      return canPushMore(state);
    }
  }
  addChunk(stream, state, chunk, false);
  return canPushMore(state);
}

function pushObject(stream, state, given, encoding) {
  if (given === null) return pushEnd(stream, state);
  if ((state[STATE] & (ENDED | DESTROYED | ERRORED)) !== 0) return refusePush(stream, state);
  state[STATE] &= ~READING;
  const decode = (state[STATE] & DECODER) !== 0 && !encoding;
  addChunk(stream, state, decode ? state[DECODER_VALUE].write(given) : given, false);
  return canPushMore(state);
}

function pushEnd(stream, state) {
  state[STATE] &= ~READING;
  endOfData(stream, state);
  return false;
}

function refusePush(stream, state) {
  if ((state[STATE] & ENDED) !== 0) errorOrDestroy(stream, pushAfterEof());
  return false;
}

function unshiftBytes(stream, state, given, givenEncoding) {
  let chunk = given;
  if (chunk === null) return pushEnd(stream, state);
  if (typeof chunk === "string") {
    const encoding = givenEncoding || state.defaultEncoding;
    if (state.encoding !== encoding) {
      // What is held is text in the encoding that was set, if one was.
      chunk = Buffer.from(chunk, encoding);
      if (state.encoding) chunk = chunk.toString(state.encoding);
    }
  } else if (isView(chunk)) {
    if (!(chunk instanceof Buffer)) chunk = bufferOver(chunk);
  } else if (chunk !== undefined) {
    errorOrDestroy(stream, invalidChunk(chunk));
    return false;
  }
  if (!chunk || chunk.length <= 0) return canPushMore(state);
  return unshiftChunk(stream, state, chunk);
}

function unshiftObject(stream, state, chunk) {
  return chunk === null ? pushEnd(stream, state) : unshiftChunk(stream, state, chunk);
}

function unshiftChunk(stream, state, chunk) {
  if ((state[STATE] & END_EMITTED) !== 0) errorOrDestroy(stream, unshiftAfterEnd());
  else if ((state[STATE] & (DESTROYED | ERRORED)) !== 0) return false;
  else addChunk(stream, state, chunk, true);
  return canPushMore(state);
}

function forgetDrains(state) {
  if ((state[STATE] & MULTI_AWAIT_DRAIN) !== 0) state.awaitDrainWriters.clear();
  else state.awaitDrainWriters = null;
}

function addChunk(stream, state, chunk, toFront) {
  const bits = state[STATE];
  const flows = (bits & (FLOWING | SYNC | DATA_LISTENING)) === (FLOWING | DATA_LISTENING);
  if (flows && state.length === 0) {
    forgetDrains(state);
    state[STATE] |= DATA_EMITTED;
    stream.emit("data", chunk);
  } else {
    state.length += (bits & OBJECT_MODE) !== 0 ? 1 : chunk.length;
    if (!toFront) state.buffer.push(chunk);
    else if (state.bufferIndex > 0) state.buffer[--state.bufferIndex] = chunk;
    else state.buffer.unshift(chunk);
    if ((bits & NEED_READABLE) !== 0) emitReadable(stream);
  }
  maybeReadMore(stream, state);
}

function endOfData(stream, state) {
  if ((state[STATE] & ENDED) !== 0) return;
  if ((state[STATE] & DECODER) !== 0) {
    const rest = state[DECODER_VALUE].end();
    if (rest?.length) {
      state.buffer.push(rest);
      state.length += (state[STATE] & OBJECT_MODE) !== 0 ? 1 : rest.length;
    }
  }
  state[STATE] |= ENDED;
  if ((state[STATE] & SYNC) !== 0) {
    // Not within the read() that called _read, which would emit data a second time.
    emitReadable(stream);
  } else {
    // At once: programs rely on the 'readable' of the end being synchronous.
    state[STATE] = (state[STATE] & ~NEED_READABLE) | EMITTED_READABLE;
    emitReadableNow(stream);
  }
}

// ---- Announcing --------------------------------------------------------------------------------

function emitReadable(stream) {
  const state = stream._readableState;
  state[STATE] &= ~NEED_READABLE;
  if ((state[STATE] & EMITTED_READABLE) !== 0) return;
  state[STATE] |= EMITTED_READABLE;
  nextTick(emitReadableNow, [stream]);
}

function emitReadableNow(stream) {
  const state = stream._readableState;
  if ((state[STATE] & (DESTROYED | ERRORED)) === 0 &&
      (state.length || (state[STATE] & ENDED) !== 0)) {
    stream.emit("readable");
    state[STATE] &= ~EMITTED_READABLE;
  }
  if ((state[STATE] & (FLOWING | ENDED)) === 0 && state.length <= state.highWaterMark) {
    state[STATE] |= NEED_READABLE;
  }
  flow(stream);
}

function maybeReadMore(stream, state) {
  if ((state[STATE] & (READING_MORE | CONSTRUCTED)) !== CONSTRUCTED) return;
  state[STATE] |= READING_MORE;
  nextTick(readMore, [stream, state]);
}

// Reads ahead while the buffer is below its mark; a flowing stream with an empty buffer is also
// read, whatever its mark. Stops where _read answers later: its push comes here again.
function readMore(stream, state) {
  while ((state[STATE] & (READING | ENDED)) === 0 &&
      (state.length < state.highWaterMark ||
        ((state[STATE] & FLOWING) !== 0 && state.length === 0))) {
    const { length } = state;
    stream.read(0);
    if (length === state.length) break;
  }
  state[STATE] &= ~READING_MORE;
}

// ---- Flowing -----------------------------------------------------------------------------------

function flow(stream) {
  const state = stream._readableState;
  while ((state[STATE] & FLOWING) !== 0 && stream.read() !== null);
}

function resume(stream, state) {
  if ((state[STATE] & FLOWING) === 0) {
    // Somebody who listens for 'readable' reads by himself.
    if ((state[STATE] & READABLE_LISTENING) === 0) state[STATE] |= HAS_FLOWING | FLOWING;
    else state[STATE] |= HAS_FLOWING;
    if ((state[STATE] & RESUME_SCHEDULED) === 0) {
      state[STATE] |= RESUME_SCHEDULED;
      nextTick(resumeNow, [stream, state]);
    }
  }
  state[STATE] = (state[STATE] | HAS_PAUSED) & ~PAUSED;
}

function resumeNow(stream, state) {
  if ((state[STATE] & READING) === 0) stream.read(0);
  state[STATE] &= ~RESUME_SCHEDULED;
  stream.emit("resume");
  flow(stream);
  if ((state[STATE] & (FLOWING | READING)) === FLOWING) stream.read(0);
}

function pause(stream, state) {
  if ((state[STATE] & (HAS_FLOWING | FLOWING)) !== HAS_FLOWING) {
    state[STATE] = (state[STATE] | HAS_FLOWING) & ~FLOWING;
    stream.emit("pause");
  }
  state[STATE] |= HAS_PAUSED | PAUSED;
}

// ---- Listeners ---------------------------------------------------------------------------------

function dataListenerAdded(stream, state) {
  state[STATE] |= DATA_LISTENING;
  if (stream.listenerCount("readable") > 0) state[STATE] |= READABLE_LISTENING;
  // Unless it was paused by name.
  if ((state[STATE] & (HAS_FLOWING | FLOWING)) !== HAS_FLOWING) stream.resume();
}

function readableListenerAdded(stream, state) {
  if ((state[STATE] & (END_EMITTED | READABLE_LISTENING)) !== 0) return;
  state[STATE] |= READABLE_LISTENING | NEED_READABLE | HAS_FLOWING;
  state[STATE] &= ~(FLOWING | EMITTED_READABLE);
  if (state.length) emitReadable(stream);
  else if ((state[STATE] & READING) === 0) nextTick(readNothing, [stream]);
}

function readNothing(stream) { stream.read(0); }

// On the next tick, so that once("readable") followed by another listener changes nothing.
function readableListenerRemoved(stream) { nextTick(updateListening, [stream]); }

function updateListening(stream) {
  const state = stream._readableState;
  if (stream.listenerCount("readable") > 0) state[STATE] |= READABLE_LISTENING;
  else state[STATE] &= ~READABLE_LISTENING;
  const resuming = HAS_PAUSED | RESUME_SCHEDULED;
  if ((state[STATE] & (resuming | PAUSED)) === resuming) {
    state[STATE] |= HAS_FLOWING | FLOWING;
  } else if ((state[STATE] & DATA_LISTENING) !== 0) {
    stream.resume();
  } else if ((state[STATE] & READABLE_LISTENING) === 0) {
    state[STATE] &= ~(HAS_FLOWING | FLOWING);
  }
}

// ---- The end -----------------------------------------------------------------------------------

function endReadable(stream) {
  const state = stream._readableState;
  if ((state[STATE] & END_EMITTED) !== 0) return;
  state[STATE] |= ENDED;
  nextTick(emitEnd, [state, stream]);
}

function emitEnd(state, stream) {
  // Something may have been unshifted at the last moment.
  if ((state[STATE] & (ERRORED | CLOSE_EMITTED | END_EMITTED)) !== 0 || state.length !== 0) return;
  state[STATE] |= END_EMITTED;
  stream.emit("end");
  if (stream.writable && stream.allowHalfOpen === false) {
    nextTick(endWritable, [stream]);
  } else if (state.autoDestroy) {
    // A duplex goes when its other side has finished, or never was.
    const other = stream._writableState;
    const done = !other ||
      (other.autoDestroy && (other.finished || other.writable === false));
    if (done) stream.destroy();
  }
}

function endWritable(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}

module.exports = {
  pushBytes, pushObject, unshiftBytes, unshiftObject, forgetDrains, emitReadable, maybeReadMore,
  resume, pause, dataListenerAdded, readableListenerAdded, readableListenerRemoved, endReadable,
};
