exports.early = 1; const b = require("./cycle-b.cjs"); exports.done = b.seen;
