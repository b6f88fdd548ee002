// Programs that are in no file, made ready to be evaluated: the operations behind node:vm,
// Module.prototype._compile and `data:` imports.
"use strict";

module.exports = { loadText: ops.loadText, prepareScript: ops.prepareScript };
