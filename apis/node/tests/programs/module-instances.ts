// What modules carry of themselves, and how node:module refuses what it cannot take.
import Module, { SourceMap } from "node:module";
import { types } from "node:util";

const made = new Module("name");
made._compile("globalThis.given = require; module.exports = 1;", "/tmp/of-nobody.js");
console.log(globalThis.given === made.require, made.exports);

for (const paths of ["/some/path", 1, {}]) {
  try {
    Module._resolveFilename("path", undefined, false, { paths });
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
console.log(Module._resolveFilename("path", undefined, false, { paths: ["/tmp"] }));
console.log(SourceMap.prototype.findEntry.length, SourceMap.prototype.findOrigin.length);

for (const specifier of ["./nothing-here", "data:text/javascript;base64,asdasdasd"]) {
  try {
    await import(specifier);
  } catch (error) {
    console.log(error.name, types.isNativeError(error), error.message.split(" from ")[0]);
  }
}
