require("node:test").test("exits", () => process.exit(3));
