// vm.constants.
"use strict";

const { Object, Symbol } = globalThis;

const constants = Object.freeze({
  __proto__: null,
  USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol("vm_use_main_context_default_loader"),
  DONT_CONTEXTIFY: Symbol("vm_dont_contextify"),
});

module.exports = { constants };
