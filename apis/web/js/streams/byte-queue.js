"use strict";
// The queue of a readable byte stream and the buffers that wait to be filled from it
// ("pull-into descriptors" of the Streams Standard). Pure bookkeeping over ArrayBuffers: no
// reader, no controller state beyond `queue`, `total` and `pendingPulls`.

const { Queue } = require("web/streams/queue");

const PlatformUint8Array = Uint8Array;
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
).get;

/** Why a buffer waits: for a default reader, for a BYOB reader, or for a reader that left. */
const FOR_DEFAULT = 0;
const FOR_BYOB = 1;
const FOR_NONE = 2;

class PullInto {
  constructor(buffer, byteOffset, byteLength, minimumFill, elementSize, make, reader) {
    this.buffer = buffer;
    this.bufferByteLength = buffer.byteLength;
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
    this.bytesFilled = 0;
    this.minimumFill = minimumFill;
    this.elementSize = elementSize;
    /** Makes the view that the reader gets. */
    this.make = make;
    this.reader = reader;
  }
}

class Segment {
  constructor(buffer, byteOffset, byteLength) {
    this.buffer = buffer;
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
  }
}

function makeUint8Array(buffer, byteOffset, length) {
  return new PlatformUint8Array(buffer, byteOffset, length);
}

/** A maker of views of the same class as `view`. */
function makerOf(view) {
  const View = VIEWS[typedArrayName.call(view)] ?? DataView;
  return (buffer, offset, length) => new View(buffer, offset, length);
}

const VIEWS = {
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  BigInt64Array, BigUint64Array, Float32Array, Float64Array,
};
if (typeof Float16Array === "function") VIEWS.Float16Array = Float16Array;

class ByteQueue {
  constructor() {
    this.segments = new Queue();
    this.total = 0;
  }
  push(buffer, byteOffset, byteLength) {
    this.segments.push(new Segment(buffer, byteOffset, byteLength));
    this.total += byteLength;
  }
  clear() {
    this.segments.clear();
    this.total = 0;
  }
  /** Removes the first segment as a view of all its bytes. */
  shiftView() {
    const segment = this.segments.shift();
    this.total -= segment.byteLength;
    return new PlatformUint8Array(segment.buffer, segment.byteOffset, segment.byteLength);
  }
  /** Copies what there is into `pull`; true when it holds enough to be given to its reader. */
  fill(pull) {
    const maximum = Math.min(this.total, pull.byteLength - pull.bytesFilled);
    const filledAtMost = pull.bytesFilled + maximum;
    const aligned = filledAtMost - (filledAtMost % pull.elementSize);
    const ready = aligned >= pull.minimumFill;
    let remaining = ready ? aligned - pull.bytesFilled : maximum;
    while (remaining > 0) {
      const segment = this.segments.peek();
      const count = Math.min(remaining, segment.byteLength);
      const start = pull.byteOffset + pull.bytesFilled;
      makeUint8Array(pull.buffer, start, count).set(
        makeUint8Array(segment.buffer, segment.byteOffset, count),
      );
      if (segment.byteLength === count) {
        this.segments.shift();
      } else {
        segment.byteOffset += count;
        segment.byteLength -= count;
      }
      this.total -= count;
      pull.bytesFilled += count;
      remaining -= count;
    }
    return ready;
  }
}

/** The view of the bytes that were filled; the buffer moves into it. */
function filledView(pull) {
  const buffer = pull.buffer.transfer();
  return pull.make(buffer, pull.byteOffset, pull.bytesFilled / pull.elementSize);
}

module.exports = {
  FOR_DEFAULT, FOR_BYOB, FOR_NONE, PullInto, ByteQueue, makeUint8Array, makerOf, filledView,
};
