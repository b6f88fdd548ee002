"use strict";
// Bun.FileSystemRouter: the routes that files of a folder stand for, in the style of Next.js.
// Invariant: routes of one kind are tried in the order of their names; exact ones before those
// with parameters, those before `[...name]`, those before `[[...name]]`.

const { invalidArgument, setAttributes, setTag } = require("web/fetch-errors");
const fs = require("node/fs");
const path = require("node/path");

const { Array, Map, Object, Set, URLSearchParams, decodeURIComponent } = globalThis;

const EXTENSIONS = [".tsx", ".jsx", ".ts", ".mjs", ".cjs", ".js"];
const KINDS = ["exact", "dynamic", "catch-all", "optional-catch-all"];
const PARAMETER = /^\[(?:\[\.\.\.([^\]]+)\]|\.\.\.([^\]]+)|([^\]]+))\]$/;

class Route {
  constructor(filePath, relative, extension) {
    this.filePath = filePath;
    this.relative = relative;
    const bare = relative.slice(0, -extension.length);
    this.name = `/${bare}`.replace(/\/index$/, "") || "/";
    this.parts = this.name.split("/").filter((part) => part !== "").map((part) => {
      const [, optional, many, one] = PARAMETER.exec(part) ?? [];
      return { text: part, name: optional ?? many ?? one, isMany: one === undefined };
    });
    const last = this.name.slice(this.name.lastIndexOf("/") + 1);
    const isDynamic = this.parts.some((part) => part.name !== undefined);
    if (last.startsWith("[[...")) this.kind = "optional-catch-all";
    else if (last.startsWith("[...")) this.kind = "catch-all";
    else this.kind = isDynamic ? "dynamic" : "exact";
  }

  // The parameters where the parts of a path fit, else undefined.
  match(given) {
    const parameters = {};
    for (let index = 0; index < this.parts.length; index++) {
      const part = this.parts[index];
      if (part.name === undefined) {
        if (part.text !== given[index]) return undefined;
      } else if (part.isMany) {
        const rest = given.slice(index);
        if (rest.length === 0 && this.kind === "catch-all") return undefined;
        if (rest.length > 0) parameters[part.name] = rest.map(decoded).join("/");
        return parameters;
      } else {
        if (index >= given.length) return undefined;
        parameters[part.name] = decoded(given[index]);
      }
    }
    return this.parts.length === given.length ? parameters : undefined;
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

class MatchedRoute {
  #route;
  #parameters;
  #search;
  #prefix;

  constructor(route, parameters, pathname, search, prefix) {
    this.#route = route;
    this.#parameters = parameters;
    this.#search = search;
    this.#prefix = prefix;
    Object.defineProperty(this, "pathname", { value: pathname, enumerable: true });
  }

  get filePath() { return this.#route.filePath; }
  get kind() { return this.#route.kind; }
  get name() { return this.#route.name; }
  get params() { return { ...this.#parameters }; }
  get query() {
    const query = { ...this.#parameters };
    for (const [name, value] of new URLSearchParams(this.#search)) {
      if (!Object.hasOwn(query, name)) query[name] = value;
      else query[name] = [].concat(query[name], value);
    }
    return query;
  }
  get src() { return this.#prefix + this.#route.relative; }
  get scriptSrc() { return this.src; }
}
setAttributes(MatchedRoute.prototype, { enumerable: true });

// The path and the query of what a program asks about.
function locationOf(input) {
  const isObject = typeof input === "object" && input !== null;
  if (!isObject && typeof input !== "string") {
    throw invalidArgument("Expected string, Request, or Response");
  }
  const text = isObject ? `${input.url}` : input;
  if (text === "") throw invalidArgument("Expected string, Request, or Response");
  const [, rest] = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*(.*)$/is.exec(text) ?? [undefined, text];
  const [whole] = rest.split("#");
  const at = whole.indexOf("?");
  return at < 0 ? [whole, ""] : [whole.slice(0, at), whole.slice(at)];
}

class FileSystemRouter {
  #dir;
  #extensions;
  #assetPrefix;
  #origin;
  #routes = [];

  constructor() {
    const options = arguments[0];
    if (typeof options !== "object" || options === null) {
      throw invalidArgument("Expected object");
    }
    const { dir, style, fileExtensions, assetPrefix, origin } = options;
    if (style !== "nextjs") {
      throw invalidArgument('Only "nextjs" style is currently implemented');
    }
    if (dir !== undefined && typeof dir !== "string") {
      throw invalidArgument("Expected dir to be a string");
    }
    if (fileExtensions !== undefined && !Array.isArray(fileExtensions)) {
      throw invalidArgument("Expected fileExtensions to be an Array");
    }
    if (assetPrefix !== undefined && typeof assetPrefix !== "string") {
      throw invalidArgument("Expected assetPrefix to be a string");
    }
    this.#dir = path.resolve(dir ?? ".");
    this.#extensions = fileExtensions ?? EXTENSIONS;
    this.#assetPrefix = assetPrefix ?? "";
    const site = typeof origin === "object" && origin !== null ? origin.origin : origin;
    this.#origin = site === undefined ? "" : `${site}`;
    this.#load();
  }

  #load() {
    const found = new Map();
    this.#walk(this.#dir, "", found);
    this.#routes = [...found.values()].sort((left, right) =>
      KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind) || (left.name < right.name ? -1 : 1)
    );
  }

  #walk(folder, relative, found) {
    let entries;
    try {
      entries = fs.readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      if (relative !== "") return;
      throw new Error(`Unable to find directory: ${folder}`, { cause: error });
    }
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const full = path.join(folder, entry.name);
      const shown = relative + entry.name;
      if (entry.isDirectory()) {
        this.#walk(full, `${shown}/`, found);
        continue;
      }
      const extension = this.#extensions.find((ending) => entry.name.endsWith(ending));
      if (extension === undefined) continue;
      const route = new Route(full, shown, extension);
      checkRoute(route);
      const other = found.get(route.name);
      if (other === undefined || this.#isBefore(extension, other)) found.set(route.name, route);
    }
  }

  // Of two files for one route the one whose extension was named first counts.
  #isBefore(extension, other) {
    const rank = (ending) => this.#extensions.indexOf(ending);
    const its = this.#extensions.find((ending) => other.filePath.endsWith(ending));
    return rank(extension) < rank(its);
  }

  get assetPrefix() { return this.#assetPrefix === "" ? null : this.#assetPrefix; }

  match(input) {
    const [given, search] = locationOf(input);
    const pathname = given === "" ? "/" : given;
    const parts = pathname.split("/").filter((part) => part !== "");
    if (parts.at(-1) === "index") parts.pop();
    for (const route of this.#routes) {
      const parameters = route.match(parts);
      if (parameters === undefined) continue;
      const prefix = `${this.#origin}${this.#assetPrefix || "/"}`;
      return new MatchedRoute(route, parameters, pathname, search, prefix);
    }
    return null;
  }

  get origin() { return this.#origin === "" ? null : this.#origin; }
  reload() {
    this.#load();
    return this;
  }
  get routes() {
    return Object.fromEntries(this.#routes.map((route) => [route.name, route.filePath]));
  }
  get style() { return "nextjs"; }
}
setAttributes(FileSystemRouter.prototype, { enumerable: true, configurable: false });
setTag(FileSystemRouter.prototype, "FileSystemRouter");

function checkRoute({ name, parts }) {
  const names = new Set();
  parts.forEach((part, index) => {
    if (part.name === undefined) return;
    const isLast = index === parts.length - 1;
    if (part.isMany && !isLast) throw new Error(`Catch-all must be at the end of route "${name}"`);
    if (names.has(part.name)) throw new Error(`Route "${name}" repeats a parameter`);
    names.add(part.name);
  });
}

module.exports = { FileSystemRouter: require("bun/native-class").callable(FileSystemRouter) };
