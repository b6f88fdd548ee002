// The main module as process has it, errors handed to process, and compiled code that is not whole.
const { AsyncLocalStorage } = require("node:async_hooks");
const { createReadStream } = require("node:fs");
const vm = require("node:vm");

console.log(process.mainModule === module, process.mainModule === require.main);
console.log(process._fatalException(new Error("nobody listens")));
process.once("uncaughtException", (error, origin) => console.log(error.message, origin));
console.log(process._fatalException(new Error("somebody listens")));

for (const code of ["}); (function () {", "} function x() {", "}, function () {"]) {
  try {
    console.log(typeof vm.compileFunction(code));
  } catch (error) {
    console.log(error.name);
  }
}
for (const parameter of ["a) {}; (function (b", "a) {}), (function (b"]) {
  try {
    console.log(typeof vm.compileFunction("", [parameter]));
  } catch (error) {
    console.log(error.name);
  }
}
try {
  vm.Script("1");
} catch (error) {
  console.log(error.message);
}
console.log(Buffer.prototype.parent, Buffer.prototype.offset);

const storage = new AsyncLocalStorage();
storage.run("context", () => {
  const stream = createReadStream(__filename);
  for (const event of ["data", "end", "close"]) {
    stream.on(event, () => console.log(event, storage.getStore()));
  }
});
