// The global object of a context, seen from inside and outside.
import vm from "node:vm";

const mark = Symbol("mark");
const attempt = (run: () => unknown) => {
  try {
    console.log(run());
  } catch (error: any) {
    console.log(error.name, error.message);
  }
};

const sandbox: any = { a: 1, [mark]: "shared", get twice() { return this.a * 2; } };
sandbox.window = sandbox;
Object.defineProperty(sandbox, "fixed", { value: 51 });
const context = vm.createContext(sandbox);
const inside: any = vm.runInContext("this", context);
attempt(() => [inside === vm.runInContext("globalThis", context), vm.isContext(inside)]);
attempt(() => vm.runInContext("window === this", context));
attempt(() => [inside.a, inside[mark], inside.twice, typeof inside.Array]);
attempt(() => Object.keys(inside));
attempt(() => typeof Object.getOwnPropertyDescriptor(inside, "twice")!.get);
attempt(() => Object.getOwnPropertyDescriptor(inside, "fixed"));
const added = Symbol.for("added");
inside[added] = 5;
attempt(() => [inside[added], "added" in sandbox, delete inside[added], added in inside]);
inside.later = 6;
attempt(() => [vm.runInContext("later", context), delete inside.later, "later" in sandbox]);
attempt(() => { "use strict"; inside.fixed = 1; });
attempt(() => vm.runInContext("fixed = 1; fixed", context));
attempt(() => vm.runInContext("'use strict'; fixed = 1", context));
attempt(() => vm.runInContext("delete fixed", context));
attempt(() => vm.runInContext("delete a", context));
attempt(() => Object.keys(vm.runInContext("this", vm.createContext({ __proto__: { key: 1 } }))));
attempt(() => vm.runInContext("throw new Error('x')", context, { filename: "f.js", columnOffset: 9 }));
try {
  vm.runInContext("  throw new Error('x')", context, { filename: "f.js", columnOffset: 9 });
} catch (error: any) {
  console.log(/f\.js:1:\d+/.exec(error.stack)![0]);
}
attempt(() => vm.runInContext("Object.defineProperty(this, 'fixed', { value: 1 })", context));
