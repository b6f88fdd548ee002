// node:constants: the tables of os, fs and crypto in one object.
"use strict";

const os = require("node/constants-os");
const fs = require("node/constants-fs");

const {
  EXTENSIONLESS_FORMAT_JAVASCRIPT, EXTENSIONLESS_FORMAT_WASM, ...files
} = fs;

const table = Object.assign(
  {}, os.dlopen, os.errno, os.priority, os.signals, files, require("node/constants-crypto"),
  { EXTENSIONLESS_FORMAT_JAVASCRIPT, EXTENSIONLESS_FORMAT_WASM },
);

module.exports = Object.freeze(table);
