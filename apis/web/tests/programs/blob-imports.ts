// Modules in blobs: read by their type, gone once the URL is revoked.
const hidden = (text: string) => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID");
const urlOf = (text: string, type = "") => URL.createObjectURL(new Blob([text], { type }));

async function show(url: string) {
  try {
    const module = await import(url);
    console.log(Object.keys(module).join(), module.x);
  } catch (error) {
    console.log(error.constructor.name, error.code, hidden(String(error.message)).replace(import.meta.dir, "<folder>"));
  }
}

await show(urlOf("export const x = 1 + 1", "application/javascript"));
await show(urlOf("export const x: number = 2", "application/typescript"));
await show(urlOf("export const x: number = 2"));
await show(urlOf("export const x: number = 3", "text/javascript"));
await show(urlOf('{"x":4}', "application/json"));
await show(urlOf("not = defined", "text/plain"));
await show(urlOf('import { basename } from "node:path"; export const x = basename("/a/b")'));
await show(urlOf('export const x = await import("node:path").then((path) => path.sep)'));
await show(URL.createObjectURL(new File(["export const x: number = 7"], "a.ts")));
await show(urlOf('import "./nothing.js"'));
await show("blob:nothing");

const url = urlOf("export const x = {}");
console.log((await import(url)).x === (await import(url)).x);
await show(`${url}#hash`);
URL.revokeObjectURL(url);
await show(url);

try {
  await import(urlOf("throw new Error('thrown')"));
} catch (error) {
  console.log(hidden(error.stack).split("\n").slice(0, 2).join("\n"));
}
