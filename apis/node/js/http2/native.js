// The protocol's state of one session, kept natively; what it tells is handed to the session's
// methods under their names.
"use strict";

const { toLines, toObject } = require("node/http2/headers");
const { Buffer } = require("node/buffer");
const { nextTick } = require("runtime/event-loop");

// Kinds of events, in the numbers of apis/node/src/http2.rs.
const HEADERS = 0;
const PROMISE = 1;
const DATA = 2;
const END = 3;
const CLOSED = 4;
const DRAINED = 5;
const SETTINGS = 6;
const SETTINGS_ACK = 7;
const PING = 8;
const GOAWAY = 9;
const ALTSVC = 10;
const ORIGINS = 11;
const REFUSED = 12;

// Places of an event, by its kind.
const LENGTHS = [5, 5, 4, 2, 3, 2, 3, 2, 3, 4, 4, 2, 2, 2];

const IS_NEW = 1;
const IS_END = 2;

const bufferOf = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Hands a batch of events to `target`; `chunk` is the input content lies in. */
function dispatch(target, list, chunk) {
  dispatchFrom(target, list, chunk, 0);
}

// A listener that throws does not take what follows from the others.
function dispatchFrom(target, list, chunk, start) {
  const place = { at: start };
  let isDone = false;
  try {
    run(target, list, chunk, place);
    isDone = true;
  } finally {
    if (!isDone) nextTick(dispatchFrom, [target, list, chunk, place.at]);
  }
}

function run(target, list, chunk, place) {
  while (place.at < list.length) {
    const { at } = place;
    place.at += LENGTHS[list[at]];
    const kind = list[at];
    const stream = list[at + 1];
    if (kind === DATA) {
      target.onData(stream, chunk.subarray(list[at + 2], list[at + 3]));
    } else if (kind === HEADERS) {
      const flags = list[at + 2];
      const lines = toLines(list[at + 3]);
      const headers = toObject(lines, list[at + 4]);
      target.onHeaders(stream, (flags & IS_NEW) !== 0, (flags & IS_END) !== 0, headers, lines);
    } else if (kind === END) {
      target.onEnd(stream);
    } else if (kind === CLOSED) {
      target.onClosed(stream, list[at + 2]);
    } else if (kind === DRAINED) {
      target.onDrained(stream);
    } else {
      dispatchRarer(target, list, at);
    }
  }
}

function dispatchRarer(target, list, at) {
  const first = list[at + 1];
  switch (list[at]) {
    case PROMISE: {
      const lines = toLines(list[at + 3]);
      target.onPromise(first, list[at + 2], toObject(lines, list[at + 4]), lines);
      break;
    }
    case SETTINGS:
      target.onSettings(first, list[at + 2]);
      break;
    case SETTINGS_ACK:
      target.onSettingsAck(first);
      break;
    case PING:
      target.onPing(bufferOf(first), list[at + 2]);
      break;
    case GOAWAY:
      target.onGoAway(first, list[at + 2], bufferOf(list[at + 3]));
      break;
    case ALTSVC:
      target.onAltSvc(first, list[at + 2], list[at + 3]);
      break;
    case ORIGINS:
      target.onOrigins(toLines(first));
      break;
    case REFUSED:
      target.onRefused(first);
      break;
    default:
      target.onFailed(first);
  }
}

module.exports = { dispatch };
