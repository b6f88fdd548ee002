exports.answer = () => require("./cyclic.mjs").name;
