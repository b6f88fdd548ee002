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

module.exports = { map, text, line };
