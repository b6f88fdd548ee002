const value = require("./nothing.js"); globalThis.seen.usesRequire = typeof module;
