// AsyncLocalStorage: its methods one by one, and how contexts nest and end.
import { AsyncLocalStorage } from "node:async_hooks";

const outer = new AsyncLocalStorage<unknown>();
const inner = new AsyncLocalStorage<unknown>();
const both = () => [outer.getStore(), inner.getStore()];
const attempt = (name: string, run: () => unknown) => {
  try {
    console.log(name, run());
  } catch (error: any) {
    console.log(name, error.name, error.code, error.message);
  }
};

attempt("no store", both);
attempt("run", () => outer.run(1, both));
attempt("parameters", () => outer.run(1, (...parameters: number[]) => parameters, 2, 3));
attempt("nested", () => outer.run(1, () => inner.run(2, () => outer.run(3, both))));
attempt("left", () => outer.run(1, () => [outer.run(2, () => 0), ...both()]));
attempt("throws", () => { try { outer.run(1, () => { throw 1; }); } catch { return both(); } });
attempt("exit", () => outer.run(1, () => [outer.exit(both), both()]));
attempt("undefined", () => outer.run(1, () => outer.run(undefined, both)));
attempt("enterWith in run", () => [outer.run(1, () => { outer.enterWith(2); return both(); }), both()]);
attempt("enterWith another in run", () => { outer.run(1, () => inner.enterWith(2)); return both(); });
inner.enterWith(undefined);
attempt("disable", () => outer.run(1, () => { outer.disable(); return [both(), outer.run(2, both)]; }));
attempt("enterWith after disable", () => outer.run(1, () => { outer.disable(); outer.enterWith(4); return both(); }));
attempt("after disable", both);
attempt("same value", () => outer.run(1, () => outer.run(1, both)));

const named = new AsyncLocalStorage({ name: "named", defaultValue: { a: 1 } });
attempt("name", () => [named.name, outer.name, named.getStore()]);
attempt("default", () => [named.run(undefined as any, () => named.getStore()), named.exit(() => named.getStore())]);
attempt("default after disable", () => named.run({ a: 2 }, () => { named.disable(); return named.getStore(); }));
attempt("bad options", () => new AsyncLocalStorage(5 as any));

const bound = outer.run("bound", () => AsyncLocalStorage.bind((...rest: unknown[]) => [...both(), ...rest]));
attempt("bind", () => outer.run("other", () => [bound(1, 2), both()]));
attempt("bind nothing", () => AsyncLocalStorage.bind(undefined as any));
const snapshot = inner.run("then", () => AsyncLocalStorage.snapshot());
attempt("snapshot", () => inner.run("now", () => [snapshot(both), snapshot((x: number) => x + 1, 1), both()]));
attempt("scope", () => {
  const scope = (outer as any).withScope(7);
  const within = both();
  scope.dispose();
  scope.dispose();
  return [within, both()];
});
outer.run("listed", async () => {
  inner.enterWith("deep");
  await 1;
  outer.disable();
  console.log("disabled after await", both());
  await 1;
  console.log("and later", both());
});
setTimeout(() => console.log("timer", both()), 1);
