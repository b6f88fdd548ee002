// Glob patterns: braces, segments, and regular expressions of them. Shared by fs.glob and whatever
// else matches paths. A pattern that cannot be a regular expression matches itself.
"use strict";

const { RegExp, Number, String, Math } = globalThis;

const MAGIC = /[*?[\](){}!+@|]/;
const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

function quote(text) {
  return text.replace(SPECIAL, "\\$&");
}

// ---- Braces ----------------------------------------------------------------------------------

// Where the brace at `start` closes, and the commas of its own level.
function braceParts(pattern, start) {
  let depth = 0;
  const parts = [];
  let from = start + 1;
  for (let index = start; index < pattern.length; index++) {
    const letter = pattern[index];
    if (letter === "\\") index++;
    else if (letter === "{") depth++;
    else if (letter === "," && depth === 1) {
      parts.push(pattern.slice(from, index));
      from = index + 1;
    } else if (letter === "}" && --depth === 0) {
      parts.push(pattern.slice(from, index));
      return { parts, end: index };
    }
  }
  return undefined;
}

function range(text) {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(text);
  if (numbers !== null) {
    const width = Math.max(numbers[1].length, numbers[2].length);
    const isPadded = /^-?0\d/.test(numbers[1]) || /^-?0\d/.test(numbers[2]);
    const write = (number) => isPadded ? String(number).padStart(width, "0") : String(number);
    return steps(Number(numbers[1]), Number(numbers[2]), Number(numbers[3] ?? 1)).map(write);
  }
  const letters = /^([a-zA-Z])\.\.([a-zA-Z])(?:\.\.(-?\d+))?$/.exec(text);
  if (letters === null) return undefined;
  const codes = steps(letters[1].charCodeAt(0), letters[2].charCodeAt(0), Number(letters[3] ?? 1));
  return codes.map((code) => String.fromCharCode(code));
}

function steps(from, to, by) {
  const step = Math.max(1, Math.abs(by));
  const found = [];
  if (from <= to) for (let at = from; at <= to; at += step) found.push(at);
  else for (let at = from; at >= to; at -= step) found.push(at);
  return found;
}

/** The patterns without braces that a pattern with braces stands for, in order. */
function expandBraces(pattern) {
  for (let start = 0; start < pattern.length; start++) {
    if (pattern[start] === "\\") start++;
    else if (pattern[start] === "{") {
      const found = braceParts(pattern, start);
      if (found === undefined) break;
      const before = pattern.slice(0, start);
      const choices = found.parts.length > 1 ? found.parts : range(found.parts[0]);
      if (choices === undefined) continue;
      const after = expandBraces(pattern.slice(found.end + 1));
      const expanded = [];
      for (const choice of choices) {
        for (const middle of expandBraces(choice)) {
          for (const rest of after) expanded.push(before + middle + rest);
        }
      }
      return expanded;
    }
  }
  return [pattern];
}

// ---- Segments --------------------------------------------------------------------------------

const CLASSES = {
  "[:alnum:]": "\\p{L}\\p{Nl}\\p{Nd}", "[:alpha:]": "\\p{L}\\p{Nl}", "[:ascii:]": "\\x00-\\x7f",
  "[:blank:]": "\\p{Zs}\\t", "[:cntrl:]": "\\p{Cc}", "[:digit:]": "\\p{Nd}",
  "[:lower:]": "\\p{Ll}", "[:punct:]": "\\p{P}", "[:space:]": "\\s", "[:upper:]": "\\p{Lu}",
  "[:word:]": "\\p{L}\\p{Nl}\\p{Nd}\\p{Pc}", "[:xdigit:]": "A-Fa-f0-9",
};

// A set of characters: its source and where it ends; undefined where it never closes.
function setAt(text, start) {
  let index = start + 1;
  const isNegated = text[index] === "!" || text[index] === "^";
  if (isNegated) index++;
  const first = index;
  let source = "";
  for (; index < text.length; index++) {
    const letter = text[index];
    if (letter === "]" && index > first) {
      return { source: `[${isNegated ? "^/" : ""}${source}]`, end: index };
    }
    const name = letter === "[" && /^\[:[a-z]+:\]/.exec(text.slice(index))?.[0];
    if (name && CLASSES[name] !== undefined) {
      source += CLASSES[name];
      index += name.length - 1;
    } else if (letter === "\\" && index + 1 < text.length) {
      index++;
      source += text[index] === "-" ? "\\-" : quote(text[index]);
    } else {
      source += quote(letter);
    }
  }
  return undefined;
}

// The choices of an extended pattern such as +(a|b): its source and where it ends.
function choicesAt(text, start) {
  let depth = 0;
  let from = start + 2;
  const choices = [];
  for (let index = start + 1; index < text.length; index++) {
    const letter = text[index];
    if (letter === "\\") index++;
    else if (letter === "(") depth++;
    else if (letter === "|" && depth === 1) {
      choices.push(sourceOf(text.slice(from, index)));
      from = index + 1;
    } else if (letter === ")" && --depth === 0) {
      choices.push(sourceOf(text.slice(from, index)));
      return { source: choices.join("|"), end: index };
    }
  }
  return undefined;
}

function extended(kind, choices, rest) {
  switch (kind) {
    case "@": return `(?:${choices})`;
    case "?": return `(?:${choices})?`;
    case "+": return `(?:${choices})+`;
    case "*": return `(?:${choices})*`;
    default: return `(?!(?:${choices})${rest === "" ? "$" : ""})[^/]*?`;
  }
}

// The regular expression's source of a segment, without anchors.
function sourceOf(text) {
  let source = "";
  for (let index = 0; index < text.length; index++) {
    const letter = text[index];
    if (text[index + 1] === "(" && "@?+*!".includes(letter)) {
      const found = choicesAt(text, index);
      if (found !== undefined) {
        source += extended(letter, found.source, text.slice(found.end + 1));
        index = found.end;
        continue;
      }
    }
    if (letter === "\\" && index + 1 < text.length) source += quote(text[++index]);
    else if (letter === "*") {
      while (text[index + 1] === "*") index++;
      source += "[^/]*?";
    } else if (letter === "?") source += "[^/]";
    else if (letter === "[") {
      const set = setAt(text, index);
      source += set === undefined ? "\\[" : set.source;
      if (set !== undefined) index = set.end;
    } else source += quote(letter);
  }
  return source;
}

function regExp(source) {
  try {
    return new RegExp(`^${source}$`, "u");
  } catch {
    return undefined;
  }
}

const hasMagic = (segment) => MAGIC.test(segment);

/** Tells whether a name is matched by a segment; names with a dot only by one that says so. */
function segmentMatcher(segment, dot = false) {
  if (!hasMagic(segment) && !segment.includes("\\")) return (name) => name === segment;
  const expression = regExp(sourceOf(segment));
  if (expression === undefined) return (name) => name === segment;
  if (dot || segment.startsWith(".")) return (name) => expression.test(name);
  return (name) => name.charCodeAt(0) !== 46 && expression.test(name);
}

// ---- Whole paths -----------------------------------------------------------------------------

// The source of a path's pattern without braces.
function pathSource(pattern, dot) {
  const segments = pattern.split("/");
  const any = dot ? "[^/]+" : "(?!\\.)[^/]+";
  let source = "";
  for (let index = 0; index < segments.length; index++) {
    const isLast = index === segments.length - 1;
    if (segments[index] === "**") {
      if (isLast) source += index === 0 ? `(?:${any}(?:/${any})*)?` : `${any}(?:/${any})*`;
      else source += `(?:${any}/)*`;
      continue;
    }
    const hidden = dot || segments[index].startsWith(".") || !hasMagic(segments[index]);
    source += (hidden ? "" : "(?!\\.)") + sourceOf(segments[index]) + (isLast ? "" : "/");
  }
  return source;
}

/** Tells whether a path is matched by a pattern. */
function compile(pattern, { dot = false } = {}) {
  const expressions = expandBraces(pattern).map((each) => regExp(pathSource(each, dot)));
  return (path) => expressions.some((each) => each?.test(path) ?? path === pattern);
}

module.exports = { expandBraces, segmentMatcher, hasMagic, compile };
