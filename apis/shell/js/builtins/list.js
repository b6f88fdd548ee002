"use strict";
// ls: names in folders, with -a, -A, -d, -l, -R; flags of other systems are taken and do nothing.

const fs = require("node/fs");
const path = require("node/path");
const { wordsOf } = require("shell/errors");
const { flagsOf } = require("shell/builtins");

const { Date, Map } = globalThis;

const LETTERS = "aAbBcCdDfFgGhHiIklLmnNopqQrRsStTuUvwxXZ1";
const TYPES = new Map([[0o040000, "d"], [0o120000, "l"], [0o020000, "c"], [0o060000, "b"],
  [0o010000, "p"], [0o140000, "s"]]);
const TYPE_MASK = 0o170000;
const HALF_YEAR_MS = 182 * 24 * 3600 * 1000;

function modeText(mode) {
  const letters = "rwxrwxrwx";
  let text = TYPES.get(mode & TYPE_MASK) ?? "-";
  for (let bit = 0; bit < letters.length; bit++) {
    text += mode & (0o400 >> bit) ? letters[bit] : "-";
  }
  return text;
}

function timeText(time) {
  const date = new Date(time);
  const month = date.toLocaleString("en-US", { month: "short" });
  const day = String(date.getDate()).padStart(2);
  const isRecent = Math.abs(Date.now() - time) < HALF_YEAR_MS;
  const clock = `${date.getHours()}`.padStart(2, "0") + `:${date.getMinutes()}`.padStart(3, ":0");
  return `${month} ${day} ${isRecent ? clock.slice(0, 5) : ` ${date.getFullYear()}`}`;
}

function longLine(full, name) {
  try {
    const status = fs.lstatSync(full);
    const owner = `${status.nlink} ${status.uid} ${status.gid}`;
    return `${modeText(status.mode)} ${owner} ${status.size} ${timeText(status.mtimeMs)} ${name}\n`;
  } catch {
    return `${name}\n`;
  }
}

class Listing {
  #flags;
  #out;
  #fail;
  code = 0;

  constructor(flags, { out, fail }) {
    this.#flags = flags;
    this.#out = out;
    this.#fail = fail;
  }

  #line(full, name) {
    return this.#flags.has("l") ? longLine(full, name) : `${name}\n`;
  }

  // One folder, and with -R those in it; `head` is whether its name stands above.
  async folder(full, shown, head) {
    let entries;
    try {
      entries = fs.readdirSync(full, { withFileTypes: true });
    } catch (error) {
      if (error.code !== "ENOTDIR") {
        this.code = await this.#fail(`${shown}: ${wordsOf(error)}`);
        return;
      }
      await this.#out(this.#line(full, shown));
      return;
    }
    const showsAll = this.#flags.has("a");
    let text = head ? `${shown}:\n` : "";
    if (showsAll) text += this.#line(full, ".") + this.#line(path.dirname(full), "..");
    const visible = entries.filter((entry) =>
      showsAll || this.#flags.has("A") || !entry.name.startsWith(".")
    );
    for (const { name } of visible) text += this.#line(path.join(full, name), name);
    if (!this.#flags.has("R")) {
      await this.#out(text);
      return;
    }
    await this.#out(text);
    for (const entry of visible) {
      if (!entry.isDirectory()) continue;
      const inner = shown === "/" ? `/${entry.name}` : `${shown}/${entry.name}`;
      await this.folder(path.join(full, entry.name), inner, true);
    }
  }

  // What is named on the command line.
  async named(full, shown, isOneOfMany) {
    let status;
    try {
      status = this.#flags.has("d") ? fs.lstatSync(full) : fs.statSync(full);
    } catch (error) {
      this.code = await this.#fail(`${shown}: ${wordsOf(error)}`);
      return;
    }
    if (this.#flags.has("d") || !status.isDirectory()) {
      await this.#out(this.#line(full, shown));
      return;
    }
    await this.folder(full, shown, isOneOfMany);
  }
}

async function ls(context) {
  const { arguments: words, state, fail } = context;
  const parsed = flagsOf(words, { letters: LETTERS });
  if (typeof parsed === "string") return fail(`illegal option -- ${parsed}`);
  const [flags, names] = parsed;
  const listing = new Listing(flags, context);
  if (names.length === 0) await listing.named(state.cwd, ".", false);
  const hasHeads = names.length > 1;
  for (const name of names) await listing.named(state.resolve(name), name, hasHeads);
  return listing.code;
}

module.exports = { ls };
