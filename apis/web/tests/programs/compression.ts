// CompressionStream and DecompressionStream: formats, chunks, and data that is not what it says.
async function all(s: any) { const out: any[] = []; for await (const c of s) out.push(c); return Buffer.concat(out); }
const t = async (n: string, f: any) => { try { console.log(n, await f()); } catch (e: any) { console.log(n, e?.constructor?.name, e?.name, e?.code, e?.errno, JSON.stringify(e?.message)); } };
for (const f of ["gzip","deflate","deflate-raw","brotli","zstd","br","GZIP", undefined, null]) await t("new "+f, () => { const c = new CompressionStream(f as any); return [Object.prototype.toString.call(c), Object.keys(c), c.readable.constructor.name]; });
await t("none", () => new (CompressionStream as any)());
const data = new TextEncoder().encode("hello hello hello hello".repeat(100));
for (const f of ["gzip","deflate","deflate-raw","brotli","zstd"] as any[]) {
  const c = await all(new Blob([data]).stream().pipeThrough(new CompressionStream(f)));
  console.log(f, c.length < data.length);
  const d = async (b: any) => (await all(new Blob([b]).stream().pipeThrough(new DecompressionStream(f)))).length;
  await t("ok", () => d(c));
  await t("trail", () => d(Buffer.concat([c, Buffer.from("junk")])));
  await t("trunc", () => d(c.subarray(0, c.length - 5)));
  await t("empty", () => d(Buffer.alloc(0)));
  await t("bad", () => d(Buffer.from("this is not compressed at all")));
  await t("twice", () => d(Buffer.concat([c, c])));
}
const c = new CompressionStream("gzip"); const w = c.writable.getWriter(); const r = c.readable.getReader();
r.read().catch((e)=>console.log("read", e.constructor.name, e.code, e.message));
await t("write str", () => w.write("abc" as any));
const c2 = new CompressionStream("gzip"); const w2 = c2.writable.getWriter(); c2.readable.getReader().read().catch(()=>{});
await t("write num", () => w2.write(5 as any));
const c4 = new CompressionStream("gzip"); const w4 = c4.writable.getWriter(); c4.readable.getReader().read().catch(()=>{});
await t("write sab", () => w4.write(new Uint8Array(new SharedArrayBuffer(4))));
const c3 = new CompressionStream("gzip"); const w3 = c3.writable.getWriter(); const r3=c3.readable.getReader(); w3.write(new Uint16Array([1,2,3])); w3.write(new Uint8Array(3).buffer); w3.close(); for(;;){ const x = await r3.read(); if (x.done) break; console.log(x.value.constructor.name);}
console.log(c, JSON.stringify(Object.getOwnPropertyDescriptors(CompressionStream.prototype)), CompressionStream.length, DecompressionStream.name, Object.getOwnPropertyNames(DecompressionStream.prototype));
