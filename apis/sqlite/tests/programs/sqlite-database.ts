// Databases: how they open, fail, close; their statements' lives; transactions.
import { Database, SQLiteError, Statement, constants } from "bun:sqlite";
import standard from "bun:sqlite";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

function show(name: string, action: () => unknown) {
  try {
    console.log(name, "=>", action());
  } catch (error: any) {
    console.log(name, "throws", error.name, error.message, error.code, error.errno,
      error.byteOffset);
  }
}

console.log(standard === Database, Statement.name, constants.SQLITE_FCNTL_RESET_CACHE);
const hooked = new Database(":memory:");
hooked.onInsert = null;
console.log(hooked.onInsert, hooked.onUpdate, hooked.onDelete);
hooked.close();
const directory = mkdtempSync(join(tmpdir(), "sqlite-"));
const file = join(directory, "a.db");

show("no file", () => new Database(join(directory, "no/b.db")));
show("not created", () => new Database(file, { create: false }));
show("read-only", () => new Database(file, { readonly: true }));
show("both", () => new Database(file, { readonly: true, create: true }));
show("misspelled", () => new Database(file, { readOnly: true } as any));
show("anonymous", () => new Database(":memory:", { readonly: true }));
show("no flags", () => new Database(file, 0));
show("a number", () => new Database(5 as any));
show("NUL", () => new Database("a\0b"));
show("a directory", () => new Database(directory));
writeFileSync(join(directory, "text"), "this is not a database at all, but only some lines of text");
show("no database", () => new Database(join(directory, "text")).query("select * from t").all());

const db = new Database(file, { create: true });
show("create", () => db.run("create table t (a integer primary key, b text unique)"));
show("insert", () => db.run("insert into t (b) values (?)", ["x"]));
show("several", () => db.run("insert into t (b) values (?); insert into t (b) values ('z')", "y"));
show("unique", () => db.run("insert into t (b) values ('x')"));
show("syntax", () => db.query("select * fro t"));
show("offset", () => db.run("select 1; select bad; select 2"));
show("blank", () => db.run("  ; "));
show("empty", () => db.run(""));
show("no query", () => db.query(""));
show("comment", () => db.prepare("-- nothing"));
show("flags", () => db.prepare("select 1", undefined, 99));
try {
  db.run("selec");
} catch (error: any) {
  console.log(error instanceof SQLiteError, error instanceof Error, Object.keys(error));
}
show("new", () => new SQLiteError());

const kept = db.prepare("select a from t where b = ?");
const cached = db.query("select b from t");
console.log(cached === db.query("select b from t"), kept.paramsCount, kept.columnNames,
  kept.readonly, kept.reader, kept.declaredTypes, cached.columnTypes);
show("text", () => { kept.get("it's"); return `${kept} ${JSON.stringify(kept)}`; });
show("read", () => new Database(file, { readonly: true }).run("delete from t"));

// Iterators.
const all = db.prepare("select a from t");
show("broken off", () => { for (const row of all) return row; });
show("whole", () => [...all]);
show("run again", () => { for (const row of all.iterate()) all.get(); });
show("two", () => {
  const one = all.iterate();
  one.next();
  const other = all.iterate();
  const seen: unknown[] = [other.next().value];
  try {
    one.next();
  } catch (error: any) {
    seen.push(error.message);
  }
  return [...seen, other.next().value];
});
show("deleted under it", () => {
  const seen: unknown[] = [];
  for (const row of all as any) {
    seen.push(row.a);
    db.run("delete from t where a > 2");
  }
  return seen;
});
show("finalized under it", () => { for (const row of all) all.finalize(); });
for (const call of ["get", "all", "values", "raw", "run", "toString", "columnNames"]) {
  show(call, () => typeof (all as any)[call] === "function" ? (all as any)[call]() : (all as any)[call]);
}

// Transactions.
const insert = db.prepare("insert into t (b) values (?)");
const add = db.transaction((word: string) => {
  insert.run(word);
  if (word.length > 3) throw new Error("too long");
  return db.inTransaction;
});
show("commits", () => add("one"));
show("rolls back", () => add("three"));
show("kinds", () => [add.deferred("d"), add.immediate("i"), add.exclusive("e")]);
show("nested", () => db.transaction(() => {
  add("n1");
  try { add("nested"); } catch {}
  add("n2");
})());
show("rejected", () => {
  db.transaction(async () => { insert.run("r"); throw new Error("no"); })().catch(() => {});
  return db.inTransaction;
});
show("ended inside", () => db.transaction(() => db.run("rollback"))());
show("rows", () => db.query("select b from t order by b").values().flat().join());
show("properties", () => [add.name, add.length, Object.getOwnPropertyNames(add)]);

// Rows as instances.
class Item { b!: string; get length() { return this.b.length; } }
show("as", () => {
  const item = db.query("select b from t").as(Item).get()!;
  return [item instanceof Item, item.length, Object.keys(item)];
});
show("as a number", () => db.query("select 1").as(5 as any));
show("as a function", () => db.query("select 1").as((() => 1) as any));

// Bytes and files.
const copy = Database.deserialize(db.serialize());
show("copy", () => copy.query("select count(*) as n from t").get());
show("read-only copy", () => Database.deserialize(db.serialize(), true).run("delete from t"));
show("empty copy", () => new Database(new Uint8Array(0)));
show("garbage", () => new Database(new Uint8Array(100)).query("select * from t").all());
show("no schema", () => db.serialize("nothing"));
show("file control", () => {
  const flag = new Int32Array([-1, 0]);
  return [db.fileControl(constants.SQLITE_FCNTL_PERSIST_WAL, flag), flag[0]];
});
show("short", () => db.fileControl(10, new Uint8Array(2)));
show("extension", () => copy.loadExtension(5 as any));
show("custom", () => Database.setCustomSQLite("/nowhere"));

// The end.
show("close", () => db.close());
show("kept", () => kept.get("x"));
show("cached", () => cached.get());
show("run", () => db.run("select 1"));
show("query", () => db.query("select 1"));
show("in transaction", () => db.inTransaction);
show("serialize", () => db.serialize());
show("close again", () => db.close(true));
show("kept", () => kept.get("x"));
{
  using short = new Database();
  show("using", () => short.query("select 1 as a").get());
}
rmSync(directory, { recursive: true });
