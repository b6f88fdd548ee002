// What pipeline() moves by itself: an iterable into a stream, waiting while there is no room.
"use strict";

const { isTransformStream } = require("node/stream/status");
const { aggregate } = require("node/stream/errors");
const { finished } = require("node/stream/end-of-stream");
const { Promise } = globalThis;

async function pumpToNode(iterable, writable, finish, end) {
  let error;
  let wake = null;
  const resume = (failure) => {
    if (failure) error = failure;
    if (wake === null) return;
    const callback = wake;
    wake = null;
    callback();
  };
  const wait = () => new Promise((resolve, reject) => {
    if (error) {
      reject(error);
      return;
    }
    wake = () => {
      if (error) reject(error);
      else resolve();
    };
  });
  writable.on("drain", resume);
  const cleanup = finished(writable, { readable: false }, resume);
  try {
    if (writable.writableNeedDrain) await wait();
    for await (const chunk of iterable) {
      if (!writable.write(chunk)) await wait();
    }
    if (end) {
      writable.end();
      await wait();
    }
    finish();
  } catch (thrown) {
    finish(error !== thrown ? aggregate(error, thrown) : thrown);
  } finally {
    cleanup();
    writable.off("drain", resume);
  }
}

async function pumpToWeb(iterable, stream, finish, end) {
  const writer = (isTransformStream(stream) ? stream.writable : stream).getWriter();
  try {
    for await (const chunk of iterable) {
      await writer.ready;
      writer.write(chunk).catch(() => {});
    }
    await writer.ready;
    if (end) await writer.close();
    finish();
  } catch (error) {
    try {
      await writer.abort(error);
      finish(error);
    } catch (failure) {
      finish(failure);
    }
  }
}

module.exports = { pumpToNode, pumpToWeb };
