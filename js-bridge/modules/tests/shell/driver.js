// Runs the module registry in the engine's bare shell: native operations are questions on
// standard output, answered on standard input, a line each.
"use strict";

const shell = {
  print: globalThis.print, readline: globalThis.readline, write: globalThis.print,
  evaluate: globalThis.evaluate ?? globalThis.eval,
};

function ask(operation, ...parameters) {
  shell.print("\u0001" + JSON.stringify([operation, ...parameters]));
  const answer = JSON.parse(shell.readline());
  return answer === null ? undefined : answer;
}

const ops = Object.fromEntries(
  ["resolve", "load", "plainJson", "pathOfUrl", "originalPosition", "sourceLines"].map(
    (name) => [name, (...parameters) => ask(name, ...parameters)]));

const loaded = new Map();

function preludeRequire(name) {
  if (loaded.has(name)) return loaded.get(name).exports;
  const source = ask("prelude", name);
  const module = { exports: {} };
  loaded.set(name, module);
  (0, eval)(source)(preludeRequire, module, module.exports, ops);
  return module.exports;
}

function text(value) {
  return typeof value === "string" ? value : String(value);
}

for (const name of ["dispose", "asyncDispose"]) {
  Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}
globalThis.process = { env: {}, cwd: () => "/" };
globalThis.console = {
  log: (...values) => shell.print("\u0002" + JSON.stringify(values.map(text).join(" "))),
};
globalThis.queueMicrotask = (callback) => { Promise.resolve().then(callback); };

const asyncContext = {
  current: undefined,
  resume(saved, value) {
    asyncContext.current = saved;
    return value;
  },
  held: undefined,
  hold(value) {
    asyncContext.held = value;
    return asyncContext.current;
  },
  carry: (value) => value,
  carrying: (executor) => executor,
  looping: (iterable) => ({ current: asyncContext.current, source: iterable }),
  source: (code) => code,
  body: (code) => code,
  then: Promise.prototype.then,
  adopt: (value) => value,
};
globalThis.testContext = asyncContext;
class AsyncLocalStorage {
  run(store, callback) {
    const saved = asyncContext.current;
    asyncContext.current = store;
    try {
      return callback();
    } finally {
      asyncContext.current = saved;
    }
  }
  enterWith(store) { asyncContext.current = store; }
  getStore() { return asyncContext.current; }
}

const provided = {
  "test/async-hooks": { AsyncLocalStorage },
  "runtime/async-context": asyncContext,
  "runtime/entry": { id: undefined },
  "runtime/engine": { evaluate: (code, url) => (0, eval)(`${code}\n//# sourceURL=${url}`) },
  "runtime/builtins": { builtins: new Map([
    ["node:timers", "test/timers"], ["node:async_hooks", "test/async-hooks"],
    ["bun", "test/bun"],
  ]) },
  "runtime/prelude": {
    require: preludeRequire, loadedModule: (name) => loaded.get(name)?.exports,
  },
  "runtime/event-loop": {
    reportUncaught: report, nextTick: (callback) => { Promise.resolve().then(callback); },
  },
  "test/timers": { setTimeout() {}, clearTimeout() {} },
  "test/bun": { version: "1.4.5" },
};
for (const name of Object.keys(provided)) loaded.set(name, { exports: provided[name] });

function report(error) {
  console.log(`uncaught ${error?.name}: ${error?.message}`);
}

const [entry, folder] = ask("entry");
try {
  preludeRequire("runtime/modules").runMain([entry, folder]);
} catch (error) {
  report(error);
}
