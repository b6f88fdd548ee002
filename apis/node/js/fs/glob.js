// fs.glob, fs.globSync and the iterator of node:fs/promises. Folders are walked once for all
// patterns: each brings the segments that may still match below it. The walk is a generator that
// yields listings, at once or as promises.
"use strict";

const sync = require("node/fs-sync");
const files = require("node/fs-async");
const checks = require("node/fs-checks");
const { expandBraces, segmentMatcher, hasMagic, compile } = require("node/fs-glob-pattern");
const paths = require("node/path");
const { Array, Map, Set, Object, Symbol } = globalThis;

const ANY_DEPTH = Symbol("any depth");
const PARENT = Symbol("parent");

// ---- Patterns --------------------------------------------------------------------------------

// A pattern without braces: the folder it starts in and what is matched below it.
function prepare(text) {
  const normal = text.replaceAll("\\", "/");
  const foldersOnly = normal.endsWith("/");
  const isAbsolute = normal.startsWith("/");
  const startsHere = normal.startsWith("./");
  const segments = normal.split("/").filter((segment) => segment !== "" && segment !== ".");
  let first = 0;
  while (first < segments.length - 1 && !hasMagic(segments[first])) first++;
  if (first < segments.length && segments[first] === "..") first++;
  const base = (isAbsolute ? "/" : "") + segments.slice(0, first).join("/");
  const matchers = [];
  for (const segment of segments.slice(first)) {
    if (segment === "..") matchers.push(PARENT);
    else if (segment !== "**") matchers.push(matcherOf(segment));
    else if (matchers.at(-1) !== ANY_DEPTH) matchers.push(ANY_DEPTH);
  }
  return { base: base === "" ? "." : paths.normalize(base), matchers, foldersOnly, startsHere };
}

function matcherOf(segment) {
  const test = segmentMatcher(segment);
  return { test, isLiteral: !hasMagic(segment) };
}

function excluder(exclude) {
  if (exclude === undefined || exclude === null) return undefined;
  if (typeof exclude === "function") return exclude;
  const isList = Array.isArray(exclude) && exclude.every((each) => typeof each === "string");
  if (!isList) {
    throw require("node/errors").invalidType(
      "options.exclude", "of type function or string[]", exclude);
  }
  return exclude.map((pattern) => {
    const path = paths.normalize(pattern.replaceAll("\\", "/")).replace(/\/$/, "");
    const matches = compile(path, { dot: true });
    if (!path.endsWith("/**")) return matches;
    // "**" at the end names the folder above it as well.
    const isFolder = compile(path.slice(0, -"/**".length), { dot: true });
    return (each) => matches(each) || isFolder(each);
  });
}

function checkPatterns(patterns) {
  const { validateString, validateStringArray } = require("node/errors");
  if (patterns !== null && typeof patterns === "object") {
    validateStringArray(patterns, "patterns");
    return patterns;
  }
  validateString(patterns, "patterns");
  return [patterns];
}

// ---- The walk --------------------------------------------------------------------------------

class Walk {
  constructor(patterns, options) {
    const given = checkPatterns(patterns);
    const { cwd, exclude, withFileTypes = false } = options ?? {};
    this.cwd = folderOf(cwd);
    this.withFileTypes = withFileTypes;
    const excludes = excluder(exclude);
    this.excludes = typeof excludes === "function" ? excludes : undefined;
    this.excludedPaths = Array.isArray(excludes) ? excludes : [];
    this.found = new Set();
    this.patterns = given.flatMap(expandBraces).filter((text) => text !== "").map(prepare);
  }

  isExcludedPath(path) {
    return this.excludedPaths.some((matches) => matches(path));
  }

  // Whether the program's function leaves out an entry, asked by name or by Dirent.
  isRefused(entry) {
    if (this.excludes === undefined) return false;
    return Boolean(this.excludes(this.withFileTypes ? entry : entry.name));
  }

  emit(entry, path) {
    if (this.found.has(path)) return undefined;
    this.found.add(path);
    return { entry, path };
  }
}

function folderOf(cwd) {
  if (cwd === undefined || cwd === null) return globalThis.process.cwd();
  if (typeof cwd === "object") return checks.shown(checks.path(cwd));
  return paths.resolve(cwd);
}

const compareNames = (first, second) =>
  first.name < second.name ? -1 : first.name > second.name ? 1 : 0;

// An entry for a path that no listing has named.
function entryOf(stats, path) {
  const { Dirent } = require("node/fs-dirent");
  const kind = stats.isDirectory() ? 2 : stats.isSymbolicLink() ? 3 : 1;
  return new Dirent(paths.basename(path), kind, paths.dirname(path));
}

// Yields { ask } for listings and status, { found } for what matches.
function* walk(state) {
  // Folders still to be read: path, and the states that wait in it.
  const folders = [];
  const byBase = new Map();
  for (const pattern of state.patterns) {
    const waiting = byBase.get(pattern.base) ?? [];
    waiting.push({ pattern, index: 0 });
    byBase.set(pattern.base, waiting);
  }
  for (const [base, waiting] of byBase) folders.push({ path: base, waiting });
  folders.reverse();
  for (let index = folders.length - 1; index >= 0; index--) {
    const isRefused = yield* emitFolder(state, folders[index]);
    if (isRefused) folders.splice(index, 1);
  }
  while (folders.length > 0) {
    const folder = folders.pop();
    const below = [];
    yield* leaveFolder(state, folder, below);
    yield* readFolder(state, folder, below);
    for (const each of below) folders.push(each);
  }
}

// A pattern that ends in "**", or in nothing, names the folder it starts in. Answers whether the
// program leaves that folder out, with all that is in it.
function* emitFolder(state, folder) {
  if (state.isExcludedPath(folder.path)) return true;
  const isNamed = folder.waiting.some(({ pattern, index }) =>
    index === pattern.matchers.length ||
    (pattern.matchers[index] === ANY_DEPTH && index === pattern.matchers.length - 1));
  if (!isNamed) return false;
  const full = paths.resolve(state.cwd, folder.path);
  const stats = yield { ask: "stat", path: full };
  if (stats === undefined || !stats.isDirectory()) return false;
  const entry = entryOf(stats, full);
  if (state.isRefused(entry)) return true;
  const found = state.emit(entry, folder.path);
  if (found !== undefined) yield { found };
  return false;
}

// States that go on in the folder above, as text has it: links are not followed back.
function* leaveFolder(state, folder, below) {
  const leaving = folder.waiting.flatMap(({ pattern, index }) => {
    const { matchers } = pattern;
    const at = matchers[index] === ANY_DEPTH ? index + 1 : index;
    return matchers[at] === PARENT ? [{ pattern, index: at + 1 }] : [];
  });
  if (leaving.length === 0) return;
  const above = { path: paths.join(folder.path, ".."), waiting: leaving };
  yield* emitFolder(state, above);
  below.push(above);
}

function* readFolder(state, folder, below) {
  if (folder.waiting.every(({ pattern, index }) => isSpent(pattern, index))) return;
  const full = paths.resolve(state.cwd, folder.path);
  const listing = yield { ask: "readdir", path: full };
  if (listing === undefined) return;
  for (const entry of listing.sort(compareNames)) {
    const path = folder.path === "." ? entry.name : paths.join(folder.path, entry.name);
    const next = new Map();
    let isFound = false;
    for (const waiting of folder.waiting) {
      // The function is asked of what "**" would take, and of nothing else.
      if (isDeep(waiting) && state.isRefused(entry)) continue;
      isFound = step(waiting, entry, next) || isFound;
    }
    if (isFound && entry.isSymbolicLink() && folder.waiting.every(namesFolders)) {
      const stats = yield { ask: "stat", path: paths.resolve(state.cwd, path) };
      isFound = stats?.isDirectory() === true;
    }
    const isHidden = entry.name.startsWith(".") && !isFound && next.size === 0;
    if (isHidden || state.isExcludedPath(path)) continue;
    if (isFound) {
      const found = state.emit(entry, path);
      if (found !== undefined) yield { found };
    }
    if (next.size === 0) continue;
    below.push({ path, waiting: [...next.values()].flat() });
  }
}

const isDeep = ({ pattern, index }) => pattern.matchers[index] === ANY_DEPTH;
const namesFolders = ({ pattern }) => pattern.foldersOnly;

// Whether no entry of a folder can move a state on.
function isSpent({ matchers }, index) {
  return index >= matchers.length || matchers[index] === PARENT;
}

// Where one state goes with one entry; whether the entry is matched. New states go into `next`.
function step({ pattern, index }, entry, next) {
  if (isSpent(pattern, index)) return false;
  const { matchers, foldersOnly, startsHere } = pattern;
  const last = matchers.length - 1;
  const isFolder = entry.isDirectory();
  const suits = !foldersOnly || isFolder || (startsHere && entry.isSymbolicLink());
  const add = (at) => {
    const states = next.get(pattern) ?? [];
    if (!states.some((state) => state.index === at)) states.push({ pattern, index: at });
    next.set(pattern, states);
  };
  const matcher = matchers[index];
  if (matcher === ANY_DEPTH) return stepDeep(pattern, index, entry, add, suits);
  if (!matcher.test(entry.name)) return false;
  if (index === last) return suits;
  const mayEnter = isFolder || (matcher.isLiteral && entry.isSymbolicLink());
  if (mayEnter) add(index + 1);
  // What "**" at the end names includes the folder above it.
  return mayEnter && index + 1 === last && matchers[last] === ANY_DEPTH && suits;
}

// Links are entered once, for what follows "**", where that matches the link. A pattern that says
// that it begins here enters all, and lets what follows name links in any folder.
function stepDeep(pattern, index, entry, add, suits) {
  const { matchers, startsHere } = pattern;
  const last = matchers.length - 1;
  if (entry.name.startsWith(".")) return stepHidden(matchers, index, entry, add, suits);
  const isFolder = entry.isDirectory();
  if (isFolder) add(index);
  if (index === last) return suits;
  const following = matchers[index + 1];
  const isMatched = following !== PARENT && following.test(entry.name);
  if (startsHere ? isFolder || entry.isSymbolicLink() : isMatched && entry.isSymbolicLink()) {
    add(index + 1);
  }
  if (!isMatched) return false;
  if (index + 1 === last) return suits;
  if (isFolder || matchers[index + 2] === PARENT) add(index + 2);
  return isFolder && index + 2 === last && matchers[last] === ANY_DEPTH && suits;
}

// "**" passes by names with a dot; what follows it may still ask for them.
function stepHidden(matchers, index, entry, add, suits) {
  const following = matchers[index + 1];
  if (following === undefined || following === PARENT) return false;
  if (!following.test(entry.name)) return false;
  if (index + 1 === matchers.length - 1) return suits;
  if (entry.isDirectory()) add(index + 2);
  return false;
}

// ---- The faces -------------------------------------------------------------------------------

const LISTING = { withFileTypes: true };
const STATUS = { throwIfNoEntry: false };

function answerNow(request) {
  try {
    if (request.ask === "readdir") return sync.readdirSync(request.path, LISTING);
    return sync.statSync(request.path, STATUS);
  } catch {
    // What cannot be read has nothing that matches.
    return undefined;
  }
}

async function answerLater(request) {
  try {
    if (request.ask === "readdir") return await files.readdir(request.path, LISTING);
    return await files.stat(request.path, STATUS);
  } catch {
    return undefined;
  }
}

function globSync(patterns, options) {
  const state = new Walk(patterns, options);
  const steps = walk(state);
  const results = [];
  let given;
  for (;;) {
    const { value, done } = steps.next(given);
    if (done) return results;
    given = undefined;
    if (value.found === undefined) given = answerNow(value);
    else results.push(state.withFileTypes ? value.found.entry : value.found.path);
  }
}

function glob(patterns, options) {
  const state = new Walk(patterns, options);
  return iterate(state);
}

async function* iterate(state) {
  const steps = walk(state);
  let given;
  for (;;) {
    const { value, done } = steps.next(given);
    if (done) return;
    given = undefined;
    if (value.found === undefined) given = await answerLater(value);
    else yield state.withFileTypes ? value.found.entry : value.found.path;
  }
}

Object.assign(module.exports, { glob, globSync });
