"use strict";
// The commands that the shell has itself. Each takes { name, arguments, state, exported, stdin,
// out(text), say(text), fail(text, code) } and answers its exit code. Their words are Bun's.

const fs = require("node/fs");
const path = require("node/path");
const { wordsOf } = require("shell/errors");

const { Map, Number, Object } = globalThis;

const EXIT_CODES = 256;
const CREATE_MODE = 0o777;
const YES_REPEATS = 1024;

const ESCAPES = {
  "\\": "\\", a: "\x07", b: "\b", e: "\x1b", E: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v",
};
const ECHO_ESCAPE = /\\(?:0([0-7]{0,3})|x([\da-fA-F]{1,2})|(c)|([\\abeEfnrtv]))/g;

// The text of `echo -e`, and whether it ended at a `\c`.
function unescaped(text) {
  const end = /(?<!\\)(?:\\\\)*\\c/.exec(text);
  const shown = end === null ? text : text.slice(0, end.index + end[0].length - 2);
  const replaced = shown.replace(ECHO_ESCAPE, (all, octal, hexadecimal, _stop, letter) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal || "0", 8) & 0xff);
    if (hexadecimal !== undefined) return String.fromCharCode(Number.parseInt(hexadecimal, 16));
    return ESCAPES[letter] ?? all;
  });
  return [replaced, end !== null];
}

async function echo({ arguments: words, out }) {
  let hasLineEnd = true;
  let isEscaped = false;
  let index = 0;
  for (; index < words.length && /^-[neE]+$/.test(words[index]); index++) {
    for (const flag of words[index].slice(1)) {
      if (flag === "n") hasLineEnd = false;
      else isEscaped = flag === "e";
    }
  }
  const text = words.slice(index).join(" ");
  if (isEscaped) {
    const [shown, isCut] = unescaped(text);
    await out(hasLineEnd && !isCut ? `${shown}\n` : shown);
  } else {
    // As in Bun, ends of lines at the end of the text are taken for the line's own.
    await out(hasLineEnd ? `${text.replace(/\n+$/, "")}\n` : text);
  }
  return 0;
}

async function cd({ arguments: words, state, fail }) {
  if (words.length > 1) return fail("too many arguments");
  const name = words[0] === "-" ? state.previous ?? state.cwd : words[0];
  const wanted = name ?? state.lookUp("HOME") ?? "";
  const target = state.resolve(wanted);
  let isFolder = false;
  try {
    isFolder = fs.statSync(target).isDirectory();
    if (isFolder) fs.accessSync(target, fs.constants.X_OK);
  } catch (error) {
    if (error.code === "ENAMETOOLONG") return fail("file name too long");
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") {
      return fail(`${wordsOf(error)}: ${wanted}`);
    }
  }
  if (!isFolder) return fail(`not a directory: ${wanted}`);
  state.previous = state.cwd;
  state.exported.set("OLDPWD", state.cwd);
  state.cwd = target;
  state.exported.set("PWD", target);
  return 0;
}

async function pwd({ arguments: words, state, out, fail }) {
  if (words.length > 0) return fail("too many arguments");
  await out(`${state.cwd}\n`);
  return 0;
}

async function exportVariables({ arguments: words, state, out }) {
  if (words.length === 0) {
    const lines = [...state.exported].map(([name, value]) => `${name}=${value}\n`);
    await out(lines.sort().join(""));
    return 0;
  }
  for (const word of words) {
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    const value = at < 0 ? state.lookUp(name) ?? "" : word.slice(at + 1);
    state.own.delete(name);
    state.exported.set(name, value);
  }
  return 0;
}

async function exit({ arguments: words, fail }) {
  if (words.length > 1) return fail("too many arguments");
  if (words.length === 0) return 0;
  if (!/^\d+$/.test(words[0])) return fail("numeric argument required");
  return Number(words[0]) % EXIT_CODES;
}

async function which({ arguments: words, state, exported, out }) {
  if (words.length === 0) {
    await out("\n");
    return 1;
  }
  let code = 0;
  for (const word of words) {
    const found = Bun.which(word, { PATH: exported.get("PATH") ?? "", cwd: state.cwd });
    if (found === null) code = 1;
    await out(found === null ? `which: ${word} not found\n` : `${found}\n`);
  }
  return code;
}

async function dirname({ arguments: words, out, say }) {
  if (words.length === 0) {
    await say("usage: dirname string\n");
    return 1;
  }
  for (const word of words) await out(`${path.dirname(word)}\n`);
  return 0;
}

async function basename({ arguments: words, out, say }) {
  if (words.length === 0) {
    await say("usage: basename string\n");
    return 1;
  }
  for (const word of words) await out(`${/^\/+$/.test(word) ? "/" : path.basename(word)}\n`);
  return 0;
}

async function yes({ arguments: words, out, fail }) {
  const line = `${words.length === 0 ? "y" : words.join(" ")}\n`;
  const lines = line.repeat(Math.max(1, Math.floor(YES_REPEATS / line.length)));
  try {
    for (;;) {
      await out(lines);
      await new Promise((resolve) => { setImmediate(resolve); });
    }
  } catch (error) {
    if (error?.code === "EPIPE") throw error;
    return fail(error.code);
  }
}

const SEQ_USAGE = "usage: seq [-w] [-f format] [-s string] [-t string] [first [incr]] last\n";

const SEQ_OPTION = /^(?:-([st])|--(separator|terminator)=?)(.*)$/s;

// { numbers, separator, terminator, isPadded } or the words of what is wrong.
function sequenceOptions(words) {
  const options = { separator: "\n", terminator: "", isPadded: false, numbers: [] };
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === "-w" || word === "--fixed-width") {
      options.isPadded = true;
      continue;
    }
    const [, letter, long, inline] = SEQ_OPTION.exec(word) ?? [];
    if (letter === undefined && long === undefined) {
      options.numbers = words.slice(index);
      break;
    }
    const value = inline !== "" ? inline : words[++index];
    if (value === undefined) return `option requires an argument -- ${letter ?? long}`;
    options[letter === "s" || long === "separator" ? "separator" : "terminator"] = value;
  }
  return options;
}

async function seq({ arguments: words, out, say, fail }) {
  const options = sequenceOptions(words);
  if (typeof options === "string") return fail(options);
  const numbers = options.numbers.map(Number);
  if (numbers.length === 0) {
    await say(SEQ_USAGE);
    return 1;
  }
  if (options.numbers.some((word) => word.trim() === "") || !numbers.every(Number.isFinite)) {
    return fail("invalid argument");
  }
  const isAlone = numbers.length === 1;
  const first = isAlone ? 1 : numbers[0];
  const last = isAlone ? numbers[0] : numbers[numbers.length > 2 ? 2 : 1];
  const step = numbers.length > 2 ? numbers[1] : first > last ? -1 : 1;
  if (step === 0) return fail("zero increment");
  if (first > last && step > 0) return fail("needs negative decrement");
  if (first < last && step < 0) return fail("needs positive increment");
  let text = "";
  for (let number = first; step > 0 ? number <= last : number >= last; number += step) {
    text += `${number}${options.separator}`;
  }
  await out(text + options.terminator);
  return 0;
}

// [flags, names] of a command line, or the first letter that is no flag.
function flagsOf(words, allowed) {
  const flags = new Set();
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index];
    if (word === "--") {
      index++;
      break;
    }
    if (!/^-./.test(word)) break;
    if (word.startsWith("--")) {
      const known = allowed.long?.[word];
      if (known === undefined) return word;
      flags.add(known);
      continue;
    }
    for (const letter of word.slice(1)) {
      if (!allowed.letters.includes(letter)) return letter;
      flags.add(letter);
    }
  }
  return [flags, words.slice(index)];
}

async function mkdir({ arguments: words, state, out, say, fail }) {
  const parsed = flagsOf(words, {
    letters: "pv", long: { "--parents": "p", "--verbose": "v", "--vebose": "v" },
  });
  if (typeof parsed === "string") return fail("illegal option -- ");
  const [flags, names] = parsed;
  if (names.length === 0) {
    await say("usage: mkdir [-pv] [-m mode] directory_name ...\n");
    return 1;
  }
  let code = 0;
  for (const name of names) {
    const full = state.resolve(name);
    try {
      fs.mkdirSync(full, { recursive: flags.has("p"), mode: CREATE_MODE });
      if (flags.has("v")) await out(`${full}\n`);
    } catch (error) {
      code = await fail(`${full}: ${wordsOf(error)}`);
    }
  }
  return code;
}

async function touch({ arguments: words, state, say, fail }) {
  const parsed = flagsOf(words, { letters: "" });
  if (typeof parsed === "string") return fail("illegal option -- ");
  const [, names] = parsed;
  if (names.length === 0) {
    await say("usage: touch [-A [-][[hh]mm]SS] [-achm] [-r file] [-t [[CC]YY]MMDDhhmm[.SS]]\n" +
      "       [-d YYYY-MM-DDThh:mm:SS[.frac][tz]] file ...\n");
    return 1;
  }
  let code = 0;
  for (const name of names) {
    const full = state.resolve(name);
    try {
      const now = new Date();
      try {
        fs.utimesSync(full, now, now);
      } catch (error) {
        if (error.code !== "ENOENT") throw error;
        fs.closeSync(fs.openSync(full, "a"));
      }
    } catch (error) {
      code = await fail(`${full}: ${wordsOf(error)}`);
    }
  }
  return code;
}

const COMMANDS = new Map(Object.entries({
  echo, cd, pwd, exit, which, dirname, basename, yes, seq, mkdir, touch,
  export: exportVariables,
  true: async () => 0,
  false: async () => 1,
}));
const ELSEWHERE = {
  ls: "shell/builtins/list", mv: "shell/builtins/copy", rm: "shell/builtins/remove",
};

/// The command with this name, where the shell has it.
function find(name) {
  const home = Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined;
  return home === undefined ? COMMANDS.get(name) : require(home)[name];
}

module.exports = { find, flagsOf };
