// console.table of the class Console: rows and columns drawn with lines, their texts centred.
"use strict";

const { inspect } = require("node/inspect");
const types = require("node/util-types");
const { Array, Math, Object } = globalThis;

const widthOf = (text) => require("bun/string-width").stringWidth(text);

const INDEX = "(index)";
const ITERATION = "(iteration index)";
const KEY = "Key";
const VALUES = "Values";

function centred(text, width) {
  const space = width - widthOf(text);
  const left = Math.floor(space / 2);
  return " ".repeat(left) + text + " ".repeat(space - left);
}

function draw(head, columns) {
  const count = Math.max(0, ...columns.map((column) => column.length));
  const widths = head.map((title, at) =>
    Math.max(widthOf(title), ...columns[at].map((text) => widthOf(text ?? ""))) + 2);
  const line = (open, middle, close) =>
    open + widths.map((width) => "\u2500".repeat(width)).join(middle) + close;
  const row = (texts) =>
    `\u2502${texts.map((text, at) => centred(text ?? "", widths[at])).join("\u2502")}\u2502`;
  const lines = [line("\u250c", "\u252c", "\u2510"), row(head), line("\u251c", "\u253c", "\u2524")];
  for (let at = 0; at < count; at++) lines.push(row(columns.map((column) => column[at])));
  lines.push(line("\u2514", "\u2534", "\u2518"));
  return lines.join("\n");
}

// The text of a cell: objects are cut short.
function cellText(value, options) {
  const isObject = typeof value === "object" && value !== null;
  const isDeep = isObject && !Array.isArray(value) && Object.keys(value).length > 2;
  const depth = isDeep ? -1 : 0;
  return inspect(value, { maxArrayLength: 3, breakLength: Infinity, ...options, depth });
}

function ofEntries(data, text) {
  const keys = [];
  const values = [];
  for (const [key, value] of data) {
    keys.push(text(key));
    values.push(text(value));
  }
  return draw([ITERATION, KEY, VALUES], [keys.map((_, at) => `${at}`), keys, values]);
}

function ofItems(data, text) {
  const values = Array.from(data, text);
  return draw([ITERATION, VALUES], [values.map((_, at) => `${at}`), values]);
}

function ofRows(data, properties, text) {
  const columns = new Map();
  const plain = [];
  const rows = Object.keys(data);
  rows.forEach((name, at) => {
    const item = data[name];
    const isPrimitive = item === null || (typeof item !== "function" && typeof item !== "object");
    if (properties === undefined && isPrimitive) {
      plain[at] = text(item);
      return;
    }
    for (const key of properties ?? Object.keys(item)) {
      if (!columns.has(key)) columns.set(key, []);
      const isThere = !isPrimitive && Object.hasOwn(item, key);
      columns.get(key)[at] = isThere ? text(item[key]) : "";
    }
  });
  const head = [INDEX, ...columns.keys()];
  const cells = [rows, ...columns.values()].map((column) =>
    Array.from({ length: rows.length }, (_, at) => column[at]));
  if (plain.length > 0) {
    head.push(VALUES);
    cells.push(Array.from({ length: rows.length }, (_, at) => plain[at]));
  }
  return draw(head, cells);
}

/** The table of `data` as text; `options` are those of inspect. */
function table(data, properties, options) {
  const text = (value) => cellText(value, options);
  if (types.isMap(data)) return ofEntries(data, text);
  if (types.isSet(data)) return ofItems(data, text);
  return ofRows(data, properties, text);
}

module.exports = { table };
