// Objects as contexts: hidden names, symbols; and what vm refuses.
const vm = require("node:vm");
const refusal = (run) => {
  try {
    return run();
  } catch ({ name, code, message }) {
    return `${name} ${code} ${message}`;
  }
};

const key = Symbol.for("key");
const sandbox = { a: 1, [key]: "symbol" };
Object.defineProperty(sandbox, "b", { value: 2, configurable: true });
const context = vm.createContext(sandbox);
const run = (code) => vm.runInContext(code, context);
console.log(run("Object.keys(this).join()"));
console.log(run("Object.getOwnPropertyNames(this).filter((name) => name.length === 1).join()"));
console.log(run("Object.getOwnPropertySymbols(this).map(String).join()"));
console.log(run("this[Symbol.for('key')]"), run("Symbol.for('key') in this"));

const script = new vm.Script("1");
for (const object of [null, 5, "text"]) {
  console.log(refusal(() => vm.runInNewContext("", object)));
  console.log(refusal(() => script.runInNewContext(object)));
}
for (const method of ["runInNewContext", "runInThisContext", "createCachedData"]) {
  console.log(refusal(() => script[method].call({})));
}
console.log(refusal(() => script.runInThisContext("text")));
console.log(refusal(() => script.runInNewContext({}, { contextCodeGeneration: 1 })));
console.log(refusal(() => script.runInNewContext({}, { microtaskMode: "other" })));
(async () => {
  for (const value of [null, {}, vm.SourceTextModule.prototype]) {
    const module = new vm.SourceTextModule('import "other"');
    await module.link(() => value).catch(({ code }) => console.log(code));
  }
  const importing = new vm.Script("import('x', { with: { key: 'value' } })", {
    importModuleDynamically: (specifier, _script, attributes) => {
      console.log(specifier, Object.getPrototypeOf(attributes), attributes.key);
    },
  });
  await importing.runInThisContext().catch(({ code }) => console.log(code));
})();

// What a script declares is not deleted; from inside, the object is the global object.
const inside = vm.createContext({ seen: [] });
vm.runInContext("var declared = 'kept'; delete declared; seen.push(declared)", inside);
inside.window = inside;
console.log(inside.seen, vm.runInContext("window === this && window === globalThis", inside));
