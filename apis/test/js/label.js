// Names of the tests that `.each` makes: `%s`, `%d`, `%i`, `%f`, `%j`, `%o`, `%p`, `%#`, `%%` take
// the row's values in turn, `$name.path` reads the first one.
"use strict";

const { inspect } = require("bun/inspect");

const PATH = /^[\p{ID_Start}_$][\p{ID_Continue}$\u200c\u200d]*(?:\.[\p{ID_Continue}$]+)*/u;
const NAME = /^[\p{ID_Continue}]*/u;

function textOf(value) {
  return typeof value === "string" ? value : inspect(value);
}

// The value of a dotted path, undefined where a step is missing.
function read(object, path) {
  let value = object;
  for (const name of path.split(".")) {
    if (value === undefined || value === null) return undefined;
    value = value[name];
  }
  return value;
}

// What stands for `$...`, and how many characters it takes.
function variable(rest, first) {
  const path = PATH.exec(rest);
  if (path === null) {
    const [name] = NAME.exec(rest);
    return [`$${name}`, name.length + 1];
  }
  const value = read(first, path[0]);
  if (value !== undefined && value !== null) return [textOf(value), path[0].length + 1];
  // As in Bun, the character behind a name that says nothing is lost.
  return [`$${path[0]}`, path[0].length + 2];
}

const isInteger = (value) => typeof value === "number" && Number.isInteger(value);
const isNumber = (value) => typeof value === "number";

const FORMATS = {
  __proto__: null,
  s: (value) => (typeof value === "string" ? value : "%s"),
  i: (value) => (isInteger(value) ? String(value) : "%i"),
  d: (value) => (isNumber(value) ? String(value) : "%d"),
  f: (value) => (isNumber(value) ? String(value) : "%f"),
  j: (value) => JSON.stringify(value) ?? "undefined",
  o: (value) => JSON.stringify(value) ?? "undefined",
  p: (value) => inspect(value),
};

function formatLabel(label, values, row) {
  const readsNames = typeof values[0] === "object" && values[0] !== null;
  let text = "";
  let taken = 0;
  let index = 0;
  while (index < label.length) {
    const character = label[index];
    const next = label[index + 1];
    if (character === "$" && next !== undefined && readsNames) {
      const [shown, length] = variable(label.slice(index + 1), values[0]);
      text += shown;
      index += length;
      continue;
    }
    index++;
    if (character !== "%" || next === undefined || taken >= values.length) {
      text += character;
    } else if (next in FORMATS) {
      text += FORMATS[next](values[taken++]);
      index++;
    } else if (next === "#" || next === "%") {
      text += next === "#" ? row : "%";
      index++;
    }
  }
  return text;
}

module.exports = { formatLabel };
