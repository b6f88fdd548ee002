// What a program takes away before it has asked the runtime for anything at all.
const refuse = () => { throw new Error("taken away"); };
Map.prototype.get = Map.prototype.set = Map.prototype.has = refuse;
WeakSet.prototype.add = WeakSet.prototype.has = refuse;
Array.prototype.push = Array.prototype.join = Array.prototype.map = refuse;
Reflect.apply = Reflect.ownKeys = refuse;
delete Array.prototype[Symbol.iterator];
const define = Object.defineProperty;
Object.defineProperty = refuse;
console.log(typeof fetch, typeof Bun.version);
Object.defineProperty = define;
const described = Object.getOwnPropertyDescriptor(globalThis, "Response");
console.log(described.value === Response, described.get);
Promise.reject(new Error("caught")).catch((error) => console.log(error.message));
setTimeout(() => queueMicrotask(() => console.log("queued")), 1);
