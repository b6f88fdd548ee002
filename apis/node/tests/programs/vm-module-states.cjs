// States of vm's modules: what is known at once, and what each state refuses.
const vm = require("node:vm");
const util = require("node:util");
const { Module, SourceTextModule, SyntheticModule } = vm;

async function tell(what, run) {
  try {
    console.log(what, await run());
  } catch ({ name, code, message }) {
    console.log(what, name, code, message);
  }
}

(async () => {
  const values = new SyntheticModule(["a"], function () { this.setExport("a", 1); });
  const elsewhere = { context: vm.createContext({}) };
  console.log(values.status, values.identifier, new SyntheticModule([], () => {}).identifier,
    new SyntheticModule([], () => {}, elsewhere).identifier);
  await tell("namespace", () => Object.keys(values.namespace));
  await tell("set before", () => values.setExport("a", 5));
  await tell("link", () => values.link(() => {}));
  await tell("evaluate", () => values.evaluate());
  await tell("link again", () => values.link());
  console.log(values.status, values.namespace.a);

  const text = new SourceTextModule('import "other"; export let q = 1;');
  await tell("evaluate unlinked", () => text.evaluate());
  await tell("instantiate unlinked", () => text.instantiate());
  await tell("no module", () => Module.prototype.link());
  await tell("no module", () => Module.prototype.evaluate());

  const throwing = new SourceTextModule("throw new Error('thrown')");
  await throwing.link(() => {});
  const promise = throwing.evaluate();
  console.log(util.inspect(promise).includes("<rejected>"), throwing.status);
  await promise.catch(({ message }) => console.log(message));
  await tell("evaluate again", () => throwing.evaluate());

  const plain = new SourceTextModule("1");
  await plain.link(() => {});
  console.log(util.inspect(plain.evaluate()), plain.status);

  const reentrant = new SyntheticModule([], () => tell("in the middle", () => reentrant.evaluate()));
  await reentrant.evaluate();
})();

// Ports of the debugger, beside.
for (const port of [1, true, "65536", NaN, "2000", {}]) {
  try {
    process.debugPort = port;
    console.log(process.debugPort);
  } catch ({ name, code, message }) {
    console.log(name, code, message);
  }
}
const depending = new SourceTextModule('import "other"');
console.log(Object.isFrozen(depending.dependencySpecifiers),
  depending.dependencySpecifiers === depending.dependencySpecifiers);
