// Watching a tree with chokidar: added, changed and removed files and folders, then closing.
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import chokidar from "chokidar";

const root = mkdtempSync(join(tmpdir(), "dx-chokidar-"));
writeFileSync(join(root, "first.txt"), "1");
mkdirSync(join(root, "folder"));
writeFileSync(join(root, "folder", "skip.log"), "1");

const watcher = chokidar.watch(root, { ignored: (path) => path.endsWith(".log") });
const seen: string[] = [];
let wake = () => {};
watcher.on("all", (event, path) => {
  seen.push(`${event} ${relative(root, path)}`);
  wake();
});
watcher.on("error", (error) => console.log("error", error));

async function until(wanted: string) {
  const deadline = Date.now() + 5000;
  while (!seen.includes(wanted)) {
    if (Date.now() > deadline) throw new Error(`${wanted} did not come: ${seen}`);
    await new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, 50);
    });
  }
  console.log(wanted);
}

await new Promise((resolve) => watcher.on("ready", resolve));
console.log(seen.sort());
writeFileSync(join(root, "second.txt"), "2");
await until("add second.txt");
writeFileSync(join(root, "first.txt"), "changed and longer");
await until("change first.txt");
mkdirSync(join(root, "folder", "inner"));
await until("addDir folder/inner");
unlinkSync(join(root, "second.txt"));
await until("unlink second.txt");
rmSync(join(root, "folder"), { recursive: true });
await until("unlinkDir folder");
console.log(Object.keys(watcher.getWatched()).length > 0, seen.some((line) => line.includes(".log")));
await watcher.close();
console.log(watcher.closed);
rmSync(root, { recursive: true });
