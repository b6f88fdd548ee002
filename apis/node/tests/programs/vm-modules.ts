// Modules of node:vm: time limits, import() in their realm; contexts without WebAssembly.
import vm from "node:vm";

const endless = new vm.SourceTextModule("export let rounds = 0; while (true) rounds++;");
await endless.link(() => { throw 0; });
await endless.evaluate({ timeout: 30 }).catch((error: any) => console.log(error.code));
console.log(endless.status);

const context: any = vm.createContext({ results: [] as unknown[] });
const given = new vm.SourceTextModule("export const a = 1;", { context });
await given.link(() => { throw 0; });
await given.evaluate();
const importing = new vm.SourceTextModule(`
  const asked = import("given");
  results.push(Object.getPrototypeOf(asked) === Promise.prototype, (await asked).a);
`, { context, importModuleDynamically: (async () => given) as any });
await importing.link(() => { throw 0; });
await importing.evaluate();
const script = new vm.Script("results.push(import('given') instanceof Promise)", {
  importModuleDynamically: (async () => given) as any,
});
script.runInContext(context);
console.log(context.results);

const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const without = vm.createContext({ bytes }, { codeGeneration: { wasm: false } } as any);
try {
  vm.runInContext("new WebAssembly.Module(bytes)", without);
} catch (error: any) {
  console.log(error.name, error === Object(error));
}
await vm.runInContext("WebAssembly.compile(bytes)", without).catch((error: any) => {
  console.log(error.name);
});
console.log(vm.runInContext("WebAssembly.validate(bytes)", without));
const { other } = await vm.measureMemory({ mode: "detailed" } as any) as any;
console.log(other.length);
