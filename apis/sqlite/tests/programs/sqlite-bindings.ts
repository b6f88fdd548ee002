// What can be bound to parameters, how, and what rows hold.
import { Database } from "bun:sqlite";

function show(name: string, action: () => unknown) {
  try {
    console.log(name, "=>", action());
  } catch (error: any) {
    console.log(name, "throws", error.name, error.message, error.code, error.errno,
      error.byteOffset);
  }
}

const db = new Database(":memory:");
const typed = db.query("select ?1 as value, typeof(?1) as type");
const values = [
  1, 1.5, -0, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e300, NaN, Infinity, true, false, null, undefined,
  "text", "caf\u00e9", "\u65e5\u672c\u{1f600}", "a\0b", "\ud800", "", 10n, 2n ** 63n, -(2n ** 63n),
  new Uint8Array(0), new Uint8Array([1, 2, 3]), new Float32Array([1]), new ArrayBuffer(4),
  new DataView(new ArrayBuffer(3)), Buffer.from("hi"), {}, [], Symbol("no"), () => 1, new Date(0),
  [[1]], new Map(),
];
for (const value of values) show(Bun.inspect(value), () => typed.get(value as any));

const two = db.query("select ? as x, ? as y");
show("too few", () => two.get(1));
show("too many", () => two.get(1, 2, 3));
show("none yet", () => two.get());
show("both", () => two.get(1, 2));
show("as before", () => two.get());
show("an array", () => two.get([3, 4]));
show("an array and more", () => two.get([3, 4], [5]));
show("a hole", () => two.get([, 2] as any));
show("indices", () => two.get({ 0: "a", 1: "b" } as any));

const named = db.query("select $a as a, :b as b, @c as c");
show("prefixed", () => named.get({ $a: 1, ":b": 2, "@c": 3 }));
show("bare", () => named.get({ a: 1, b: 2, c: 3 }));
show("some", () => named.get({ $a: 1 }));
show("twice", () => named.get({ a: 1, $a: 2 }));
show("in order", () => named.get(1, 2, 3));
show("inherited", () => named.get(Object.create({ a: 1 })));
show("a getter that throws", () => named.get({ get a(): number { throw new Error("no"); } } as any));

const strict = new Database(":memory:", { strict: true });
const checked = strict.query("select $a as a, :b as b");
show("strict", () => checked.get({ a: 1, b: 2 }));
show("strict, twice", () => checked.get({ a: 1, $a: 2, b: 3 }));
show("strict, one is missing", () => checked.get({ a: 1 }));
show("strict, undefined", () => checked.get({ a: 1, b: undefined } as any));

const safe = new Database(":memory:", { safeIntegers: true });
show("safe", () => safe.query("select 1 as a, 1.5 as b, ? as c").get(2n ** 63n - 1n));
show("safe, too large", () => safe.query("select ? as c").get(2n ** 63n));
show("safe, changes", () => safe.run("create table t (a)"));
show("no longer safe", () => safe.prepare("select 1 as a").safeIntegers(false).get());
show("large", () => db.query("select 9223372036854775807 as a").get());

show("doubled names", () => db.query("select 1 as a, 2 as b, 3 as a").all());
show("odd names", () => db.query('select 1 as "__proto__", 2 as "", 3 as "0"').all());
show("invalid text", () => db.query("select cast(x'e38061f09f' as text) as a").get());
show("a NUL in text", () => db.query("select cast(x'610062' as text) as a").get());
show("values", () => db.query("select 1, 1.5, 'x', null, x'', x'01'").values());
show("raw", () => db.query("select 1, 1.5, 'x', null, x'', x'01'").raw());
