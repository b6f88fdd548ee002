// Twelve contexts at once through code of every kind: none may see another's.
import { AsyncLocalStorage } from "node:async_hooks";
import * as vm from "node:vm";
const als = new AsyncLocalStorage<string>();
const check: string[] = [];
const expect = (want: string, label: string) => { const got = als.getStore(); if (got !== want) check.push(`${label}: ${got} instead of ${want}`); };
(globalThis as any).expect2 = expect;
const pause = (n: number) => new Promise<void>(r => { let i = 0; const f = () => { if (++i > n) r(); else queueMicrotask(f); }; f(); });
(globalThis as any).pause2 = pause;
const thenable = (want: string, label: string, n: number) => ({ then(r: any) { expect(want, label); pause(n).then(() => r(want)); } });
const AF = Object.getPrototypeOf(async () => {}).constructor;
const context = vm.createContext({ expect2: expect, pause2: pause, thenable });
async function* gen(w: string) { try { for (let i = 0; i < 3; i++) { expect(w, "gen"); yield thenable(w, "yielded", i); } } finally { expect(w, "gen finally"); await pause(2); expect(w, "gen finally 2"); } }
async function work(w: string, k: number) {
  for (let i = 0; i < 4; i++) {
    await thenable(w, "await", (i * 7 + k) % 5); expect(w, "after await");
    await eval("(async () => { await pause(k % 3); expect(w, 'direct eval'); })()");
    await (0, eval)("(async (w, k) => { await pause2(k % 3); expect2(w, 'indirect eval'); })")(w, k);
    await new Function("w", "k", "return (async () => { await pause2(k % 4); expect2(w, 'Function'); })()")(w, k);
    await new AF("w", "k", "await pause2(k % 3); expect2(w, 'AsyncFunction'); return { then(r) { expect2(w, 'AF thenable'); r(1); } }")(w, k);
    await vm.runInContext("(async (w, k) => { await pause2(k % 3); expect2(w, 'context'); await thenable(w, 'context thenable', k % 4); expect2(w, 'context 2'); try { await Promise.reject(1) } catch { expect2(w, 'context catch') } await Promise.all([pause2(k), thenable(w, 'ctx all', 1)]).then(() => expect2(w, 'ctx then')); })", context)(w, k);
    await vm.runInThisContext("(async (w, k) => { await pause2(k % 3); expect2(w, 'this context'); })")(w, k);
    for await (const x of gen(w)) { expect(w, "loop"); if (i === 2) break; await pause(k % 2); }
    expect(w, "after loop");
    const p = (async () => thenable(w, "async return", k % 3))(); await p;
    const q = new Promise(r => setTimeout(() => r(thenable(w, "resolve in timer", k % 3)), 1)); await q; expect(w, "after timer");
    await Promise.all([1, 2, 3].map(async j => { await thenable(w, "all", j); expect(w, "all2"); }));
    await new Promise<void>(r => setTimeout(r, k % 2)); expect(w, "timer");
    try { await (async () => { await pause(k % 4); throw new Error("x"); })(); } catch { expect(w, "catch"); await pause(1); } finally { expect(w, "finally"); }
    const { promise, resolve } = Promise.withResolvers<any>(); als.run("other", () => queueMicrotask(() => resolve(1))); await promise; expect(w, "withResolvers");
  }
}
await Promise.all(Array.from({ length: 12 }, (_, k) => als.run("c" + k, () => work("c" + k, k))));
console.log(check.length, [...new Set(check.map(x => x.split(":")[0]))].join());
console.log(als.getStore());
