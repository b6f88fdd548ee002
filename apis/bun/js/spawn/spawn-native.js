"use strict";
// The native operations on children and their streams, for the other APIs that stand on them.

module.exports = ops;
