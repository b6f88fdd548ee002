"use strict";
// The globals through which a worker's script talks to its starter. On the main thread nobody
// listens: messages are dropped.

const { loadedModule } = require("runtime/prelude");

module.exports = {
  postMessage: {
    postMessage(_message) {
      loadedModule("runtime/own-thread")?.post(...arguments);
    },
  }.postMessage,
  onmessage: null,
  onerror: null,
};
