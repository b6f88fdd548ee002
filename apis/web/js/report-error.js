"use strict";
// What happens to an exception that nobody can catch: one thrown by an event listener or given to
// reportError. The runtime decides (uncaughtException listeners, or the report and exit code 1).

/** Hands `error` to the process as an uncaught exception. */
function reportException(error) {
  require("runtime/event-loop").reportUncaught(error);
}

/** The global function of that name. */
const { reportError } = {
  // Called with nothing it reports nothing, as in Bun.
  reportError(error) { if (arguments.length > 0) reportException(error); },
};

module.exports = { reportException, reportError };
