// An async function that fails before its first await stands once in a stack, by its own name.
const show = (e) => console.log(e.stack.split("\n").slice(0, 4).join("\n").replaceAll(import.meta.dir, ""));
const fail = () => { throw new Error("m") };
async function declared(a, b = 1) { throw new Error("m"); }
const expr = async function (a) { throw new Error("m"); };
const named = async function inner(a) { fail(); };
const arrow = async (a) => { throw new Error("m"); };
const bare = async a => { fail(); };
const short = async a => fail();
const object = { async method(a) { throw new Error("m"); }, async "quoted key"() { fail(); }, async 12() { fail(); } };
class Holder {
  async method(a) { throw new Error("m"); }
  static async still() { fail(); }
  async #hidden() { fail(); }
  async
  spread(
    a,
    b,
  ) { fail(); }
  open() { return this.#hidden(); }
}
async function recursive(n) {
  if (n === 0) throw new Error("deep");
  return await recursive(n - 1);
}
async function outer() { await declared(); }
function async(n) { if (n === 0) fail(); return async (n - 1); }
async function withDefault(a = fail()) { return a; }
const h = new Holder();
const runs = [declared, expr, named, arrow, bare, short, object.method, object["quoted key"], object[12],
  () => h.method(), Holder.still, () => h.open(), () => h.spread(), () => recursive(2), outer, () => async(2),
  withDefault];
for (const run of runs) {
  try { await run(); } catch (error) { console.log(run.name); show(error); }
}
