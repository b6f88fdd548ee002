// The shape of globals: flags, kinds, lengths and names of their members, one line each.
const flags = (d: PropertyDescriptor) =>
  (d.writable ? "w" : "-") + (d.enumerable ? "e" : "-") + (d.configurable ? "c" : "-");
const fn = (f: unknown) => {
  if (typeof f !== "function") return typeof f;
  return `${f.name}/${f.length}`;
};
function shape(path: string, holder: object, skipped: string[] = []) {
  const lines: string[] = [];
  for (const key of Reflect.ownKeys(holder)) {
    const name = typeof key === "symbol" ? `@@${key.description}` : key;
    if (["length", "name", "prototype"].includes(name) && typeof holder === "function") continue;
    if (skipped.includes(name)) continue;
    const d = Object.getOwnPropertyDescriptor(holder, key)!;
    const what = "value" in d ? fn(d.value) : `get ${fn(d.get)} set ${fn(d.set)}`;
    lines.push(`${path}.${name} ${flags(d)} ${what}`);
  }
  console.log(lines.sort().join("\n"));
}
const CLASSES = [
  "TextDecoder", "TextEncoder", "Crypto", "WebSocket", "URLSearchParams", "FormData", "Headers",
  "Request", "Response", "Blob", "AbortSignal", "EventTarget", "URL", "Worker", "CryptoKey",
  "BroadcastChannel",
];
for (const name of CLASSES) {
  const Class = (globalThis as any)[name];
  const own = name === "URLSearchParams" ? ["@@nodejs.util.inspect.custom"] : ["subtle"];
  shape(name, Class);
  shape(`${name}.prototype`, Class.prototype, own);
  console.log(name, Object.getPrototypeOf(Class) === Function.prototype || Class.__proto__.name);
}
const GLOBALS = ["self", "Bun", "fetch", "atob", "btoa", "structuredClone", "reportError"];
for (const name of GLOBALS) {
  const d = Object.getOwnPropertyDescriptor(globalThis, name)!;
  console.log(name, flags(d), "value" in d ? fn(d.value) : `get ${fn(d.get)} set ${fn(d.set)}`);
  if (typeof d.value === "function") console.log(Object.hasOwn(d.value, "prototype"));
}
const MEMBERS = [
  "file", "serve", "env", "cwd", "origin", "version", "version_with_sha", "dns", "Cookie", "peek",
  "deepEquals", "SHA256", "Glob", "readableStreamToArray", "readableStreamToFormData", "jest",
];
for (const name of MEMBERS) {
  const d = Object.getOwnPropertyDescriptor(Bun, name)!;
  console.log(name, flags(d), fn(d.value));
}
shape("dns", Bun.dns);
shape("fetch", fetch);
console.log(PerformanceObserver.supportedEntryTypes);
const attempts: [string, () => void][] = [
  ["version", () => { (Bun as any).version = "1"; }],
  ["Bun", () => { (globalThis as any).Bun = 1; }],
  ["delete", () => { delete (Bun as any).version; }],
];
for (const [name, attempt] of attempts)
  try { attempt(); console.log(name, "works"); } catch (e) { console.log(name, (e as Error).name); }
const { get, set } = Object.getOwnPropertyDescriptor(globalThis, "self")!;
console.log(get!.call(undefined) === globalThis, typeof set);
(globalThis as any).self = 5;
console.log(self, flags(Object.getOwnPropertyDescriptor(globalThis, "self")!));
