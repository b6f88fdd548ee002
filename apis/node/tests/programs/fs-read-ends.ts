// Files that end elsewhere than they say, and files of one length among others.
import { closeSync, existsSync, mkdtempSync, openSync, promises, readFileSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "ends-"));
const file = (name: string, length: number) => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(Array.from({ length }, (_, index) => (index * 7 + length) & 255)));
  return path;
};
const sum = (bytes: Uint8Array) => bytes.reduce((total, byte) => (total * 31 + byte) | 0, 0);

// What says that it is empty, or as long as a page, and is neither.
for (const path of ["/proc/self/comm", "/proc/self/cmdline", "/proc/meminfo", "/proc/self/maps"]) {
  const size = statSync(path).size;
  const [now, later] = [readFileSync(path), await promises.readFile(path)];
  console.log(path, size, now.length > 0, later.length > 0);
}
const sys = "/sys/kernel/mm/transparent_hugepage/enabled";
console.log(!existsSync(sys) || readFileSync(sys).equals(await promises.readFile(sys)));
console.log(readFileSync("/dev/null").length, (await promises.readFile("/dev/null")).length);

const lengths = [0, 1, 4095, 4096, 4096, 4096, 4097, 100, 100, 100, 65535, 65536, 65536, 65537, 65537, 200000, 4096, 0, 4096];
const paths = lengths.map((length, index) => file(`f${index}`, length));
for (const [index, path] of paths.entries()) {
  const now = readFileSync(path);
  const later = await promises.readFile(path);
  const same = now.equals(later) && now.length === lengths[index];
  console.log(lengths[index], same, sum(now), now.byteOffset, later.buffer.byteLength);
}
const many = await Promise.all([...paths, ...paths].map((path) => promises.readFile(path)));
console.log(many.map((bytes) => bytes.length).join(), many.every((bytes) => sum(bytes) === sum(readFileSync(paths[many.indexOf(bytes) % paths.length]))));

// A descriptor of the program's is read from where it is, and stays at the end.
const fd = openSync(paths[3], "r");
readSync(fd, new Uint8Array(96), 0, 96, null);
console.log(readFileSync(fd).length, readFileSync(fd).length);
closeSync(fd);
for (const path of [folder, join(folder, "none"), "a\0b"]) {
  try { readFileSync(path); } catch (error) { console.log(error.code, error.syscall); }
  await promises.readFile(path).catch((error) => console.log(error.code, error.syscall));
}

// Joined buffers begin where arrays of any type may.
const joined = Buffer.concat(Array.from({ length: 40 }, (_, index) => readFileSync(paths[3]).subarray(index)));
console.log(joined.byteOffset, joined.buffer.byteLength === joined.length, sum(joined));
console.log(new Float64Array(joined.buffer, 8, 4).length, Atomics.load(new BigInt64Array(joined.buffer, 0, 2), 1));
rmSync(folder, { recursive: true });
