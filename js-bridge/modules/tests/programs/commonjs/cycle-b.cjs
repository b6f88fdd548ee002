const a = require("./cycle-a.cjs"); exports.seen = JSON.stringify(a);
