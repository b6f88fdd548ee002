#!/usr/bin/env bun
// @bun @bun-cjs
(function(exports, require, module, __filename, __dirname) {
var helper = require("./inner.js");
console.log(typeof require, __filename.endsWith("whole.cjs"), __dirname.length > 0, arguments.length);
exports.later = async () => (await Promise.resolve(helper.value)) + 1;
exports.loaded = () => import("./inner.js");
})
//# debugId=0
