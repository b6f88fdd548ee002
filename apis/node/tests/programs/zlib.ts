// node:zlib: every format both ways, sync, by callbacks and as streams; options and errors.
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import zlib from "node:zlib";

function attempt(run: () => unknown) {
  try {
    return run();
  } catch (error) {
    return [error.name, error.code, error.errno, error.message];
  }
}

const text = "hello, compressed world. ".repeat(8000);
const pairs = [
  ["gzip", "gunzip"], ["deflate", "inflate"], ["deflateRaw", "inflateRaw"],
  ["brotliCompress", "brotliDecompress"], ["zstdCompress", "zstdDecompress"],
] as const;
for (const [there, back] of pairs) {
  const packed = zlib[`${there}Sync`](text);
  console.log(there, packed.length < 2000, zlib[`${back}Sync`](packed).toString() === text);
  const later = await promisify(zlib[there] as never)(text);
  console.log((await promisify(zlib[back] as never)(later)).toString() === text);
  const create = (name: string) => zlib[`create${name[0].toUpperCase()}${name.slice(1)}`]({ chunkSize: 1024 });
  const pieces = Array.from({ length: 20 }, (_, at) => text.slice(at * 10000, (at + 1) * 10000));
  const unpacked = await buffer(Readable.from(pieces).pipe(create(there)).pipe(create(back)));
  console.log(unpacked.toString() === text, attempt(() => zlib[`${back}Sync`](packed.subarray(0, packed.length - 4))));
}
console.log(zlib.unzipSync(zlib.deflateSync("x")).toString(), zlib.unzipSync(zlib.gzipSync("y")).toString());
console.log(zlib.gunzipSync(Buffer.concat([zlib.gzipSync("a"), zlib.gzipSync("b")])).toString());
console.log(zlib.inflateSync(zlib.deflateSync("abc", { dictionary: Buffer.from("abc") }), { dictionary: Buffer.from("abc") }).toString());
console.log(zlib.gzipSync("a").toString("hex"), zlib.deflateRawSync("hello world").toString("base64"), zlib.crc32("hello"), zlib.crc32(Buffer.from("lo"), zlib.crc32("hel")));
for (const run of [
  () => zlib.gunzipSync(Buffer.from("abcdefgh")),
  () => zlib.inflateSync(Buffer.from("abcdefgh")),
  () => zlib.inflateRawSync(Buffer.from("abcdefgh")),
  () => zlib.brotliDecompressSync(Buffer.from("abcdefgh")),
  () => zlib.zstdDecompressSync(Buffer.from("abcdefgh")),
  () => zlib.inflateSync(zlib.deflateSync("abc", { dictionary: Buffer.from("abc") })),
  () => zlib.gzipSync(5 as never),
  () => zlib.createGzip({ level: 99 }),
  () => zlib.createGzip({ windowBits: 99 }),
  () => zlib.createGzip({ chunkSize: 1 }),
  () => zlib.inflateSync(zlib.deflateSync("aaaa"), { maxOutputLength: 1 }),
]) console.log(attempt(run));
const failing = zlib.createGunzip();
failing.end("no gzip at all");
console.log(await new Promise((resolve) => failing.on("error", (error) => resolve([error.code, error.message]))));
const flushing = zlib.createDeflate();
const seen: number[] = [];
flushing.on("data", (chunk) => seen.push(chunk.length));
flushing.write("some");
await new Promise((resolve) => flushing.flush(resolve));
console.log(seen.length > 0, flushing.bytesWritten);
flushing.end("more");
await new Promise((resolve) => flushing.on("end", resolve));
flushing.close();
console.log(zlib.Gzip() instanceof zlib.Gzip, zlib.codes.Z_OK, zlib.codes["-3"], zlib.constants.Z_BEST_SPEED);
console.log(Object.keys(zlib).join(" "));
