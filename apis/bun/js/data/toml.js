"use strict";
// Bun.TOML: parse and stringify.

const { textOf } = require("bun/data/input");
const { parseData } = require("bun/data/parsed");
const { unboxed, isLeftOut, checkReplacer } = require("bun/data/stringify");

const { Array, Date, JSON, Number, Object, Set, TypeError } = globalThis;

const BARE = /^[\w-]+$/;
const isTable = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
const isTableList = (value) => Array.isArray(value) && value.length > 0 && value.every(isTable);
const keyOf = (key) => (BARE.test(key) ? key : JSON.stringify(key));

function checkCycle(value, above) {
  if (above.has(value)) throw new TypeError("TOML.stringify cannot serialize cyclic structures");
  return new Set(above).add(value);
}

function numberText(number) {
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number < 0 ? "-inf" : "inf";
  return Object.is(number, -0) ? "-0.0" : `${number}`;
}

function inline(given, above) {
  const value = unboxed(given);
  switch (typeof value) {
    case "string": return JSON.stringify(value);
    case "number": return numberText(value);
    case "boolean": case "bigint": return `${value}`;
    default:
  }
  if (value === null) throw new TypeError("TOML.stringify cannot serialize null");
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, "Z");
  const inside = checkCycle(value, above);
  if (Array.isArray(value)) return `[${value.map((item) => inline(item, inside)).join(", ")}]`;
  const entries = Object.keys(value).filter((key) => !isLeftOut(value[key]));
  if (entries.length === 0) return "{}";
  return `{ ${entries.map((key) => `${keyOf(key)} = ${inline(value[key], inside)}`).join(", ")} }`;
}

// A table: its own values first, the tables in it behind them.
function writeTable(table, path, head, above, blocks) {
  const inside = checkCycle(table, above);
  const own = [];
  const nested = [];
  for (const key of Object.keys(table)) {
    const value = unboxed(table[key]);
    if (isLeftOut(value) || value === null) continue;
    if (isTable(value) || isTableList(value)) nested.push([key, value]);
    else own.push(`${keyOf(key)} = ${inline(value, inside)}`);
  }
  const needsHead = own.length > 0 || nested.length === 0 || head.startsWith("[[");
  const lines = head !== "" && needsHead ? [head, ...own] : own;
  if (lines.length > 0) blocks.push(lines.join("\n"));
  for (const [key, value] of nested) {
    const name = path === "" ? keyOf(key) : `${path}.${keyOf(key)}`;
    if (Array.isArray(value)) {
      for (const item of value) writeTable(item, name, `[[${name}]]`, inside, blocks);
    } else {
      writeTable(value, name, `[${name}]`, inside, blocks);
    }
  }
}

const TOML = {
  parse(input) {
    return parseData("TOML", textOf(input));
  },
  stringify(value, replacer, _space) {
    checkReplacer(replacer, "TOML");
    if (!isTable(value)) throw new TypeError("TOML.stringify requires an object");
    const blocks = [];
    writeTable(value, "", "", new Set(), blocks);
    return blocks.length === 0 ? "" : `${blocks.join("\n\n")}\n`;
  },
};

module.exports = { TOML };
