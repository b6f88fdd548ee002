// @bun @bun-cjs
(function(exports, require, module) {exports.value = 41;
})
