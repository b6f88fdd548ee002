// A forced collection gives memory back to the system; one that is asked for comes later.
const chunk = 1 << 20;
Bun.gc(true);
const before = process.memoryUsage.rss();
let kept: Uint8Array[] | null = Array.from({ length: 64 }, () => new Uint8Array(chunk).fill(1));
console.log(process.memoryUsage.rss() - before > 60 * chunk, kept.length);
kept = null;
await Bun.sleep(0);
Bun.gc(true);
console.log(process.memoryUsage.rss() - before < 32 * chunk);

let collected = false;
const registry = new FinalizationRegistry(() => { collected = true; });
(() => { for (let index = 0; index < 1000; index++) registry.register({ index }, index); })();
console.log(Bun.gc(false) > 0, collected);
for (let turn = 0; !collected && turn < 200; turn++) {
  Bun.gc();
  await Bun.sleep(1);
}
console.log(collected);
