// duplexPair: two duplex streams, each reading what is written to the other.
"use strict";

const { Duplex } = require("node/stream/duplex");
const { nextTick } = require("runtime/event-loop");

class DuplexSide extends Duplex {
  #other = null;
  #waiting = null;

  static connect(one, other) {
    one.#other = other;
    other.#other = one;
  }

  _read() {
    const callback = this.#waiting;
    if (callback === null) return;
    this.#waiting = null;
    callback();
  }

  // The answer waits until the other side reads.
  _write(chunk, _encoding, callback) {
    if (chunk.length === 0) {
      nextTick(callback, undefined);
    } else {
      this.#other.push(chunk);
      this.#other.#waiting = callback;
    }
  }

  _final(callback) {
    this.#other.on("end", callback);
    this.#other.push(null);
  }
}

function duplexPair(options) {
  const pair = [new DuplexSide(options), new DuplexSide(options)];
  DuplexSide.connect(pair[0], pair[1]);
  return pair;
}

module.exports = { duplexPair };
