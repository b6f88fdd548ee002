"use strict";
// From words of the tree to the words a command gets: variables, substitutions, `~`, braces and
// globs. Variables are not taken apart at white space; the output of a substitution is, unless it
// stands in quotes.

const { Object, process: theProcess } = globalThis;

const GLOB_SPECIAL = /[\\*?[\]{}!]/g;
const BRACE_SPECIAL = /[\\{},]/g;

// Parts of a word while it grows: for the brace expansion and the glob what is quoted must stay
// quoted, so three forms of one word are kept side by side.
class Word {
  text = "";
  braces = "";
  glob = "";
  isPresent = false;
  hasGlob = false;

  add(text) {
    this.text += text;
    this.braces += text.replace(BRACE_SPECIAL, "\\$&");
    this.glob += text.replace(GLOB_SPECIAL, "\\$&");
    this.isPresent ||= text !== "";
  }

  addSpecial(text) {
    this.text += text;
    this.braces += text;
    this.glob += text;
    this.isPresent = true;
  }
}

const SPECIAL_TEXT = {
  asterisk: "*", double_asterisk: "**", brace_begin: "{", brace_end: "}", comma: ",",
};

/// The words that one atom of the tree stands for. `context` has state, substitute(script), which
/// answers the output of a script, and isAssignment.
async function expandAtom(atom, context) {
  const parts = atom.compound?.atoms ?? [atom.simple];
  const words = [new Word()];
  for (let index = 0; index < parts.length; index++) {
    await expandPart(parts[index], parts[index + 1], words, context);
  }
  const compound = atom.compound;
  const texts = [];
  for (const word of words) {
    if (!word.isPresent) continue;
    const isBraced = compound?.brace_expansion_hint === true;
    const expanded = isBraced ? ops.shellBraces(word.braces) : [word.text];
    for (const text of expanded) {
      if (!word.hasGlob) texts.push(text);
      else texts.push(...globbed(isBraced ? text : word.glob, text, context));
    }
  }
  return texts;
}

async function expandPart(part, next, words, context) {
  const word = words.at(-1);
  const { state } = context;
  const kind = Object.keys(part)[0];
  switch (kind) {
    case "Text": word.add(part.Text); return;
    case "Var": word.add(state.lookUp(part.Var) ?? ""); return;
    case "VarArgv": word.add(theProcess.argv[part.VarArgv] ?? ""); return;
    case "quoted_empty": word.isPresent = true; return;
    case "tilde":
      word.add(next === undefined || isPathEnd(next) ? state.lookUp("HOME") ?? "" : "~");
      word.isPresent = true;
      return;
    case "cmd_subst": await expandCommand(part.cmd_subst, words, context); return;
    default:
  }
  word.hasGlob ||= kind === "asterisk" || kind === "double_asterisk";
  word.addSpecial(SPECIAL_TEXT[kind]);
}

/// Whether `~` before this part is the whole name of a folder.
const isPathEnd = (part) => part.cmd_subst !== undefined || part.Text?.startsWith("/") === true;

async function expandCommand({ script, quoted }, words, context) {
  const output = await context.substitute(script);
  if (quoted) {
    const word = words.at(-1);
    word.add(output.replace(/\n+$/, ""));
    word.isPresent = true;
    return;
  }
  const fields = output.split(/[ \t\r\n]+/);
  fields.forEach((field, index) => {
    if (index > 0) {
      const isLast = index === fields.length - 1;
      if (field === "" && isLast) return;
      if (words.at(-1).isPresent) words.push(new Word());
    }
    words.at(-1).add(field);
  });
}

function globbed(pattern, text, { state, isAssignment }) {
  const { Glob } = require("bun/glob");
  const found = [...new Glob(pattern).scanSync({ cwd: state.cwd, onlyFiles: false })];
  if (found.length > 0) return found.sort();
  if (isAssignment) return [text];
  throw new NoMatch(text);
}

/// A pattern that nothing fits.
class NoMatch {
  constructor(pattern) { this.message = `bun: no matches found: ${pattern}\n`; }
}

module.exports = { expandAtom, NoMatch };
