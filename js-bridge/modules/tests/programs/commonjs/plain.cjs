exports.one = 1; exports.default = "inner";
