// What mock.module does to modules that are loaded, to builtins, and to what is not there.
import { mock, test } from "bun:test";
import path from "node:path";
import { use } from "./user";
const log = (...values: unknown[]) => console.log(JSON.stringify(values));
const plain = require("./plain.cjs");
test("a loaded module keeps its names", async () => {
  mock.module("./lib", () => ({ answer: () => "mocked", added: 1 }));
  log(use());
  log(Object.keys(require("./lib")), require("./lib").answer());
});
test("CommonJS", async () => {
  mock.module("./plain.cjs", () => ({ a: () => "mocked", z: 1 }));
  log(plain.a(), require("./plain.cjs").a());
  log(Object.keys(await import("./plain.cjs")));
});
test("a builtin, which require gives as it is", async () => {
  mock.module("node:path", () => ({ join: () => "mocked" }));
  const imported = await import("path");
  log(imported.join(), require("path").join("a", "b"), path.join("a", "b"));
});
test("no module", async () => {
  mock.module("no-such-package", () => ({ one: 1 }));
  log(await import("no-such-package"), require("no-such-package"));
});
