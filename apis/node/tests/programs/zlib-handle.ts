// What lies below the streams of node:zlib, and data that goes on behind its end.
import zlib from "node:zlib";

const below = (stream: any) => stream._handle;

const deflate: any = zlib.createDeflate();
const bytes = deflate._processChunk(Buffer.from("hello"), zlib.constants.Z_FINISH);
console.log(bytes.toString("hex"), deflate._handle, deflate.bytesWritten);
const gunzip: any = zlib.createGunzip();
console.log(gunzip._processChunk(zlib.gzipSync("x".repeat(1e5)), zlib.constants.Z_FINISH).length);
try {
  (zlib.createGunzip() as any)._processChunk(Buffer.from("no gzip"), zlib.constants.Z_FINISH);
} catch (error: any) {
  console.log(error.code, error.errno, error.message);
}

const input = Buffer.from("0123456789".repeat(10));
const output = Buffer.alloc(64);
const raw = zlib.createDeflateRaw();
const handle = below(raw);
console.log(handle.constructor.name, below(zlib.createBrotliCompress()).constructor.name);
handle.writeSync(zlib.constants.Z_FINISH, input, 0, input.length, output, 4, 60);
const [roomLeft, inputLeft] = (raw as any)._writeState;
const made = output.subarray(4, 64 - roomLeft);
console.log(inputLeft, zlib.inflateRawSync(made).equals(input));
for (const places of [[90, 20, 0, 64], [0, 10, 60, 5]]) {
  const [inputOffset, inputLength, outputOffset, outputLength] = places;
  try {
    handle.writeSync(0, input, inputOffset, inputLength, output, outputOffset, outputLength);
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
const broken = below(zlib.createBrotliDecompress());
await new Promise<void>((resolve) => {
  broken.onerror = (message: string, errno: number, code: string) => {
    console.log(typeof message, errno, code);
    resolve();
  };
  const junk = Buffer.alloc(8, 0xff);
  broken.write(zlib.constants.BROTLI_OPERATION_FINISH, junk, 0, 8, output, 0, 64);
  broken.close();
});

const pairs = [
  [zlib.deflateSync, zlib.createInflate], [zlib.deflateRawSync, zlib.createInflateRaw],
  [zlib.brotliCompressSync, zlib.createBrotliDecompress],
  [zlib.zstdCompressSync, zlib.createZstdDecompress],
] as const;
for (const [compress, create] of pairs) {
  const data = compress(input);
  const stream = create();
  const chunks: Buffer[] = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve) => stream.on("end", resolve));
  stream.write(Buffer.concat([data, Buffer.from("something else")]));
  await ended;
  const isWhole = Buffer.concat(chunks).equals(input);
  console.log(create.name, isWhole, stream.bytesWritten === data.length);
}
for (const Class of [zlib.Deflate, zlib.BrotliCompress, zlib.ZstdCompress] as any[]) {
  const names = [];
  for (let it = Class; names.length < 4; it = Object.getPrototypeOf(it)) names.push(it.name);
  console.log(names.join(" "), typeof Class.prototype.params);
}
console.log(zlib.zstdCompressSync("hello").toString("hex"));
try {
  Bun.inflateSync(Buffer.from("Hello World!"));
} catch (error: any) {
  console.log(error.message);
}
