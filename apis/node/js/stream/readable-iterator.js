// for await over a readable stream: reads on 'readable', ends or throws as finished() tells, and
// destroys a stream that the loop left early.
"use strict";

const { aggregate } = require("node/stream/errors");
const { destroyer } = require("node/stream/destroy");
const { finished } = require("node/stream/end-of-stream");
const { Promise } = globalThis;

function iterate(stream, options) {
  const iterator = chunks(stream, options);
  iterator.stream = stream;
  return iterator;
}

const nothing = () => {};

async function* chunks(stream, options) {
  let wake = nothing;
  function wakeUp() {
    wake();
    wake = nothing;
  }
  const sleep = (resolve) => { wake = resolve; };
  stream.on("readable", wakeUp);
  // Undefined while the stream goes on, null once it has ended well.
  let error;
  const cleanup = finished(stream, { writable: false }, (failure) => {
    error = failure ? aggregate(error, failure) : null;
    wakeUp();
  });
  try {
    for (;;) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) yield chunk;
      else if (error) throw error;
      else if (error === null) return;
      else await new Promise(sleep);
    }
  } catch (thrown) {
    error = aggregate(error, thrown);
    throw error;
  } finally {
    const destroys = error || options?.destroyOnReturn !== false;
    if (destroys && (error === undefined || stream._readableState.autoDestroy)) {
      destroyer(stream, null);
    } else {
      stream.off("readable", wakeUp);
      cleanup();
    }
  }
}

module.exports = { iterate };
