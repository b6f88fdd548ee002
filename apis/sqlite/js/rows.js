// Rows out of the shared memory.
//
// The layout is that of src/memory.rs and src/rows.rs. For each list of column names a function is
// made that reads a batch's cells and builds objects of one shape: the engine compiles it to what
// one would write by hand for that query.
"use strict";

const { BigInt64Array, Float64Array, JSON, Map, Uint32Array, Uint8Array } = globalThis;
const engine = require("runtime/engine");

const { stringify } = JSON;

const HEADER = 24;
const CELLS = 4096;
const TEXT = (HEADER + CELLS + CELLS) * 8;

/** Words of the header. */
const STATUS = 0;
const DONE = 1;
const GENERATION = 2;
const CHANGES = 3;
const ROWID = 4;
const INTEGER = 5;
const TAIL = 6;
const PARAMETERS = 7;
const STATEMENT = 8;
const COUNT = 9;
const KINDS = 10;
const VALUES = 11;

/** What a cell that is no number stands for. */
const TAGS = 7;
const TEXT_TAG = 1;
const BLOB_TAG = 2;
const NULL_TAG = 3;

const memory = ops.memory();
const numbers = new Float64Array(memory);
const words = new Uint32Array(memory);
const integers = new BigInt64Array(memory);
/** Where operations put the characters of a batch: passed to those that answer a string. */
const characters = new Uint8Array(memory, TEXT);

/** Where the next text of the batch begins among its characters. */
let textStart = 0;

/** The value of the cell at `place`, which holds no number. */
function special(place, text) {
  const tag = words[2 * place + 1] & TAGS;
  if (tag === TEXT_TAG) {
    const end = words[2 * place];
    const value = text.substring(textStart, end);
    textStart = end;
    return value;
  }
  if (tag === NULL_TAG) return null;
  if (tag === BLOB_TAG) return ops.blob(words[2 * place]);
  return integers[place + CELLS];
}

/** Makers kept, so that preparing the same query again makes no function. */
const MAKERS_MAX = 500;
const makers = new Map();

/** The text of an object's literal: a name that comes twice has its last value. */
function objectLiteral(names, hasPrototype) {
  const values = new Map();
  for (let column = 0; column < names.length; column++) {
    const name = names[column];
    values.set(name === "__proto__" ? `["__proto__"]` : stringify(name), `c${column}`);
  }
  let text = hasPrototype ? "__proto__: prototype" : "";
  values.forEach((value, name) => {
    if (text !== "") text += ", ";
    text += `${name}: ${value}`;
  });
  return `{ ${text} }`;
}

function arrayLiteral(count) {
  let text = "";
  for (let column = 0; column < count; column++) text += `c${column}, `;
  return `[${text}]`;
}

function readers(count, base) {
  let text = "";
  for (let column = 0; column < count; column++) {
    const place = typeof base === "number" ? `${base + column}` : `${base} + ${column}`;
    text += `let c${column} = numbers[${place}];\n`;
    text += `if (c${column} !== c${column}) c${column} = special(${place}, text);\n`;
  }
  return text;
}

/** Makes rows: `one(text)` the first of a batch, `all(text, rows, into)` the whole batch. */
function compile(count, literal, prototype) {
  const source = `(function (numbers, special, prototype) {
    "use strict";
    return {
      one(text) {
        ${readers(count, HEADER)}
        return ${literal};
      },
      all(text, rows, into) {
        for (let row = 0, at = ${HEADER}; row < rows; row++, at += ${count}) {
          ${readers(count, "at")}
          into.push(${literal});
        }
      },
    };
  })`;
  return engine.evaluateIn(undefined, source, "dx:sqlite/row", 1)(numbers, special, prototype);
}

function cached(key, make) {
  let maker = makers.get(key);
  if (maker === undefined) {
    if (makers.size >= MAKERS_MAX) makers.delete(makers.keys().next().value);
    maker = make();
    makers.set(key, maker);
  }
  return maker;
}

/** What makes objects of these columns, instances of `prototype` where one is given. */
function objectMaker(names, prototype) {
  if (prototype !== undefined) return compile(names.length, objectLiteral(names, true), prototype);
  return cached(stringify(names), () => compile(names.length, objectLiteral(names, false)));
}

/** What makes arrays of so many values. */
function arrayMaker(count) {
  return cached(count, () => compile(count, arrayLiteral(count)));
}

/** The batch's only row. */
function oneRow(maker, text) {
  textStart = 0;
  return maker.one(text === undefined ? "" : text);
}

/** Appends the batch's rows. */
function appendRows(maker, text, rows, into) {
  textStart = 0;
  maker.all(text === undefined ? "" : text, rows, into);
}

module.exports = {
  CHANGES, COUNT, DONE, GENERATION, INTEGER, KINDS, PARAMETERS, ROWID, STATEMENT, STATUS, TAIL,
  VALUES, appendRows, arrayMaker, characters, integers, numbers, objectMaker, oneRow, words,
};
