// Stream: what all streams inherit from, and the pipe() of the streams of old, which know only
// events, pause() and resume().
"use strict";

const EventEmitter = require("node/events");
const { Array, Object, Reflect } = globalThis;

function Stream(options) {
  Reflect.apply(EventEmitter, this, [options]);
}
inherit(Stream, EventEmitter);

/** Makes a constructor function a subclass that may be called without `new`. */
function inherit(constructor, parent) {
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
  Object.setPrototypeOf(constructor, parent);
}

class LegacyPipe {
  constructor(source, destination) {
    this.source = source;
    this.destination = destination;
    this.ended = false;
    this.onData = (chunk) => {
      if (destination.writable && destination.write(chunk) === false && source.pause) {
        source.pause();
      }
    };
    this.onDrain = () => {
      if (source.readable && source.resume) source.resume();
    };
    this.onEnd = () => this.finish((stream) => stream.end());
    this.onClose = () => this.finish((stream) => {
      if (typeof stream.destroy === "function") stream.destroy();
    });
    this.cleanup = () => this.disconnect();
    const pipe = this;
    this.onError = function (error) {
      pipe.disconnect();
      if (errorListeners(this) === 0) this.emit("error", error);
    };
  }

  connect(end) {
    const { source, destination } = this;
    source.on("data", this.onData);
    destination.on("drain", this.onDrain);
    if (end) {
      source.on("end", this.onEnd);
      source.on("close", this.onClose);
    }
    prependListener(source, "error", this.onError);
    prependListener(destination, "error", this.onError);
    source.on("end", this.cleanup);
    source.on("close", this.cleanup);
    destination.on("close", this.cleanup);
    destination.emit("pipe", source);
  }

  finish(act) {
    if (this.ended) return;
    this.ended = true;
    act(this.destination);
  }

  disconnect() {
    const { source, destination } = this;
    source.removeListener("data", this.onData);
    destination.removeListener("drain", this.onDrain);
    source.removeListener("end", this.onEnd);
    source.removeListener("close", this.onClose);
    source.removeListener("error", this.onError);
    destination.removeListener("error", this.onError);
    source.removeListener("end", this.cleanup);
    source.removeListener("close", this.cleanup);
    destination.removeListener("close", this.cleanup);
  }
}

Stream.prototype.pipe = function (destination, options) {
  const end = !destination._isStdio && (!options || options.end !== false);
  new LegacyPipe(this, destination).connect(end);
  return destination;
};

Stream.prototype.eventNames = function eventNames() {
  return Reflect.ownKeys(this._events).filter((name) => {
    const listeners = this._events[name];
    return typeof listeners === "function" || (Array.isArray(listeners) && listeners.length > 0);
  });
};

// An emitter of another make may lack the method, and one of ours may have it taken away.
function errorListeners(emitter) {
  return typeof emitter.listenerCount === "function"
    ? emitter.listenerCount("error")
    : EventEmitter.prototype.listenerCount.call(emitter, "error");
}

/** Adds a listener before all others, also to emitters of other makes. */
function prependListener(emitter, name, listener) {
  if (typeof emitter.prependListener === "function") {
    emitter.prependListener(name, listener);
    return;
  }
  const present = emitter._events?.[name];
  if (!present) emitter.on(name, listener);
  else if (Array.isArray(present)) present.unshift(listener);
  else emitter._events[name] = [listener, present];
}

module.exports = { Stream, inherit, prependListener };
