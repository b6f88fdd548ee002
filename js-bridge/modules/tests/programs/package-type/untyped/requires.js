globalThis.ran = typeof require("node:os");
