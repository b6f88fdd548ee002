// What descriptors of globals say before anything has read them, and how mocks use them.
const shown = (value: unknown) =>
  typeof value === "function" ? `function ${value.name}` : typeof value;
const show = (descriptor: object | undefined) =>
  descriptor && Object.entries(descriptor).map(([k, v]) => `${k}: ${shown(v)}`).join(", ");
const NAMES = [
  "fetch", "Headers", "performance", "structuredClone", "setTimeout", "Buffer", "process", "URL",
  "crypto", "navigator", "Bun", "Error", "WebSocket", "nothing",
];
for (const name of NAMES)
  console.log(name, show(Object.getOwnPropertyDescriptor(globalThis, name)));
console.log(show(Reflect.getOwnPropertyDescriptor(globalThis, "atob")));
const all = Object.getOwnPropertyDescriptors(globalThis);
console.log(["Request", "queueMicrotask", "TextEncoder"].map(n => show((all as any)[n])).join("\n"));
const before = Object.getOwnPropertyDescriptor(globalThis, "Response")!;
Object.defineProperty(globalThis, "Response", { ...before, value: class Mock {} });
console.log(Response.name);
Object.defineProperty(globalThis, "Response", before);
console.log(Response.name);
let reads = 0;
Object.defineProperty(globalThis, "own", { configurable: true, get() { reads++; return 1; } });
console.log(show(Object.getOwnPropertyDescriptor(globalThis, "own")), reads);
const { getOwnPropertyDescriptor, getOwnPropertyDescriptors } = Object;
const functions =
  [getOwnPropertyDescriptor, getOwnPropertyDescriptors, Reflect.getOwnPropertyDescriptor];
for (const f of functions) {
  console.log(f.name, f.length, "prototype" in f, /\[native code\]/.test(String(f)));
  try { new (f as any)(); } catch (error) { console.log((error as Error).name); }
}
for (const bad of [null, undefined])
  for (const f of [Object.getOwnPropertyDescriptor, Object.getOwnPropertyDescriptors])
    try { console.log((f as any)(bad, "x")); } catch (e) { console.log(e instanceof TypeError); }
console.log(Object.getOwnPropertyDescriptor("abc", "length"), Object.getOwnPropertyDescriptor("abc", 1));
