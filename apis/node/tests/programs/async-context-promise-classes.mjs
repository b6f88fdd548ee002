// Promises made by classes that extend Promise, and by Reflect.construct, keep the context of a
// thenable they are resolved with.
import { AsyncLocalStorage } from "node:async_hooks";
const s = new AsyncLocalStorage();
class P extends Promise {}
class Q extends Promise { constructor(e) { super(e); } }
class R extends Promise { constructor(e) { let g; super((a,b)=>{g=a; e(a,b)}); this.g=g } }
function thenable(name) { return { then(r) { console.log(name, s.getStore()); r(1); } }; }
s.run("A", () => { new P(r => r(thenable("P new"))); });
s.run("B", () => { new Q(r => r(thenable("Q new"))); });
s.run("C", () => { new R(r => r(thenable("R new"))); });
s.run("D", () => { P.resolve(thenable("P.resolve")); });
s.run("E", () => { P.withResolvers().resolve(thenable("P.wr")); });
s.run("F", () => { P.try(() => thenable("P.try")); });
s.run("G", () => { P.all([thenable("P.all")]); });
s.run("H", () => { P.race([thenable("P.race")]); });
s.run("I", () => { P.resolve(1).then(() => thenable("P then")); });
s.run("J", () => { Promise.all([P.resolve(thenable("all"))]).then(()=>console.log("then", s.getStore())); });
s.run("K", () => { Reflect.construct(Promise, [r => r(thenable("Reflect"))], P); });
s.run("L", () => { Reflect.construct(P, [r => r(thenable("Reflect P"))]); });
let later; const dp = new P(r => { later = r });
s.run("M", () => { later(thenable("later")); });
function Old(e) { return Reflect.construct(Promise, [e], Old); }
Object.setPrototypeOf(Old, Promise); Old.prototype = Object.create(Promise.prototype, {constructor: {value: Old}});
s.run("O", () => { new Old(r => r(thenable("Old"))); });
s.run("S", async () => { await new P(r => r(thenable("await P"))); console.log("after", s.getStore()); });
s.run("T", async () => { const p = new P(r => setTimeout(() => s.run("T2", () => r(thenable("timer P"))), 1)); await p; console.log("after T", s.getStore()); });
s.run("U", () => { new P((_, j) => j(new Error("x"))).catch(() => thenable("P catch")); });
s.run("V", () => { P.resolve().finally(() => thenable("P finally")); });
s.run("W", () => { P.allSettled([thenable("P.allSettled")]); P.any([thenable("P.any")]) });
s.run("X", () => { Promise.resolve(P.resolve(3)).then(() => console.log("X", s.getStore())) });
class TP extends Promise { then(a, b) { console.log("TP then", s.getStore()); return super.then(a, b); } }
s.run("Y", async () => { await TP.resolve(1); console.log("after TP", s.getStore()); });
s.run("Z", () => { Promise.resolve(TP.resolve(2)); new P(r => r(TP.resolve(3))); });
