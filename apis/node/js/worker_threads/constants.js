// What the parts of node:worker_threads know each other by.
"use strict";

module.exports = { SHARE_ENV: globalThis.Symbol.for("nodejs.worker_threads.SHARE_ENV") };
