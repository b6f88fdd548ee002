// Threads that write to one file, each through a connection of its own. They do not wait for the
// disk while they hold the lock: on a slow one, SQLite's polling for it starves until its timeout.
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const ROWS = 50;

if (isMainThread) {
  const directory = mkdtempSync(join(tmpdir(), "sqlite-"));
  const file = join(directory, "shared.db");
  const db = new Database(file);
  db.run("pragma journal_mode = wal");
  db.run("create table t (row, worker)");
  const ends = [1, 2].map((worker) => new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: { file, worker } });
    thread.on("message", resolve);
    thread.on("error", reject);
  }));
  console.log((await Promise.all(ends)).sort());
  console.log(db.query("select worker, count(*) as rows from t group by worker").all());
  db.close();
  rmSync(directory, { recursive: true });
} else {
  const db = new Database(workerData.file);
  db.run("pragma busy_timeout = 60000");
  db.run("pragma synchronous = off");
  const insert = db.prepare("insert into t values (?, ?)");
  for (let row = 0; row < ROWS; row++) insert.run(row, workerData.worker);
  parentPort!.postMessage(workerData.worker);
}
