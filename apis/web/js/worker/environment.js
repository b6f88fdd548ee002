"use strict";
// What node:worker_threads calls environment data: this thread's, handed down to its workers.

const data = new Map();

module.exports = {
  data,
  /** A copy for a worker; nothing where there is none. */
  entries: () => data.size === 0 ? undefined : new Map(data),
};
