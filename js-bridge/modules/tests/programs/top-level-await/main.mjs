import { first } from "./first.mjs";
import { second } from "./second.mjs";
import "./synchronous.mjs";
console.log("main", first, second);
const values = [];
for await (const value of (async function* () { yield 1; yield 2; })()) values.push(value);
console.log(values.join());
const results = await Promise.allSettled([import("./rejects.mjs"), import("./rejects.mjs"), import("./imports-rejecting.mjs")]);
console.log(results.map((result) => result.reason.message).join());
console.log(await import("./first.mjs").then((namespace) => namespace.first));
await Promise.resolve().then(() => console.log("microtask"));
if (true) { await null; }
export { values };
console.log((await import("./dependent.mjs")).total);
