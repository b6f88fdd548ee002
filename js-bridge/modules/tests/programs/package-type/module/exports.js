exports.ran = true;
