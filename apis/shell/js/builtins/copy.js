"use strict";
// mv: renames, and copies where a name is on another file system.

const fs = require("node/fs");
const path = require("node/path");
const { wordsOf, exitCodeOf } = require("shell/errors");
const { flagsOf } = require("shell/builtins");

const USAGE = "usage: mv [-f | -i | -n] [-hv] source target\n" +
  "       mv [-f | -i | -n] [-v] source ... directory\n";

function isFolder(name) {
  try {
    return fs.statSync(name).isDirectory();
  } catch {
    return false;
  }
}

function move(source, target) {
  try {
    fs.renameSync(source, target);
  } catch (error) {
    if (error.code !== "EXDEV") throw error;
    fs.cpSync(source, target, { recursive: true, preserveTimestamps: true });
    fs.rmSync(source, { recursive: true });
  }
}

async function mv({ arguments: words, state, out, say, fail }) {
  const parsed = flagsOf(words, { letters: "fhinv" });
  if (typeof parsed === "string") return fail(`illegal option -- ${parsed}`);
  const [flags, names] = parsed;
  if (names.length < 2) {
    await say(USAGE);
    return 1;
  }
  const last = names.at(-1);
  const sources = names.slice(0, -1);
  const target = state.resolve(last);
  const goesInside = isFolder(target);
  if (sources.length > 1 && !goesInside) {
    const isThere = fs.existsSync(target);
    return fail(isThere ? `${last} is not a directory` : `${last}: No such file or directory`);
  }
  for (const name of sources) {
    const source = state.resolve(name);
    const end = goesInside ? path.join(target, path.basename(source)) : target;
    if (flags.has("n") && fs.existsSync(end)) continue;
    try {
      move(source, end);
      const shown = goesInside ? path.join(last, path.basename(name)) : last;
      if (flags.has("v")) await out(`${name} -> ${shown}\n`);
    } catch (error) {
      return fail(`${name}: ${wordsOf(error)}`, -exitCodeOf(error) & 0xff);
    }
  }
  return 0;
}

module.exports = { mv };
