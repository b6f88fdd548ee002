// What classes say that are called without `new`: the runtime's, the language's and the program's.
const assert = require("node:assert");
class Own {}
class Derived extends Own { constructor() { super(); } }
const classes = {
  Headers, Request, Response, URL, AbortController, AbortSignal, EventTarget, TextEncoder, FormData,
  ReadableStream, ReadableStreamDefaultController, DisposableStack, Own, Derived,
  AsyncLocalStorage: require("node:async_hooks").AsyncLocalStorage,
  BlockList: require("node:net").BlockList,
  Dirent: require("node:fs").Dirent,
};
for (const [name, Class] of Object.entries(classes)) {
  try {
    Class.call({});
  } catch (error) {
    console.log(name, error.name, error.code, error.message, Object.keys(error));
  }
}
try {
  (class {}).call({});
} catch (error) {
  console.log(error.message);
}
assert.throws(() => Headers(), { code: "ERR_ILLEGAL_CONSTRUCTOR", name: "TypeError" });
assert.throws(() => Headers(), /Use `new Headers/);
Headers();
