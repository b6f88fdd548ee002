// "internal/http": the key of a message's header fields.
"use strict";

const { kOutHeaders } = require("node/http/outgoing");

module.exports = { kOutHeaders };
