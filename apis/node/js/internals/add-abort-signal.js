// "internal/streams/add-abort-signal": the public function, and the one without its checks.
"use strict";

const { addAbortSignal, addAbortSignalNoValidate } = require("node/stream/abort");

module.exports = { addAbortSignal, addAbortSignalNoValidate };
