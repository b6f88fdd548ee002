// pipe() and unpipe(): one object per connection. The source pauses while a destination has no
// room and goes on when all that asked for it have drained.
"use strict";

const { STATE, ERROR_EMITTED } = require("node/stream/flags");
const {
  END_EMITTED, MULTI_AWAIT_DRAIN, FLOWING, DATA_LISTENING,
} = require("node/stream/readable-state");
const { errorOrDestroy } = require("node/stream/destroy");
const { prependListener } = require("node/stream/legacy");
const { nextTick } = require("runtime/event-loop");
const { Set } = globalThis;

class Pipe {
  constructor(source, destination) {
    this.source = source;
    this.destination = destination;
    this.disconnected = false;
    this.onDrain = undefined;
    this.onData = (chunk) => this.write(chunk);
    this.onEnd = () => { destination.end(); };
    this.onUnpipe = (readable, info) => this.unpiped(readable, info);
    this.onError = (error) => this.failed(error);
    this.unpipe = () => { source.unpipe(destination); };
    // Either of the two ends the connection, and then the other need not.
    this.onClose = () => {
      destination.removeListener("finish", this.onFinish);
      this.unpipe();
    };
    this.onFinish = () => {
      destination.removeListener("close", this.onClose);
      this.unpipe();
    };
  }

  connect(end) {
    const { source, destination } = this;
    const state = source._readableState;
    const atEnd = end ? this.onEnd : this.unpipe;
    if ((state[STATE] & END_EMITTED) !== 0) nextTick(atEnd, undefined);
    else source.once("end", atEnd);
    destination.on("unpipe", this.onUnpipe);
    source.on("data", this.onData);
    prependListener(destination, "error", this.onError);
    destination.once("close", this.onClose);
    destination.once("finish", this.onFinish);
    destination.emit("pipe", source);
    if (destination.writableNeedDrain === true) this.wait();
    else if ((state[STATE] & FLOWING) === 0) source.resume();
  }

  write(chunk) {
    try {
      if (this.destination.write(chunk) === false) this.wait();
    } catch (error) {
      this.destination.destroy(error);
    }
  }

  wait() {
    const { source, destination } = this;
    const state = source._readableState;
    // The write itself may have disconnected us: then nobody would resume the source.
    if (!this.disconnected) {
      if (state.pipes.length === 1 && state.pipes[0] === destination) {
        state.awaitDrainWriters = destination;
        state[STATE] &= ~MULTI_AWAIT_DRAIN;
      } else if (state.pipes.length > 1 && state.pipes.includes(destination)) {
        state.awaitDrainWriters.add(destination);
      }
      source.pause();
    }
    if (this.onDrain === undefined) {
      this.onDrain = () => this.drained();
      destination.on("drain", this.onDrain);
    }
  }

  drained() {
    const { source, destination } = this;
    const state = source._readableState;
    if (state.awaitDrainWriters === destination) state.awaitDrainWriters = null;
    else if ((state[STATE] & MULTI_AWAIT_DRAIN) !== 0) state.awaitDrainWriters.delete(destination);
    const waiting = state.awaitDrainWriters && state.awaitDrainWriters.size !== 0;
    if (!waiting && (state[STATE] & DATA_LISTENING) !== 0) source.resume();
  }

  // Stops on a destination's error, which is thrown as ever when nobody listens.
  failed(error) {
    const { destination } = this;
    this.unpipe();
    destination.removeListener("error", this.onError);
    if (destination.listenerCount("error") !== 0) return;
    const state = destination._writableState || destination._readableState;
    const emitted = state && (STATE in state
      ? (state[STATE] & ERROR_EMITTED) !== 0
      : state.errorEmitted);
    // A program may have emitted 'error' by itself.
    if (state && !emitted) errorOrDestroy(destination, error);
    else destination.emit("error", error);
  }

  unpiped(readable, info) {
    if (readable !== this.source || info?.hasUnpiped !== false) return;
    info.hasUnpiped = true;
    this.disconnect();
  }

  disconnect() {
    const { source, destination } = this;
    const state = source._readableState;
    destination.removeListener("close", this.onClose);
    destination.removeListener("finish", this.onFinish);
    if (this.onDrain !== undefined) destination.removeListener("drain", this.onDrain);
    destination.removeListener("error", this.onError);
    destination.removeListener("unpipe", this.onUnpipe);
    source.removeListener("end", this.onEnd);
    source.removeListener("end", this.unpipe);
    source.removeListener("data", this.onData);
    this.disconnected = true;
    // A source that waits for this destination would wait forever.
    const waits = this.onDrain !== undefined && state.awaitDrainWriters;
    if (waits && (!destination._writableState || destination._writableState.needDrain)) {
      this.drained();
    }
  }
}

function isStandardOutput(destination) {
  const { process } = require("node/process");
  return destination === process.stdout || destination === process.stderr;
}

function pipe(source, destination, options) {
  const state = source._readableState;
  if (state.pipes.length === 1 && (state[STATE] & MULTI_AWAIT_DRAIN) === 0) {
    state[STATE] |= MULTI_AWAIT_DRAIN;
    state.awaitDrainWriters = new Set(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes.push(destination);
  const end = (!options || options.end !== false) && !isStandardOutput(destination);
  new Pipe(source, destination).connect(end);
  return destination;
}

function unpipe(source, destination) {
  const state = source._readableState;
  if (state.pipes.length === 0) return;
  if (!destination) {
    const destinations = state.pipes;
    state.pipes = [];
    source.pause();
    for (const each of destinations) each.emit("unpipe", source, { hasUnpiped: false });
    return;
  }
  const index = state.pipes.indexOf(destination);
  if (index === -1) return;
  state.pipes.splice(index, 1);
  if (state.pipes.length === 0) source.pause();
  destination.emit("unpipe", source, { hasUnpiped: false });
}

module.exports = { pipe, unpipe };
