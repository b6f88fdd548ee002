// Memory of other realms, and objects that only look like memory.
const vm = require("node:vm");

const foreign = vm.runInNewContext("new Uint8Array([1, 2, 3]).buffer");
console.log(Buffer.from(foreign), Buffer.byteLength(foreign), Buffer.byteLength(new SharedArrayBuffer(7)));
function Fake() {}
Object.setPrototypeOf(Fake, ArrayBuffer);
Object.setPrototypeOf(Fake.prototype, ArrayBuffer.prototype);
for (const run of [() => Buffer.from(new Fake()), () => Buffer.byteLength(new Fake())]) {
  try {
    console.log(run());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
console.log(structuredClone(new DOMException("text", "AbortError")).name);
