// How data moves through a writable side: written at once or held while a write is under way, the
// answer of _write, 'drain', and the end ('prefinish', _final, 'finish'). The order of events,
// callbacks and ticks is Node's.
"use strict";

const {
  STATE, OBJECT_MODE, ERROR_EMITTED, AUTO_DESTROY, DESTROYED, CLOSE_EMITTED, ERRORED,
  CONSTRUCTED,
} = require("node/stream/flags");
const {
  resetBuffer, noCallback,
  SYNC, FINAL_CALLED, NEED_DRAIN, ENDING, FINISHED, DECODE_STRINGS, WRITING, BUFFER_PROCESSING,
  PREFINISHED, ALL_BUFFERS, ALL_NOOP, ON_FINISHED, CORKED, DEFAULT_UTF8, WRITE_CALLBACK,
  EXPECT_CALLBACK, AFTER_WRITE_TICK, AFTER_WRITE_PENDING, BUFFERED,
  ON_FINISHED_VALUE, ERROR_VALUE, WRITE_CALLBACK_VALUE, AFTER_WRITE_VALUE, BUFFERED_VALUE,
} = require("node/stream/writable-state");
const {
  invalidChunk, multipleCallback, nullValues, streamDestroyed, unknownEncoding, writeAfterEnd,
} = require("node/stream/errors");
const { errorOrDestroy } = require("node/stream/destroy");
const { Buffer, bufferOver, isView } = require("node/stream/chunks");
const { nextTick } = require("runtime/event-loop");

/** Chunks already written are cut off the front of the buffer from this many on. */
const WRITTEN_MAX = 256;

// ---- In ----------------------------------------------------------------------------------------

/** Writes: true or false as write() answers, or the error of a stream that takes no more. */
function write(stream, given, givenEncoding, givenCallback) {
  const state = stream._writableState;
  const callback = typeof givenCallback === "function" ? givenCallback : noCallback;
  let chunk = given;
  let encoding = givenEncoding;
  if (chunk === null) throw nullValues();
  if ((state[STATE] & OBJECT_MODE) === 0) {
    if (!encoding) {
      encoding = (state[STATE] & DEFAULT_UTF8) !== 0 ? "utf8" : state.defaultEncoding;
    } else if (encoding !== "buffer" && !Buffer.isEncoding(encoding)) {
      throw unknownEncoding(encoding);
    }
    if (typeof chunk === "string") {
      if ((state[STATE] & DECODE_STRINGS) !== 0) {
        chunk = Buffer.from(chunk, encoding);
        encoding = "buffer";
      }
    } else if (chunk instanceof Buffer) {
      encoding = "buffer";
    } else if (isView(chunk)) {
      chunk = bufferOver(chunk);
      encoding = "buffer";
    } else {
      throw invalidChunk(chunk);
    }
  }
  if ((state[STATE] & (ENDING | DESTROYED)) !== 0) return refuseWrite(stream, state, callback);
  state.pendingcb++;
  return writeOrHold(stream, state, chunk, encoding, callback);
}

function refuseWrite(stream, state, callback) {
  const error = (state[STATE] & ENDING) !== 0 ? writeAfterEnd() : streamDestroyed("write");
  nextTick(callback, [error]);
  errorOrDestroy(stream, error, true);
  return error;
}

function writeOrHold(stream, state, chunk, encoding, callback) {
  const length = (state[STATE] & OBJECT_MODE) !== 0 ? 1 : chunk.length;
  state.length += length;
  if ((state[STATE] & (WRITING | ERRORED | CORKED | CONSTRUCTED)) !== CONSTRUCTED) {
    hold(state, chunk, encoding, callback);
  } else {
    state.writelen = length;
    if (callback !== noCallback) {
      state[WRITE_CALLBACK_VALUE] = callback;
      state[STATE] |= WRITE_CALLBACK;
    }
    state[STATE] |= WRITING | SYNC | EXPECT_CALLBACK;
    stream._write(chunk, encoding, state.onwrite);
    state[STATE] &= ~SYNC;
  }
  const room = state.length < state.highWaterMark || state.length === 0;
  if (!room) state[STATE] |= NEED_DRAIN;
  // Whoever writes in a loop until false must come out of it when the stream is gone.
  return room && (state[STATE] & (DESTROYED | ERRORED)) === 0;
}

function hold(state, chunk, encoding, callback) {
  if ((state[STATE] & BUFFERED) === 0) {
    state[STATE] |= BUFFERED;
    state[BUFFERED_VALUE] = [];
  }
  state[BUFFERED_VALUE].push({ chunk, encoding, callback });
  if (encoding !== "buffer") state[STATE] &= ~ALL_BUFFERS;
  if (callback !== noCallback) state[STATE] &= ~ALL_NOOP;
}

// ---- The answer of _write ----------------------------------------------------------------------

function onwrite(stream, er) {
  const state = stream._writableState;
  if ((state[STATE] & EXPECT_CALLBACK) === 0) {
    errorOrDestroy(stream, multipleCallback());
    return;
  }
  const sync = (state[STATE] & SYNC) !== 0;
  let callback = noCallback;
  if ((state[STATE] & WRITE_CALLBACK) !== 0) {
    callback = state[WRITE_CALLBACK_VALUE];
    state[WRITE_CALLBACK_VALUE] = null;
  }
  state[STATE] &= ~(WRITING | EXPECT_CALLBACK | WRITE_CALLBACK);
  state.length -= state.writelen;
  state.writelen = 0;
  if (er) {
    writeFailed(stream, state, er, sync, callback);
    return;
  }
  if ((state[STATE] & BUFFERED) !== 0) clearBuffer(stream, state);
  if (sync) answerLater(stream, state, callback);
  else afterWrite(stream, state, 1, callback);
}

function writeFailed(stream, state, error, sync, callback) {
  if ((state[STATE] & ERRORED) === 0) {
    state[ERROR_VALUE] = error;
    state[STATE] |= ERRORED;
  }
  const readable = stream._readableState;
  if (readable && !readable.errored) readable.errored = error;
  if (sync) nextTick(answerFailure, [stream, state, error, callback]);
  else answerFailure(stream, state, error, callback);
}

function answerFailure(stream, state, error, callback) {
  state.pendingcb--;
  callback(error);
  // The callbacks of the writes that wait come before 'error', with an error of their own.
  failBuffer(state);
  errorOrDestroy(stream, error);
}

// _write answered before it returned: its callback comes on the next tick, one tick for all
// writes with the same callback; without callback and drain there is nothing to tell. In object
// mode the tick is taken all the same, as in Node: programs see when 'finish' comes.
function answerLater(stream, state, callback) {
  const bits = state[STATE];
  const drains = (bits & NEED_DRAIN) !== 0 && state.length === 0;
  if (callback === noCallback) {
    if ((bits & AFTER_WRITE_PENDING) === 0 && (drains || (bits & OBJECT_MODE) !== 0)) {
      nextTick(afterWrite, [stream, state, 1, callback]);
      state[STATE] |= AFTER_WRITE_PENDING;
    } else {
      state.pendingcb--;
      if ((bits & ENDING) !== 0) finishMaybe(stream, state, true);
    }
  } else if ((bits & AFTER_WRITE_TICK) !== 0 && state[AFTER_WRITE_VALUE].callback === callback) {
    state[AFTER_WRITE_VALUE].count++;
  } else {
    const info = { count: 1, callback, stream, state };
    state[AFTER_WRITE_VALUE] = info;
    nextTick(afterWriteTick, [info]);
    state[STATE] |= AFTER_WRITE_PENDING | AFTER_WRITE_TICK;
  }
}

function afterWriteTick({ stream, state, count, callback }) {
  state[STATE] &= ~AFTER_WRITE_TICK;
  state[AFTER_WRITE_VALUE] = null;
  afterWrite(stream, state, count, callback);
}

function afterWrite(stream, state, count, callback) {
  state[STATE] &= ~AFTER_WRITE_PENDING;
  if ((state[STATE] & (ENDING | NEED_DRAIN | DESTROYED)) === NEED_DRAIN && state.length === 0) {
    state[STATE] &= ~NEED_DRAIN;
    stream.emit("drain");
  }
  for (let left = count; left > 0; left--) {
    state.pendingcb--;
    callback(null);
  }
  if ((state[STATE] & DESTROYED) !== 0) failBuffer(state);
  if ((state[STATE] & ENDING) !== 0) finishMaybe(stream, state, true);
}

// ---- What waits --------------------------------------------------------------------------------

function writeHeld(stream, state, gathered, length, chunk, encoding, callback) {
  state.writelen = length;
  if (callback !== noCallback) {
    state[WRITE_CALLBACK_VALUE] = callback;
    state[STATE] |= WRITE_CALLBACK;
  }
  state[STATE] |= WRITING | SYNC | EXPECT_CALLBACK;
  if ((state[STATE] & DESTROYED) !== 0) state.onwrite(streamDestroyed("write"));
  else if (gathered) stream._writev(chunk, state.onwrite);
  else stream._write(chunk, encoding, state.onwrite);
  state[STATE] &= ~SYNC;
}

/** Writes what was held, all at once where the stream has _writev. */
function clearBuffer(stream, state) {
  const mask = DESTROYED | BUFFER_PROCESSING | CORKED | BUFFERED | CONSTRUCTED;
  if ((state[STATE] & mask) !== (BUFFERED | CONSTRUCTED)) return;
  const count = state[BUFFERED_VALUE].length - state.bufferedIndex;
  if (count === 0) return;
  state[STATE] |= BUFFER_PROCESSING;
  if (count > 1 && stream._writev) writeGathered(stream, state, count);
  else writeOneByOne(stream, state);
  state[STATE] &= ~BUFFER_PROCESSING;
}

function writeGathered(stream, state, count) {
  state.pendingcb -= count - 1;
  const buffered = state[BUFFERED_VALUE];
  const first = state.bufferedIndex;
  const quiet = (state[STATE] & ALL_NOOP) !== 0;
  const callback = quiet ? noCallback : (error) => {
    for (let index = first; index < buffered.length; index++) buffered[index].callback(error);
  };
  // A copy where the callback goes through the buffer later, since _writev may change its array.
  const chunks = quiet && first === 0 ? buffered : buffered.slice(first);
  chunks.allBuffers = (state[STATE] & ALL_BUFFERS) !== 0;
  writeHeld(stream, state, true, state.length, chunks, "", callback);
  resetBuffer(state);
}

function writeOneByOne(stream, state) {
  const buffered = state[BUFFERED_VALUE];
  const objectMode = (state[STATE] & OBJECT_MODE) !== 0;
  let index = state.bufferedIndex;
  do {
    const { chunk, encoding, callback } = buffered[index];
    buffered[index++] = null;
    const length = objectMode ? 1 : chunk.length;
    writeHeld(stream, state, false, length, chunk, encoding, callback);
  } while (index < buffered.length && (state[STATE] & WRITING) === 0);
  if (index === buffered.length) {
    resetBuffer(state);
  } else if (index > WRITTEN_MAX) {
    buffered.splice(0, index);
    state.bufferedIndex = 0;
  } else {
    state.bufferedIndex = index;
  }
}

/** Fails the writes that wait, and who waits for the end. */
function failBuffer(state) {
  if ((state[STATE] & WRITING) !== 0) return;
  if ((state[STATE] & BUFFERED) !== 0) {
    const buffered = state[BUFFERED_VALUE];
    for (let index = state.bufferedIndex; index < buffered.length; index++) {
      const { chunk, callback } = buffered[index];
      state.length -= (state[STATE] & OBJECT_MODE) !== 0 ? 1 : chunk.length;
      callback(state.errored ?? streamDestroyed("write"));
    }
  }
  callFinishedCallbacks(state, state.errored ?? streamDestroyed("end"));
  resetBuffer(state);
}

// ---- The end -----------------------------------------------------------------------------------

const FINISH_MASK = ENDING | DESTROYED | CONSTRUCTED | FINISHED | WRITING | ERROR_EMITTED |
  CLOSE_EMITTED | ERRORED | BUFFERED;

function needFinish(state) {
  return (state[STATE] & FINISH_MASK) === (ENDING | CONSTRUCTED) && state.length === 0;
}

function onFinal(stream, state, error) {
  if ((state[STATE] & PREFINISHED) !== 0) {
    errorOrDestroy(stream, error ?? multipleCallback());
    return;
  }
  state.pendingcb--;
  if (error) {
    callFinishedCallbacks(state, error);
    errorOrDestroy(stream, error, (state[STATE] & SYNC) !== 0);
  } else if (needFinish(state)) {
    state[STATE] |= PREFINISHED;
    stream.emit("prefinish");
    // Never at once: streams expect 'finish' after _final has returned.
    state.pendingcb++;
    nextTick(finish, [stream, state]);
  }
}

function prefinish(stream, state) {
  if ((state[STATE] & (PREFINISHED | FINAL_CALLED)) !== 0) return;
  if (typeof stream._final !== "function" || (state[STATE] & DESTROYED) !== 0) {
    state[STATE] |= FINAL_CALLED | PREFINISHED;
    stream.emit("prefinish");
    return;
  }
  state[STATE] |= FINAL_CALLED | SYNC;
  state.pendingcb++;
  try {
    stream._final((error) => { onFinal(stream, state, error); });
  } catch (error) {
    onFinal(stream, state, error);
  }
  state[STATE] &= ~SYNC;
}

function finishMaybe(stream, state, sync) {
  if (!needFinish(state)) return;
  prefinish(stream, state);
  if (state.pendingcb !== 0) return;
  if (sync) {
    state.pendingcb++;
    nextTick(finishIfStill, [stream, state]);
  } else if (needFinish(state)) {
    state.pendingcb++;
    finish(stream, state);
  }
}

function finishIfStill(stream, state) {
  if (needFinish(state)) finish(stream, state);
  else state.pendingcb--;
}

function finish(stream, state) {
  state.pendingcb--;
  state[STATE] |= FINISHED;
  callFinishedCallbacks(state, null);
  stream.emit("finish");
  if ((state[STATE] & AUTO_DESTROY) === 0) return;
  // A duplex goes when its other side has ended, or never was.
  const other = stream._readableState;
  const done = !other || (other.autoDestroy && (other.endEmitted || other.readable === false));
  if (done) stream.destroy();
}

function addFinishedCallback(state, callback) {
  state[STATE] |= ON_FINISHED;
  state[ON_FINISHED_VALUE] ??= [];
  state[ON_FINISHED_VALUE].push(callback);
}

function callFinishedCallbacks(state, error) {
  if ((state[STATE] & ON_FINISHED) === 0) return;
  const callbacks = state[ON_FINISHED_VALUE];
  state[ON_FINISHED_VALUE] = null;
  state[STATE] &= ~ON_FINISHED;
  for (let index = 0; index < callbacks.length; index++) callbacks[index](error);
}

module.exports = {
  write, onwrite, clearBuffer, failBuffer, finishMaybe, addFinishedCallback,
};
