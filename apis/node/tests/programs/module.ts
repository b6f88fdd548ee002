// node:module: the class Module, what tools change in it, source maps, and data: imports.
import Module, { builtinModules, createRequire, isBuiltin } from "node:module";

const require = createRequire(import.meta.url);
const attempt = (name: string, run: () => unknown) => {
  try {
    console.log(name, run());
  } catch (error: any) {
    console.log(name, error.name, error.code, error.message.split("\n")[0].replace(import.meta.dir, ""));
  }
};
const Any = Module as any;

console.log(Object.keys(Any).join());
console.log(builtinModules.length, ["fs", "node:fs", "node:test", "test", "bun", "node:nope"].map((name) => isBuiltin(name)));
attempt("wrap", () => Any.wrap("x"));
attempt("paths", () => Any._nodeModulePaths("/a/b/../node_modules/c"));
attempt("no path", () => Any._nodeModulePaths());
attempt("lookup", () => [Any._resolveLookupPaths("./x", { filename: "/a/b.js" }), Any._resolveLookupPaths("x", { paths: ["p"] }), Any._resolveLookupPaths("fs")]);
attempt("resolve", () => [Any._resolveFilename("fs"), Any._resolveFilename("node:fs")]);
attempt("not found", () => Any._resolveFilename("./nope", { filename: "/a/b.js" }));
attempt("createRequire", () => createRequire("relative"));
attempt("nothing", () => (createRequire as any)());
attempt("wrong id", () => require(5 as any));
attempt("empty id", () => require(""));
attempt("stat", () => [Any._stat("/"), Any._stat("/nope")]);

const made = new Any("/virtual/file.js");
made._compile("exports.names = [__filename, __dirname, typeof require, require.main === module]; exports.later = async () => { await 1; return 'later'; };", "/virtual/file.js");
console.log(made.exports.names, await made.exports.later());

// What tools put in the place of.
const { _resolveFilename } = Any;
Any._resolveFilename = (request: string, ...rest: unknown[]) => _resolveFilename(request === "other" ? "node:os" : request, ...rest);
attempt("_resolveFilename", () => require("other") === require("os"));
Any._resolveFilename = _resolveFilename;
const { require: own } = Any.prototype;
Any.prototype.require = function (request: string) { return request === "hook" ? "hooked" : own.call(this, request); };
attempt("prototype.require", () => [require("hook"), typeof require("fs").readFileSync]);
Any.prototype.require = own;
require.cache.fs = { exports: "replaced" } as any;
attempt("cache", () => [require("fs"), typeof require("node:fs").readFileSync]);
delete require.cache.fs;

const map = new Any.SourceMap({ version: 3, sources: ["a.js", "b.js"], mappings: "AAAA,IAAIA;AACA,CCDAC", names: ["x", "y"] });
console.log(map.findEntry(0, 5), map.findEntry(1, 2), map.findEntry(5, 5));
attempt("no map", () => new Any.SourceMap());

console.log((await import("data:application/json;base64,eyJhIjoxfQ==", { with: { type: "json" } })).default);
