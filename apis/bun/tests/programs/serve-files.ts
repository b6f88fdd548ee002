// Files of routes and of handlers: types, names, parts, ranges and conditions.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "serve-files-"));
const path = join(folder, "digits.txt");
writeFileSync(path, "0123456789".repeat(100));
for (const name of ["data.bin", "paper.pdf", "page.html", "empty.txt"]) {
  writeFileSync(join(folder, name), name === "empty.txt" ? "" : "content");
}
writeFileSync(join(folder, "large.txt"), "abcdefgh".repeat(100_000));
mkdirSync(join(folder, "inner"));
const file = (name = "digits.txt") => Bun.file(join(folder, name));
const date = new Date(statSync(path).mtimeMs).toUTCString();
const EPOCH = "Thu, 01 Jan 1970 00:00:00 GMT";

const server = Bun.serve({
  port: 0,
  development: false,
  routes: {
    "/file": file(),
    "/slice": new Response(file().slice(5, 25)),
    "/found": new Response(file(), { status: 203, headers: { "x-own": "1" } }),
    "/methods": { GET: new Response(file()), POST: () => new Response("posted") },
    "/missing": file("missing"),
    "/folder": file("inner"),
    "/empty": file("empty.txt"),
  },
  fetch(request) {
    const url = new URL(request.url);
    const name = url.searchParams.get("name") ?? undefined;
    const type = url.searchParams.get("type");
    const init = type === null ? {} : { headers: { "content-type": type } };
    if (url.pathname === "/own") return new Response(file(name), init);
    if (url.pathname === "/own-slice") return new Response(file(name).slice(2, 6));
    if (url.pathname === "/own-partial") return new Response(file(), { status: 206 });
    return new Response("no such page", { status: 404 });
  },
});

async function show(path: string, headers: Record<string, string> = {}, method = "GET") {
  const response = await fetch(new URL(path, server.url), { headers, method });
  const fields = Object.fromEntries(response.headers);
  delete fields.date;
  const text = await response.text();
  const shown = { ...fields, ...(fields["last-modified"] ? { "last-modified": "then" } : {}) };
  console.log(method, path, JSON.stringify(headers).replaceAll(date, "then"), response.status,
    JSON.stringify(shown), text.length, text.slice(0, 12));
}

const part = { range: "bytes=2-5" };
for (const path of ["/file", "/slice", "/found", "/methods", "/empty", "/own", "/own-slice", "/own-partial"]) {
  await show(path);
  await show(path, {}, "HEAD");
  await show(path, part);
}
for (const path of ["/missing", "/folder"]) await show(path);
const ranges = ["bytes=5-", "bytes=-3", "bytes=0-0", "bytes=990-2000", "bytes=1000-", "bytes=5-2",
  "bytes=0-1,3-4", "items=0-1", "bytes=abc", "bytes=-", "bytes=-0", "bytes=-5000", "bytes= 1-2",
  "BYTES=1-2", "bytes=999-99999999999999999999"];
for (const range of ranges) {
  await show("/file", { range });
  await show("/own", { range });
}
await show("/file", part, "HEAD");
await show("/file", part, "POST");
await show("/own", part, "POST");
await show("/own?name=large.txt", { range: "bytes=8-524295" });
for (const path of ["/file", "/found", "/own"]) {
  await show(path, { "if-modified-since": date });
  await show(path, { "if-modified-since": EPOCH });
  await show(path, { "if-unmodified-since": EPOCH });
  await show(path, { ...part, "if-range": date });
  await show(path, { ...part, "if-range": "other" });
  await show(path, { ...part, "if-modified-since": date });
}
for (const name of ["data.bin", "paper.pdf", "page.html"]) await show(`/own?name=${name}`);
for (const type of ["image/png", "application/json", "application/zip", "a/b", "text/x"]) {
  await show(`/own?type=${type}`);
}
await server.stop(true);
rmSync(folder, { recursive: true });
