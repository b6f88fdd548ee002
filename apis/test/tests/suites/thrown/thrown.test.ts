import {test} from "bun:test"; 
test("x",()=>{ throw {a:1} });
test("y",()=>{ throw 5 });
test("z",()=>{ throw Symbol("q") });
test("n",()=>{ throw null });
test("w", async ()=>{ throw "abc" });
test("w2", async ()=>{ await 1; throw "abc" });
class E2 extends Error { constructor(m) { super(m); this.name = "E2" } }
const mk = (m) => new E2(m);
test("e2", () => { 
   throw mk("hello"); });
test("e3", () => { 
   try { throw mk("hello"); } catch (e) { throw e; } finally { 1; } });
