"use strict";
// The global `navigator`.

const navigator = {
  get userAgent() { return "Bun/1.4.5"; },
  get platform() { return "Linux x86_64"; },
  get hardwareConcurrency() { return ops.processorCount(); },
};

Object.defineProperty(navigator, Symbol.toStringTag, { value: "Navigator", configurable: true });

module.exports = { navigator };
