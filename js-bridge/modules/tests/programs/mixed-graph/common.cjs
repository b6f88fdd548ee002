console.log("common runs"); const { esm, hoisted } = require("./esm.mjs"); exports.fromCommon = `${esm} ${hoisted()}`; console.log(Object.keys(require("./leaf.mjs")).join());
