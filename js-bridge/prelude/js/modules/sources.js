// Where evaluated code came from: positions in files, and the files' text, for stack traces.
// Answers null for code that is no module's. Owned by the module registry; fails never.
"use strict";

// The text asked for last: frames of one trace mostly lie in one file.
let lastUrl;
let lastText = null;

// [file, line, column] of a position in a module's code, all counted from 1.
function map(url, line, column) {
  const place = ops.originalPosition(url, line, column);
  return place === undefined ? null : [url, place[0], place[1]];
}

// The text of a module's file.
function text(url) {
  if (url !== lastUrl) {
    const lines = ops.sourceLines(url, 1, 0xffffffff);
    lastText = lines.length === 0 ? null : lines.join("\n");
    lastUrl = url;
  }
  return lastText;
}

// One line of it, "" where there is none.
function line(url, number) {
  return ops.sourceLines(url, number, 1)[0] ?? "";
}

// ---- Messages of the engine that quote evaluated code ----------------------------------------

// What transformed code writes for what the program wrote; see js-bridge/modules/src/names.rs.
const WRITTEN = [
  [/\(0, (\$dx_import_\d+(?:\.[\w$]+|\["(?:[^"\\]|\\.)*"\])?(?:\/\*.*?\*\/)?)\)/g, "$1"],
  [/\$dx_import_\d+(?:\.[\w$]+|\["(?:[^"\\]|\\.)*"\])?\/\*(.*?)\*\//g, "$1"],
  [/\$dx_import_\d+\.([\w$]+)/g, "$1"],
  [/\$dx_module\.meta\.dir\b/g, "__dirname"],
  [/\$dx_module\.meta\b/g, "import.meta"],
  [/\$dx_module\.(require|import)\b/g, "$1"],
];
const CALLS = [
  "$dx.carry(", "$dx.carrying(", "$dx.source(", "$dx.body(", "$dx.adopt(",
  "$dx.resume($dx_saved = $dx.current, ", "$dx.resume($dx.current, ",
];
// These hold what is awaited behind them.
const HOLDS = ["$dx.resume($dx_saved = $dx.hold(", "$dx.resume($dx.hold("];
const SAVED = /, \$dx_saved = (?:null|\$dx_loop_\d+\.current)$/;
const HELD = /^, await \$dx\.held(?:, \$dx_saved = [^)]*)?\)/;
const KEYWORD = /^\/\*await\*\/\s*/;
const LOOP = /\(\$dx_loop_\d+ = \$dx\.looping\((.*)\)(?:, [^()]*)?\)(?:\.source)?/g;

// An engine's message in the program's own words.
function plainMessage(message) {
  for (const call of CALLS) message = withoutCalls(message, call, false);
  for (const call of HOLDS) message = withoutCalls(message, call, true);
  message = message.replace(LOOP, "$1");
  for (const [pattern, replacement] of WRITTEN) message = message.replace(pattern, replacement);
  return message;
}

// Takes the calls of one function out, leaving what they are given.
function withoutCalls(text, call, isHold) {
  let start = text.indexOf(call);
  while (start >= 0) {
    const inside = start + call.length;
    let end = inside;
    for (let depth = 1; end < text.length; end++) {
      if (text[end] === "(") depth++;
      else if (text[end] === ")" && --depth === 0) break;
    }
    let rest = text.slice(end + 1);
    let given = text.slice(inside, end).replace(SAVED, "");
    if (isHold) {
      rest = rest.replace(HELD, "");
      given = `await ${given.replace(KEYWORD, "")}`;
    }
    if (given.startsWith("await ") && /^[.[(]/.test(rest)) given = `(${given})`;
    text = text.slice(0, start) + given + rest;
    start = text.indexOf(call, start);
  }
  return text;
}

module.exports = { line, map, plainMessage, text };
