"use strict";
// What both sides of a WebSocket share: sockets by number, their events, and data in the form a
// program asked for.

const { copyBytes, isBlob, bytesOf } = require("web/blob");

/// Kinds of events and messages (apis/web/src/websocket/ops.rs).
const KIND = { text: 0, binary: 1, ping: 2, pong: 3, drained: 4, closed: 5 };
const NUMBER_MAX = 0xffffffff;

let lastNumber = 0;

/// A socket that waits for its connection.
function make(isServer, messageMax, extension, idleMilliseconds) {
  lastNumber = lastNumber === NUMBER_MAX ? 1 : lastNumber + 1;
  ops.wsMake(lastNumber, isServer, messageMax, extension, idleMilliseconds);
  return lastNumber;
}

/// Calls `take(kind, value)` for everything that happens to a socket, the end last. `take` must
/// not throw.
function pump(number, keepsAlive, take) {
  const next = () =>
    ops.wsEvents(number, keepsAlive).then((events) => {
      let ended = events.length === 0;
      for (let index = 0; index < events.length; index += 2) {
        ended = events[index] === KIND.closed;
        take(events[index], events[index + 1]);
      }
      if (!ended) next();
    });
  next();
}

/// What a program may send, as native code takes it: a string or bytes.
function payloadOf(data) {
  if (typeof data === "string") return data;
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data;
  if (isBlob(data)) return bytesOf(data) ?? undefined;
  return copyBytes(data) ?? `${data}`;
}

/// Received bytes in the form of a `binaryType`.
function binaryOf(type, bytes) {
  switch (type) {
    case "arraybuffer":
      return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    case "uint8array":
      return bytes;
    case "blob":
      return require("web/blob").createBlob(bytes, "");
    default: {
      const { Buffer } = require("node/buffer");
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
  }
}

function send(number, data, kind, compress) {
  return ops.wsSend(number, kind, data, compress);
}

const attach = (number, exchange) => ops.wsAttach(number, exchange);
const close = (number, code, reason) => ops.wsClose(number, code, reason);
const terminate = (number) => ops.wsTerminate(number);
const buffered = (number) => ops.wsBuffered(number);
const wantDrain = (number) => ops.wsWantDrain(number);
const acceptKey = (key) => ops.wsAcceptKey(key);
const negotiate = (offer) => ops.wsNegotiate(offer);

module.exports = {
  KIND, make, pump, payloadOf, binaryOf, send, attach, close, terminate, buffered, wantDrain,
  acceptKey, negotiate,
};
