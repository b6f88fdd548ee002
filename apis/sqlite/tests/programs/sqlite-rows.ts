// Many rows: batches end where cells, characters or blobs are full.
import { Database } from "bun:sqlite";

const db = new Database(":memory:");
db.run("create table t (id integer primary key, word text, number real, bytes blob)");
const insert = db.prepare("insert into t (word, number, bytes) values (?, ?, ?)");
const words = ["plain", "caf\u00e9", "\u65e5\u672c", "", null, "x".repeat(70_000), "\u00e9".repeat(70_000)];
db.transaction(() => {
  for (let row = 0; row < 9_000; row++) {
    const word = row % 997 === 0 ? words[(row / 997) % words.length] : `word ${row}`;
    const bytes = row % 50 === 0 ? new Uint8Array(row).fill(row) : null;
    insert.run(word, row / 7, bytes);
  }
})();

function digest(rows: unknown) {
  return Bun.hash.crc32(JSON.stringify(rows, (key, value) =>
    value instanceof Uint8Array ? [value.length, value[0] ?? -1, value[value.length - 1] ?? -1] : value));
}
const all = db.query("select * from t");
console.log(all.all().length, digest(all.all()), digest(all.values()));
console.log(digest(db.query("select id, word, bytes from t where id % 10 = 0").raw()));
let count = 0;
for (const row of all.iterate() as any) count += row.word?.length ?? 1;
console.log(count);
console.log(digest(db.query("select word from t where length(word) > 1000").all()));
console.log(digest([...db.query("select word from t where id < 1000").iterate()]));
const wide = Array.from({ length: 1500 }, (_, index) => `${index} as c${index}`).join(", ");
const row = db.query(`select ${wide} union all select ${wide}`).all() as any;
console.log(row.length, row[0].c0, row[1].c1499, Object.keys(row[0]).length);
console.log(db.query("select ? as a, ? as b, ? as c, ? as d, ? as e, ? as f, ? as g, ? as h, ? as i, ? as j")
  .get(1, "two", 3, "four", 5, "six", 7, "eight", null, true));

// A schema that changes under a statement.
const first = db.prepare("select * from t limit 1");
console.log(Object.keys(first.get() as any));
db.run("alter table t add column more default 'm'");
console.log(Object.keys(first.get() as any), first.columnNames, first.declaredTypes);
