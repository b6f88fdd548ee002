"use strict";
// The answer of the native parsers of TOML and YAML: JSON, and what JSON cannot say.

const { JSON } = globalThis;
const { setOwn } = require("bun/data/input");

function at(root, way, length) {
  let value = root;
  for (let index = 0; index < length; index++) value = value[way[index]];
  return value;
}

/// Runs the native parser of `language` on a text.
function parseData(language, text) {
  const answer = ops.dataParse(language, text);
  if (typeof answer === "string") return JSON.parse(answer);
  const holder = { root: JSON.parse(answer[0]) };
  for (const [place, sameAs] of answer[1]) {
    const way = ["root", ...place];
    const value = sameAs === undefined ? NaN : at(holder.root, sameAs, sameAs.length);
    setOwn(at(holder, way, way.length - 1), way[way.length - 1], value);
  }
  return holder.root;
}

module.exports = { parseData };
