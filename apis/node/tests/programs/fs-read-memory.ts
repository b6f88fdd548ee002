// Whole files as buffers: each read gives memory of its own, as long as the file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "read-memory-"));
const sizes = [0, 1, 7, 100, 1000, 1001, 4096, 65535, 65536, 65537, 300000];
const pathOf = (size: number) => join(folder, `file${size}`);
for (const size of sizes) writeFileSync(pathOf(size), Buffer.alloc(size, size % 251 || 9));

function check(size: number, one: Buffer, other: Buffer) {
  const expected = size % 251 || 9;
  const whole = one.length === size && one.every((byte) => byte === expected);
  one.fill(255);
  const apart = other.every((byte) => byte === expected);
  const own = [one, other].map((it) => it.byteOffset === 0 && it.buffer.byteLength === size);
  console.log(size, whole, apart, own, one.constructor.name, one.buffer.constructor.name);
}

for (const size of sizes) check(size, readFileSync(pathOf(size)), readFileSync(pathOf(size)));
for (const size of sizes.toReversed()) {
  check(size, readFileSync(pathOf(size)), readFileSync(pathOf(size)));
}
for (const size of sizes) {
  const [one, other] = await Promise.all([readFile(pathOf(size)), readFile(pathOf(size))]);
  check(size, one, other);
}
const all = await Promise.all([...sizes, ...sizes].map((size) => readFile(pathOf(size))));
for (const [index, size] of sizes.entries()) check(size, all[index], all[index + sizes.length]);

// What is given away is gone, and nothing else with it.
const given = readFileSync(pathOf(4096));
const kept = readFileSync(pathOf(4096));
const moved = structuredClone(given.buffer, { transfer: [given.buffer] });
console.log(given.length, moved.byteLength, kept.length, kept[4095]);
console.log(readFileSync(pathOf(4096))[0], readFileSync(pathOf(7), "hex"));

// Strings of every length and encoding, and what they were read into used again meanwhile.
const letters = "plain letters, and a line end\n";
for (const length of [0, 1, 4096, 16383, 16384, 16385, 65536, 65537, 200000]) {
  for (const filler of [letters, "caf\u00e9 ", "\u4f60\u597d, \ud83d\ude00 "]) {
    const text = filler.repeat(Math.ceil(length / filler.length)).slice(0, length).toWellFormed();
    const path = join(folder, "text");
    writeFileSync(path, text);
    const bytes = readFileSync(path);
    const read = readFileSync(path, "utf8");
    const others = ["latin1", "ascii", "hex", "base64", "base64url", "ucs2"] as const;
    const same = others.map((encoding) => readFileSync(path, encoding) === bytes.toString(encoding));
    writeFileSync(path, "x".repeat(length));
    readFileSync(path, "utf8");
    console.log(length, bytes.length, read === text, (await readFile(path, "latin1")).length, same.every(Boolean));
  }
}
writeFileSync(join(folder, "text"), Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff, 0xc3, 0x62]));
console.log(JSON.stringify(readFileSync(join(folder, "text"), "utf8")), JSON.stringify(readFileSync(join(folder, "text"), { encoding: "latin1" })));
rmSync(folder, { recursive: true });
