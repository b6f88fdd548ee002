// Standard streams of a worker, as streams over ports: chunks one way, null at their end.
"use strict";

const { Buffer } = require("node/buffer");
const { Readable, Writable } = require("node/stream");
const { receiveMessage } = require("web/message-port");

function take(stream, chunks) {
  if (chunks === null) stream.push(null);
  else for (const chunk of chunks) stream.push(Buffer.from(chunk));
}

/** What arrives at a port, which keeps the event loop alive once it is read where `holds`. */
function readableFrom(port, holds) {
  let isEnded = false;
  const stream = new Readable({
    read() {
      if (holds && !isEnded) port.ref();
    },
  });
  port.addEventListener("message", ({ data }) => {
    isEnded = data === null;
    if (isEnded) port.unref();
    take(stream, data);
  });
  port.unref();
  stream.once("close", () => port.unref());
  /** The other side is gone: what has arrived, and the end. */
  const finish = () => {
    for (let message = receiveMessage(port); message !== undefined && !isEnded;
      message = receiveMessage(port)) {
      isEnded = message.data === null;
      take(stream, message.data);
    }
    if (!isEnded) stream.push(null);
    isEnded = true;
    port.close();
  };
  return { stream, finish };
}

/** A stream whose chunks are sent to a port. */
function writableTo(port) {
  const bytesOf = (chunk, encoding) =>
    typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
  return new Writable({
    decodeStrings: false,
    write(chunk, encoding, done) {
      port.postMessage([bytesOf(chunk, encoding)]);
      done();
    },
    writev(chunks, done) {
      port.postMessage(chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding)));
      done();
    },
    final(done) {
      port.postMessage(null);
      done();
    },
  });
}

/** A stream without content. */
function endedReadable() {
  return new Readable({ read() { this.push(null); } });
}

module.exports = { endedReadable, readableFrom, writableTo };
