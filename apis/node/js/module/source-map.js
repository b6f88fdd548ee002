// SourceMap of node:module: a source map of version 3, its mappings decoded when first asked.
"use strict";

const { Map, Number, Object, Symbol } = globalThis;
const { makeError, validateObject } = require("node/errors");

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

// The numbers of one segment: base64 digits of five bits, the lowest bit the sign.
function numbersOf(segment) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = VALUES.get(digit) ?? 0;
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

// Mappings in order: { line, column, source, originalLine, originalColumn, name }.
function decode({ mappings, sources = [], names = [] }) {
  const decoded = [];
  const at = { source: 0, line: 0, column: 0, name: 0 };
  mappings.split(";").forEach((text, line) => {
    let column = 0;
    for (const segment of text.split(",")) {
      if (segment === "") continue;
      const numbers = numbersOf(segment);
      column += numbers[0];
      if (numbers.length < 4) continue;
      at.source += numbers[1];
      at.line += numbers[2];
      at.column += numbers[3];
      if (numbers.length > 4) at.name += numbers[4];
      decoded.push({
        line, column, source: sources[at.source], originalLine: at.line,
        originalColumn: at.column, name: numbers.length > 4 ? names[at.name] : undefined,
      });
    }
  });
  return decoded;
}

class SourceMap {
  #payload;
  #lineLengths;
  #mappings;

  constructor(payload, options = undefined) {
    validateObject(payload, "payload");
    if (typeof payload.mappings !== "string") {
      throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", "payload 'mappings' must be a string");
    }
    this.#payload = payload;
    this.#lineLengths = options?.lineLengths;
  }

  // The last mapping at or before a place, in its line or an earlier one.
  #find(line, column) {
    this.#mappings ??= decode(this.#payload);
    let low = 0;
    let high = this.#mappings.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const mapping = this.#mappings[middle];
      const isBefore = mapping.line < line || (mapping.line === line && mapping.column <= column);
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    const found = this.#mappings[low - 1];
    return found !== undefined && found.line === line ? found : undefined;
  }

  findEntry(lineOffset, columnOffset) {
    const found = this.#find(Number(lineOffset ?? 0), Number(columnOffset ?? 0));
    if (found === undefined) return {};
    return {
      generatedLine: found.line,
      generatedColumn: found.column,
      originalLine: found.originalLine,
      originalColumn: found.originalColumn,
      originalSource: found.source,
      name: found.name,
    };
  }

  // As in Bun, lines and columns count from zero here too.
  findOrigin(lineNumber, columnNumber) {
    const found = this.#find(Number(lineNumber ?? 0), Number(columnNumber ?? 0));
    if (found === undefined) return {};
    return {
      name: found.name,
      line: found.originalLine,
      column: found.originalColumn,
      fileName: found.source,
    };
  }

  get lineLengths() { return this.#lineLengths; }
  get payload() { return this.#payload; }
}

const { prototype } = SourceMap;
delete prototype.constructor;
for (const name of Object.getOwnPropertyNames(prototype)) {
  Object.defineProperty(prototype, name, {
    ...Object.getOwnPropertyDescriptor(prototype, name), enumerable: true,
  });
}
Object.defineProperty(prototype, "constructor", {
  value: SourceMap, writable: true, configurable: true,
});
Object.defineProperty(prototype, Symbol.toStringTag, { value: "SourceMap", configurable: true });
Object.defineProperty(SourceMap, "length", { value: 0, configurable: true });

module.exports = { SourceMap };
