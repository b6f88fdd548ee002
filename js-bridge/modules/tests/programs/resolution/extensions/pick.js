exports.which = "js";
