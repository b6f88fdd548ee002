"use strict";
// `dx --graceful`: on SIGTERM every server stops, what was received is answered, and the process
// ends with 0.

const { stopAll } = require("bun/serve");

function install() {
  let stopping = false;
  process.on("SIGTERM", () => {
    if (stopping) return;
    stopping = true;
    stopAll().then(() => process.exit(0));
  });
}

module.exports = { install };
