// Colours for the lines of source in front of an error, on a terminal.
//
// A scan by kinds of token, one line at a time and without a parser: what looks like a keyword is
// one. Lines of other than ASCII, or very long ones, stay as they are. Fails never.
"use strict";

const LINE_LENGTH_MAX = 2048;
const RESET = "\x1b[0m";
const COLORS = { magenta: "\x1b[35m", blue: "\x1b[34m", orange: "\x1b[33m", red: "\x1b[31m" };

const KEYWORDS = {
  magenta:
    "async await case catch class const continue debugger default do else break export extends " +
    "finally for function if import in instanceof let new package return static super switch " +
    "throw try typeof var void while with yield",
  blue:
    "abstract as enum implements interface private protected public type string number boolean " +
    "symbol any object unknown never namespace declare readonly",
  orange: "undefined false null this true",
  red: "delete",
};
const colorOfKeyword = new Map();
for (const [color, words] of Object.entries(KEYWORDS)) {
  for (const word of words.split(" ")) colorOfKeyword.set(word, COLORS[color]);
}

const NAMES_A_TYPE = new Set(["abstract", "namespace", "declare", "type", "interface"]);

function tinted(style, piece) {
  return RESET + style + piece + RESET;
}

// A name, coloured by what it is and by the keyword before it.
function word(state, piece, next) {
  const color = colorOfKeyword.get(piece);
  if (color !== undefined) {
    if (piece !== "as") state.keyword = piece;
    return tinted(color, piece);
  }
  const { keyword } = state;
  if (keyword === "new") {
    state.keyword = "";
    return next === "(" ? tinted("\x1b[1m", piece) : piece;
  }
  if (NAMES_A_TYPE.has(keyword)) {
    state.keyword = "";
    return tinted("\x1b[1m\x1b[34m", piece);
  }
  if (keyword === "import" && piece === "from") {
    state.keyword = "";
    return tinted(COLORS.magenta, piece);
  }
  return piece;
}

// A template literal, its substitutions highlighted as code.
function template(piece) {
  let out = "";
  let rest = piece;
  for (;;) {
    const match = /^((?:[^\\$]|\\.|\$(?!\{))*?)\$\{((?:[^\\}]|\\.)*)(\}?)/s.exec(rest);
    if (match === null) break;
    out += tinted("\x1b[32m", match[1]) + "${" + scan(match[2]) + match[3];
    rest = rest.slice(match[0].length);
  }
  return rest === "" ? out : out + tinted("\x1b[32m", rest);
}

// Writes a token in a style, or as it is; what is no name forgets the keyword before it.
const styled = (style) => (state, piece) => {
  state.keyword = "";
  return tinted(style, piece);
};
const plain = (state, piece) => {
  state.keyword = "";
  return piece;
};
const brace = (state, piece) => (state.keyword === "import" ? piece : plain(state, piece));
const substituted = (state, piece) => {
  state.keyword = "";
  return template(piece);
};

const STRING = styled("\x1b[32m");
const DIM = styled("\x1b[2m");

// [pattern, how a match is written], tried in this order.
const TOKENS = [
  [/[A-Za-z_$][\w$]*/y, word],
  [/0x[0-9a-fA-F]*|\d[\d.eExXbBoO]*/y, styled("\x1b[33m")],
  [/`(?:[^\\`$]|\\.|\$\{(?:[^\\}]|\\.)*\}|\$)*`?/sy, substituted],
  [/"(?:[^\\"]|\\.)*"?/sy, STRING],
  [/'(?:[^\\']|\\.)*'?/sy, STRING],
  [/\/\/.*|\/\*.*?\*\/(?=.)/y, DIM],
  [/\.[A-Za-z_$#][\w$]*(?=\()/y, styled("\x1b[3m\x1b[1m")],
  [/;/y, DIM],
  [/</y, styled("")],
  [/[[\].]/y, plain],
  [/[{}]/y, brace],
  [/./sy, (state, piece) => piece],
];

function scan(code) {
  const state = { keyword: "" };
  let out = "";
  let index = 0;
  while (index < code.length) {
    for (const [pattern, write] of TOKENS) {
      pattern.lastIndex = index;
      const match = pattern.exec(code);
      if (match === null) continue;
      index += match[0].length;
      out += write(state, match[0], code[index]);
      break;
    }
  }
  return out;
}

function highlight(code) {
  if (code.length > LINE_LENGTH_MAX || /[^\x00-\x7f]/.test(code)) return code;
  return scan(code);
}

module.exports = { highlight };
