// node:vm: scripts, contexts, compiled functions, time limits and modules.
import vm from "node:vm";

let number = 0;
const attempt = (run: () => unknown) => {
  number++;
  try {
    console.log(number, run());
  } catch (error: any) {
    console.log(number, error.name, error.code, error.message);
  }
};

attempt(() => vm.runInThisContext("1 + 1"));
attempt(() => vm.runInNewContext("x + 1", { x: 1 }));
attempt(() => [vm.isContext({}), vm.isContext(vm.createContext({}))]);
attempt(() => vm.isContext(5 as any));
attempt(() => vm.createContext(5 as any));
attempt(() => vm.createContext({}, { name: 5 as any }));
attempt(() => vm.createContext({}, { microtaskMode: 5 as any }));
attempt(() => new vm.Script("x", { filename: 5 as any }));
attempt(() => new vm.Script("x", { cachedData: 5 as any }));
attempt(() => new vm.Script("1").runInContext({} as any));
attempt(() => new vm.Script("1").runInThisContext({ timeout: 0 }));

// What a script declares is the context's.
const context: any = vm.createContext({ a: 1 });
attempt(() => vm.runInContext("var b = 2, [c] = [3]; function f() { return b + a; } let l = 4; const k = 5; class C {} ; d = 6; f()", context));
attempt(() => [context.b, context.c, context.d, typeof context.f, context.l, context.C]);
attempt(() => vm.runInContext("l + k + b + typeof C", context));
attempt(() => vm.runInContext("for (var i = 0; i < 3; i++); for (var key in { p: 1 }); [i, key].join()", context));
attempt(() => vm.runInContext("before(); function before() { return 'hoisted'; }", context));
attempt(() => vm.runInContext("'use strict'; var strict = 1; function g() { return this; } [strict, g()].join()", context));
attempt(() => vm.runInContext("'use strict'; undeclared = 1", context));
attempt(() => [vm.runInContext("delete a; typeof a", context), "a" in context]);
attempt(() => vm.runInContext("typeof process + typeof setTimeout + typeof Array", context));
attempt(() => [vm.runInContext("[]", context) instanceof Array, vm.runInContext("globalThis === this", context)]);
attempt(() => { vm.runInContext("Object.defineProperty(globalThis, 'fixed', { value: 5 })", context); return Object.getOwnPropertyDescriptor(context, "fixed"); });
attempt(() => JSON.stringify(vm.runInContext("Object.getOwnPropertyDescriptor(globalThis, 'b')", context)));
attempt(() => vm.runInContext("new Function('return 1')()", vm.createContext({}, { codeGeneration: { strings: false } } as any)));
attempt(() => { const own: any = vm.createContext((vm.constants as any).DONT_CONTEXTIFY); return [vm.runInContext("var x = 1; this.x", own), own.x, own === vm.runInContext("this", own)]; });

attempt(() => vm.compileFunction("return a + b", ["a", "b"])(1, 2));
attempt(() => vm.compileFunction("return x", [], { parsingContext: vm.createContext({ x: 5 }) })());
attempt(() => vm.compileFunction("return x", [], { contextExtensions: [{ x: 6 }] })());
attempt(() => vm.compileFunction("1", [5 as any]));

for (const code of ["for (;;);", "while (true) { try { for (;;); } catch {} }", "(function f() { return f(); })"]) {
  attempt(() => typeof vm.runInNewContext(code, {}, { timeout: 20 }));
}

const linked = vm.createContext({ seen: [] as unknown[] });
const options = { context: linked };
const synthetic = new vm.SyntheticModule(["default", "a"], () => { synthetic.setExport("default", 10); synthetic.setExport("a", 3); }, options);
const leaf = new vm.SourceTextModule("export let y = 41; seen.push('leaf')", options);
const root = new vm.SourceTextModule("import s, { a } from 'synthetic'; import * as leaf from 'leaf'; export default s + a; export const x = leaf.y + 1; seen.push(import.meta.z); export const late = await 5;", {
  ...options, identifier: "root.mjs", initializeImportMeta(meta: any) { meta.z = 9; },
});
console.log(root.status, root.identifier, root.dependencySpecifiers);
await root.link((specifier) => specifier === "leaf" ? leaf : synthetic);
console.log(root.status, leaf.status, synthetic.status);
await root.evaluate();
const namespace: any = root.namespace;
console.log(root.status, leaf.status, namespace.default, namespace.x, namespace.late, Object.keys(namespace), linked.seen);
const failing = new vm.SourceTextModule("throw new Error('boom')");
await failing.link(() => { throw 0; });
await failing.evaluate().catch((error: any) => console.log(error.message, failing.status, failing.error === error));
await Promise.resolve(vm.runInThisContext("import('x')")).catch((error: any) => console.log(error.code));
