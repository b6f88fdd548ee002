"use strict";
// rm: files, and folders with -r or, where they are empty, -d.

const fs = require("node/fs");
const path = require("node/path");
const { wordsOf } = require("shell/errors");
const { flagsOf } = require("shell/builtins");

const USAGE = "usage: rm [-f | -i] [-dIPRrvWx] file ...\n       unlink [--] file\n";
const LONG = {
  "--recursive": "r", "--force": "f", "--dir": "d", "--verbose": "v", "--preserve-root": "p",
  "--no-preserve-root": "n", "--interactive": "i", "--interactive=never": "f",
};

class Removal {
  #context;
  #flags;
  code = 0;

  constructor(context, flags) {
    this.#context = context;
    this.#flags = flags;
  }

  async #failed(shown, error) {
    if (error.code === "ENOENT" && this.#flags.has("f")) return;
    this.code = await this.#context.fail(`${shown}: ${wordsOf(error)}`);
  }

  async #told(shown) {
    if (this.#flags.has("v")) await this.#context.out(`${shown}\n`);
  }

  async remove(full, shown) {
    try {
      const isFolder = fs.lstatSync(full).isDirectory();
      const isRecursive = this.#flags.has("r") || this.#flags.has("R");
      if (isFolder && !isRecursive && !this.#flags.has("d")) {
        this.code = await this.#context.fail(`${shown}: Is a directory`);
        return;
      }
      if (isFolder && isRecursive) {
        for (const name of fs.readdirSync(full)) {
          await this.remove(path.join(full, name), path.join(shown, name));
        }
      }
      if (isFolder) fs.rmdirSync(full);
      else fs.unlinkSync(full);
      await this.#told(shown);
    } catch (error) {
      await this.#failed(shown, error);
    }
  }
}

async function rm(context) {
  const { arguments: words, state, say, fail } = context;
  const parsed = flagsOf(words, { letters: "fiIdPRrvWx", long: LONG });
  if (typeof parsed === "string") return fail(`illegal option -- ${parsed.replace(/^-/, "")}`);
  const [flags, names] = parsed;
  if (names.length === 0) {
    if (flags.has("f")) return 0;
    await say(USAGE);
    return 1;
  }
  const removal = new Removal(context, flags);
  for (const name of names) {
    const full = state.resolve(name);
    const isRoot = full === "/" && !flags.has("n");
    if (isRoot) return fail("\"/\" may not be removed");
    if (/(?:^|\/)\.{1,2}\/*$/.test(name)) return fail("\".\" and \"..\" may not be removed");
    await removal.remove(full, name);
  }
  return removal.code;
}

module.exports = { rm };
