// What is written to a sink that is never flushed goes out by itself, and at the latest at the end.
import { readFileSync, rmSync, statSync } from "node:fs";

if (process.argv[2] === "exit") {
  const path = process.argv[3]!;
  Bun.file(path).writer().write("file ");
  const writer = Bun.stdout.writer();
  writer.write("standard ");
  writer.write("output");
  process.exit();
}

const path = `${process.env.TMPDIR ?? "/tmp"}/file-sink-unended-${process.pid}`;
const writer = Bun.file(path).writer();
writer.write("12345");
console.log(await sizeOnceGrown(0));
writer.write("678");
console.log(await sizeOnceGrown(5), await writer.end());

async function sizeOnceGrown(before: number) {
  for (let attempt = 0; attempt < 100; attempt++) {
    await Bun.sleep(20);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > before) return size;
  }
}

const cmd = [process.execPath, import.meta.path, "exit", path];
const child = Bun.spawnSync({ cmd, stderr: "inherit" });
console.log(child.exitCode, child.stdout.toString(), readFileSync(path, "utf8"));
rmSync(path);

const parts = Bun.spawn({
  cmd: [process.execPath, "-e", `
    const writer = Bun.stdout.writer();
    let count = 0;
    const timer = setInterval(() => {
      writer.write("part ");
      if (++count === 3) clearInterval(timer);
    }, 20);
  `],
});
const chunks: string[] = [];
for await (const chunk of parts.stdout) chunks.push(Buffer.from(chunk).toString());
console.log(chunks.length > 1, chunks.join(""));
