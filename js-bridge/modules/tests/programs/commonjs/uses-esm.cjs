const { value, default: main } = require("./exported.mjs"); exports.answer = value + main;
