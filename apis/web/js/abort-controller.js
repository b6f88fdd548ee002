"use strict";
// The npm package abort-controller, which stands for the global classes: its main export is the
// class, which gets the package's names as members.

const { AbortController, AbortSignal } = require("web/abort");

AbortController.AbortSignal = AbortSignal;
AbortController.AbortController = AbortController;
AbortController.default = AbortController;

module.exports = AbortController;
