// process.binding("http_parser"). Programs replace its parser before node:http is loaded.
"use strict";

const { ConnectionsList, HTTPParser, methods } = require("node/http/parser");
const { Object } = globalThis;

// Those of other protocols have places too, in llhttp's order.
const OTHERS = [
  "PRI", "DESCRIBE", "ANNOUNCE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER",
  "SET_PARAMETER", "REDIRECT", "RECORD", "FLUSH",
];
const last = methods.length - 1;

class ProcessBindingHTTPParser {}

const httpParser = Object.assign(new ProcessBindingHTTPParser(), {
  methods,
  allMethods: [...methods.slice(0, last), ...OTHERS, methods[last]],
  HTTPParser,
  ConnectionsList,
});

module.exports = { httpParser };
