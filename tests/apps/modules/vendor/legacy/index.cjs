// A CommonJS dependency, with a dependency of its own.
const upper = require("./upper.cjs");
exports.shout = (word) => upper(word) + "!";
exports.version = 7;
