// --changed: only test files that a change, as git sees it, reaches. Without a commit to compare
// with, the change is what is not committed; files that git does not know yet count too. With
// --watch it is, from the second run on, what has changed since the run before.
"use strict";

const { runner } = require("test/state");
const { registry } = require("runtime/modules");
const { dirname, resolve } = require("node/path");
const { plural } = require("test/report");

function git(words, directory) {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...words], { cwd: directory });
  if (exitCode !== 0) throw new Error(`--changed: ${stderr.toString().trim()}`);
  return stdout.toString();
}

// Set by the watcher of the run before.
const CHANGED = "DX_WATCH_CHANGED";
const changedSince = process.env[CHANGED]?.split("\n");
delete process.env[CHANGED];

// Absolute paths of changed files.
function changedFiles() {
  if (changedSince !== undefined) return new Set(changedSince);
  const { directory, changed } = runner.options;
  const root = git(["rev-parse", "--show-toplevel"], directory).trim();
  const lists = [
    git(["diff", "--name-only", "-z", changed === "" ? "HEAD" : changed], root),
    git(["ls-files", "--others", "--exclude-standard", "-z"], root),
  ];
  const names = lists.join("").split("\0").filter((name) => name !== "");
  return new Set(names.map((name) => resolve(root, name)));
}

// The files that a file imports, without running any. What does not parse imports nothing.
function importsOf(path) {
  const found = [];
  for (const specifier of ops.importedNames(path)) {
    try {
      const place = registry.resolve(specifier, path, false);
      if (place.path?.startsWith("/") && !place.path.includes("/node_modules/")) {
        found.push(place.path);
      }
    } catch {
      // It may be a file that is not there any more, which is a change as well.
      if (/^\.{1,2}\//.test(specifier)) found.push(resolve(dirname(path), specifier));
    }
  }
  return found;
}

// Whether a change reaches a file, itself or by what it imports. Where changes are waited for, all
// that it imports is looked at, so that all of it is watched.
function reaches(path, changed, seen) {
  if (seen.has(path)) return false;
  seen.add(path);
  const { watch } = runner.options;
  if (watch) ops.watchFile(path);
  let isReached = changed.has(path);
  if (isReached && !watch) return true;
  for (const inner of importsOf(path)) {
    isReached = reaches(inner, changed, seen) || isReached;
    if (isReached && !watch) return true;
  }
  return isReached;
}

// The files among these that are to run, and what is said of them.
function choose(files) {
  const changed = changedFiles();
  const chosen = files.filter((file) => reaches(file, changed, new Set()));
  if (changed.size === 0) return { files: [], message: "no changed files, nothing to run" };
  const count = `${changed.size} changed file${plural(changed.size)}`;
  const message = chosen.length === 0
    ? `${count}, but no test files are affected`
    : `${count}, running ${chosen.length}/${files.length} test file${plural(files.length)}`;
  return { files: chosen, message };
}

module.exports = { choose };
