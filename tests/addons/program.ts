// Uses addon.c, which the test compiles, from ES modules, require and process.dlopen.
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";

const file = process.env.DX_TEST_ADDON;
const addon = createRequire(import.meta.url)(file);
console.log(Object.keys(addon).length, addon === createRequire(file)(file), addon.add.name);

function attempt(run: () => unknown) {
  try {
    return run();
  } catch (error) {
    return [error.name, error.code, error.message];
  }
}

console.log(addon.add(1, 2.5), attempt(() => addon.add("1", 2)), attempt(() => addon.fail()));
console.log([undefined, null, true, 1, "s", Symbol(), {}, () => {}, addon.external(), 1n].map((v) => addon.kind(v)));
for (const number of [1.9, -1, 2 ** 31, 2 ** 40 + 1, Number.NaN, Infinity, 1e30]) console.log(addon.integers(number));
console.log(addon.text("déjà 🎉", 64), addon.text("déjà", 3), addon.text("", 1));
console.log(addon.call((x: number) => x * 2, undefined, 4), addon.call(function () { return this.a; }, { a: "this" }, 0));
console.log(addon.call(() => { throw new RangeError("thrown"); }, undefined, 1).map(String));
console.log(addon.names({ b: 1, 2: 3, [Symbol.for("s")]: 4 }), attempt(() => addon.run("1 +")) !== undefined, addon.run("6 * 7"));

const { Counter } = addon;
const counter = new Counter(5);
console.log(counter.increase().increase().count, counter instanceof Counter, Counter.LIMIT, Counter.name);
counter.count = 40;
console.log(counter.count, Object.keys(Counter.prototype), attempt(() => Counter(1)));
console.log(attempt(() => Counter.prototype.increase.call({})));
class Double extends Counter {
  get twice() { return this.count * 2; }
}
console.log(new Double(4).twice, new Double(1) instanceof Counter);

const view = new Uint16Array(new ArrayBuffer(16), 4, 3);
view[0] = 5;
console.log(addon.bytes(view), view[0], attempt(() => addon.bytes({})));
console.log(addon.externalBytes(), addon.external(addon.external()));
for (const number of [0n, 1n, -(2n ** 70n), 2n ** 200n]) console.log(addon.shiftBigint(number));
addon.keep({ kept: true });
Bun.gc(true);
console.log(addon.take(), addon.many("x"), addon.instanceData());

for (let at = 0; at < 1000; at++) new Counter(at);
Bun.gc(true);
await new Promise((resolve) => setTimeout(resolve, 20));
console.log(addon.countersFreed() > 100);

console.log(await addon.later(21), await Promise.all([1, 2, 3].map((x) => addon.later(x))));
let sum = 0;
let calls = 0;
await new Promise<void>((resolve) => addon.fromThread((value: number) => {
  sum += value;
  if (++calls === 1000) resolve();
}));
console.log(sum, calls);

const module = { exports: {} as Record<string, unknown> };
process.dlopen(module, file);
console.log(module.exports.add === addon.add, (module.exports as typeof addon).add(2, 2));
const bad = `${file}.bad.node`;
writeFileSync(bad, "no library");
console.log(attempt(() => process.dlopen({ exports: {} }, bad)).slice(0, 2));
console.log(attempt(() => process.dlopen({ exports: {} }, `${file}.none`)).slice(0, 2));
