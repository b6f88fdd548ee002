// Files in every way that goes through the driver alone, so that they may be simulated ones:
// whole, in parts, at places, as streams, many at once, and the errors of those that are not there.
import { createReadStream, createWriteStream } from "node:fs";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

const at = (name: string) => join(tmpdir(), name);
const pattern = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31) % 251);
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const failing = async (name: string, work: Promise<unknown>) => {
  const error = await work.then(() => undefined, (error) => error);
  console.log(name, error?.code, error?.syscall);
};

async function whole() {
  console.log("written", await Bun.write(at("text"), "some text"));
  console.log(await Bun.file(at("text")).text(), await Bun.file(at("text")).exists());
  await Bun.write(at("json"), JSON.stringify({ list: [1, 2, 3] }));
  console.log(await Bun.file(at("json")).json());
  const large = pattern(700_001);
  console.log("large", await Bun.write(at("large"), large));
  console.log(same(await Bun.file(at("large")).bytes(), large));
  console.log(new Uint8Array(await Bun.file(at("large")).arrayBuffer()).length);
  await Bun.write(at("text"), "shorter");
  console.log(await Bun.file(at("text")).text());
  console.log("copied", await Bun.write(at("copy"), Bun.file(at("large"))));
  console.log(same(await Bun.file(at("copy")).bytes(), large));
}

async function streams() {
  const large = pattern(300_000);
  await Bun.write(at("streamed"), large);
  const parts: Uint8Array[] = [];
  for await (const part of Bun.file(at("streamed")).stream()) parts.push(part);
  console.log("streamed", same(Buffer.concat(parts), large));
  await pipeline(createReadStream(at("streamed"), { highWaterMark: 7001 }), createWriteStream(at("piped")));
  console.log("piped", same(await fs.readFile(at("piped")), large));
  const range: Buffer[] = [];
  for await (const part of createReadStream(at("piped"), { start: 99, end: 250_000 })) range.push(part);
  console.log("range", same(Buffer.concat(range), large.slice(99, 250_001)));
}

// One write may be short.
async function writeAll(handle: fs.FileHandle, bytes: Buffer, start: number | null) {
  let at = 0;
  while (at < bytes.length) {
    const position = start === null ? null : start + at;
    at += (await handle.write(bytes, at, bytes.length - at, position)).bytesWritten;
  }
  return at;
}

async function handles() {
  await fs.writeFile(at("promised"), "written whole");
  await fs.appendFile(at("promised"), ", and more");
  console.log(await fs.readFile(at("promised"), "utf8"));
  const handle = await fs.open(at("handle"), "w+");
  console.log(await writeAll(handle, Buffer.from("0123456789"), null));
  console.log(await writeAll(handle, Buffer.from("abc"), 2));
  const buffer = Buffer.alloc(4);
  let filled = 0;
  while (filled < 4) filled += (await handle.read(buffer, filled, 4 - filled, 1 + filled)).bytesRead;
  console.log(buffer.toString(), (await handle.stat()).size, (await handle.stat()).isFile());
  await handle.sync();
  await handle.datasync();
  await handle.close();
  console.log(await fs.readFile(at("handle"), "latin1"));
  console.log((await fs.stat(at("handle"))).size);
}

async function many() {
  const count = 64;
  const names = Array.from({ length: count }, (_, index) => at(`many-${index}`));
  await Promise.all(names.map((name, index) => Bun.write(name, pattern(index * 997))));
  const read = await Promise.all(names.map((name) => Bun.file(name).bytes()));
  console.log("many", read.every((bytes, index) => same(bytes, pattern(index * 997))));
  const again = await Promise.all(names.map((name) => fs.readFile(name)));
  console.log("again", again.every((bytes, index) => same(bytes, pattern(index * 997))));
}

async function errors() {
  await failing("read", fs.readFile(at("missing")));
  await failing("stat", fs.stat(at("missing")));
  await failing("open", fs.open(at("missing"), "r"));
  await failing("folder", fs.writeFile(join(at("missing"), "file"), "x"));
  await failing("exists", fs.writeFile(at("text"), "x", { flag: "wx" }));
  await failing("text", Bun.file(at("missing")).text());
  console.log(await Bun.file(at("missing")).exists());
}

for (const group of [whole, streams, handles, many, errors]) {
  console.log(`-- ${group.name}`);
  await group();
}
