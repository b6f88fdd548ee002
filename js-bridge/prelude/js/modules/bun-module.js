// The builtin module "bun": the Bun object.
"use strict";

module.exports = require("runtime/bun-namespace").Bun;
