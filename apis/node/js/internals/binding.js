// "internal/test/binding": the native tables behind Node's modules, those of them that have a
// meaning here.
"use strict";

const { binding } = require("node/process-binding");
const { Error, Object } = globalThis;

const BINDINGS = {
  __proto__: null,
  buffer: () => {
    const { constants } = require("node/buffer");
    return { kMaxLength: constants.MAX_LENGTH, kStringMaxLength: constants.MAX_STRING_LENGTH };
  },
  cares_wrap: () => ({ canonicalizeIP: require("node/net/families").canonicalAddress }),
  http_parser: () => binding("http_parser"),
  constants: () => binding("constants"),
  util: () => ({ isInsideNodeModules: () => false }),
  uv: () => {
    const util = require("node/util");
    return {
      ...binding("uv"),
      getErrorMap: () => util.getSystemErrorMap(),
      getErrorMessage: (number) => util.getSystemErrorMessage(number),
    };
  },
};

const made = { __proto__: null };

function internalBinding(name) {
  if (made[name] !== undefined) return made[name];
  const make = BINDINGS[name];
  if (make !== undefined) return (made[name] = make());
  const error = new Error(`internalBinding("${name}") is not implemented in Bun`);
  throw Object.assign(error, { code: "ERR_INVALID_MODULE" });
}

module.exports = { internalBinding };
