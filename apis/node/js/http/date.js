// The Date field's value, made once a second.
"use strict";

const { Date } = globalThis;

let text = "";
let second = 0;

function utcDate() {
  const now = Date.now();
  const current = (now / 1000) | 0;
  if (current !== second) {
    second = current;
    text = new Date(now).toUTCString();
  }
  return text;
}

module.exports = { utcDate };
