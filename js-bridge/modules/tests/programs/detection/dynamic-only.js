globalThis.seen.dynamicOnly = typeof import("./nothing.js").then;
