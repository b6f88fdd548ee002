// path.matchesGlob: a glob pattern as a regular expression. Pure; fails with
// ERR_INVALID_ARG_TYPE.
"use strict";

const { expectString } = require("node/errors");

/** Patterns seen lately, so that matching many paths compiles once. */
const compiled = new Map();
const COMPILED_MAX = 256;

const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

function closingBracket(pattern, open) {
  let index = open + 1;
  if (pattern[index] === "!" || pattern[index] === "^") index++;
  if (pattern[index] === "]") index++;
  while (index < pattern.length && pattern[index] !== "]") {
    index += pattern[index] === "\\" ? 2 : 1;
  }
  return index < pattern.length ? index : -1;
}

function classOf(body) {
  const negated = body[0] === "!" || body[0] === "^";
  const members = (negated ? body.slice(1) : body).replace(/[[\]^]|\\(?![\]\\^-])/g, "\\$&");
  return negated ? `[^/${members}]` : `(?!/)[${members}]`;
}

function hasBraceEnd(pattern, open) {
  let depth = 0;
  for (let index = open; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === "\\") index++;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return true;
  }
  return false;
}

/** `**` as a whole segment spans any number of segments; answers the index behind it. */
function starsAt(pattern, index, parts) {
  let end = index;
  while (pattern[end] === "*") end++;
  const atStart = index === 0 || "/{,".includes(pattern[index - 1]);
  const atEnd = end === pattern.length || "/},".includes(pattern[end]);
  if (end - index < 2 || !atStart || !atEnd) {
    parts.push("[^/]*");
    return end;
  }
  if (pattern[end] === "/") {
    parts.push("(?:[^/]+/)*");
    return end + 1;
  }
  parts.push(".*");
  return end;
}

function sourceOf(pattern) {
  const parts = [];
  let braces = 0;
  for (let index = 0; index < pattern.length;) {
    const character = pattern[index];
    if (character === "*") {
      index = starsAt(pattern, index, parts);
      continue;
    }
    const close = character === "[" ? closingBracket(pattern, index) : -1;
    if (close >= 0) {
      parts.push(classOf(pattern.slice(index + 1, close)));
      index = close + 1;
      continue;
    }
    index++;
    if (character === "?") parts.push("[^/]");
    else if (character === "{" && hasBraceEnd(pattern, index - 1)) {
      braces++;
      parts.push("(?:");
    } else if (character === "}" && braces > 0) {
      braces--;
      parts.push(")");
    } else if (character === "," && braces > 0) parts.push("|");
    else if (character === "\\" && index < pattern.length) {
      parts.push(pattern[index++].replace(SPECIAL, "\\$&"));
    } else parts.push(character.replace(SPECIAL, "\\$&"));
  }
  return parts.join("");
}

function expressionOf(pattern) {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  let start = 0;
  while (pattern[start] === "!") start++;
  const expression = new RegExp(`^${sourceOf(pattern.slice(start))}$`, "su");
  const made = { expression, negated: start % 2 === 1 };
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

function matchesGlob(path, pattern, isWindows) {
  expectString(path, "path");
  expectString(pattern, "pattern");
  const subject = isWindows ? path.replaceAll("\\", "/") : path;
  const glob = isWindows ? pattern.replaceAll("\\", "/") : pattern;
  const { expression, negated } = expressionOf(glob);
  return expression.test(subject) !== negated;
}

module.exports = { matchesGlob };
