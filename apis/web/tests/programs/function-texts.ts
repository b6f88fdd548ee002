// The text of functions: native ones show none, a program's own show theirs.
const get = (holder: object, key: string) => Object.getOwnPropertyDescriptor(holder, key)!.get!;
const { toString } = Function.prototype;
const NATIVE = [
  Headers, Headers.prototype.append, get(URL.prototype, "href"), fetch, structuredClone, Bun.serve,
  Bun.file, Buffer.from, Buffer, setTimeout, process.nextTick, toString, console.log, Worker,
  DOMException, ReadableStream, URL, TextDecoder, queueMicrotask, Bun.$, performance.now,
  crypto.subtle.digest, AbortSignal.timeout, EventTarget, Blob, Error.captureStackTrace,
  Object.getOwnPropertyDescriptor, get(Map.prototype, "size"), Symbol.prototype[Symbol.toPrimitive],
  Array.prototype.map, Function.prototype, new Proxy(class {}, {}), new Proxy(() => 1, {}),
];
for (const f of NATIVE) console.log(toString.call(f));
console.log(`${(function named() {}).bind(null)}`, String(get(globalThis, "self")));

// A program's function in the place of a member is its own still.
Headers.prototype.get = function (name: string) { return "mine " + name; };
console.log(String(Headers.prototype.get).includes("mine "), String(Headers.prototype.set));
class Own extends Headers { append() { return super.append("a", "b"); } }
console.log(/^class Own extends Headers/.test(String(Own)), /super/.test(String(Own.prototype.append)));
console.log(String(() => 42), /native/.test(String((a: number) => a)));
for (const value of [1, null, undefined, {}, "a", Symbol("s"), Object.create(fetch)])
  try { toString.call(value); } catch (error) { console.log((error as Error).name); }
console.log(toString.name, toString.length, Object.hasOwn(toString, "prototype"), toString.call(toString));
try { new (toString as any)(); } catch (error) { console.log((error as Error).name); }
console.log(Reflect.getOwnPropertyDescriptor(Function.prototype, "toString")!.enumerable);
console.log(eval("0, function f ( ) { return  1 }").toString() === "function f ( ) { return  1 }");
console.log(new Function("a", "return a").toString().split("\n").length);
