// console.table and Bun.inspect.table: rows and columns in boxes.
//
// Two passes: the first finds the columns and their widths, the second prints. Cells are printed
// on one line; strings in cells are not quoted, those inside objects are. Widths are columns of a
// terminal, escape sequences not counted. Throws what getters of the rows throw.
"use strict";

const { Formatter } = require("bun/inspect-format");
const { baseOptions, readObjectOptions } = require("bun/inspect");
const { stringWidth } = require("bun/string-width");
const { tint, RESET } = require("bun/inspect-text");

const TABLE_DEPTH = 5;
const PADDING = " ";
const BOLD = tint("<r><b>");
const isArray = Array.isArray;
const hasOwn = Object.hasOwn;

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

// A column: a heading, a width, and where its cells come from.
class Column {
  constructor(name, cellOf) {
    this.name = name;
    this.cellOf = cellOf;
    this.width = stringWidth(name);
  }

  fit(text) {
    this.width = Math.max(this.width, stringWidth(text));
  }
}

class Table {
  constructor(data, properties, options) {
    this.data = data;
    this.properties = properties;
    this.options = options;
    this.isMap = data instanceof Map;
    this.index = new Column(" ", null);
    this.columns = [];
    this.values = null;
  }

  // [key, value] of each row.
  rows() {
    const { data } = this;
    if (typeof data[Symbol.iterator] !== "function") return Object.entries(data);
    return Array.from(data, (value, index) => [String(index), value]);
  }

  cellText(value, color) {
    const formatter = new Formatter({ ...this.options, colors: color });
    formatter.depth = this.options.startDepth;
    formatter.quoteStrings = typeof value !== "string";
    formatter.format(value);
    return formatter.out;
  }

  // Finds the columns and makes them wide enough for every row.
  measure(rows) {
    if (this.isMap) this.columns.push(new Column("Key", (row) => [row[0]]));
    for (const name of this.properties || []) this.addColumn(String(name));
    for (const [key, row] of rows) {
      this.index.fit(key);
      if (this.isMap) this.fitEntry(row);
      else if (isObject(row)) this.fitObject(row);
      else if (this.properties === undefined) this.fitValue(row, (value) => !isObject(value));
    }
    if (this.values !== null) this.columns.push(this.values);
  }

  addColumn(name) {
    const column = new Column(name, (row) =>
      isObject(row) && hasOwn(row, name) ? [row[name]] : [],
    );
    this.columns.push(column);
    return column;
  }

  fitEntry([key, value]) {
    this.columns[0].fit(this.cellText(key, false));
    if (this.values === null) this.values = new Column("Values", (row) => [row[1]]);
    this.values.fit(this.cellText(value, false));
  }

  fitValue(value) {
    if (this.values === null) {
      this.values = new Column("Values", (row) => (isObject(row) ? [] : [row]));
    }
    this.values.fit(this.cellText(value, false));
  }

  fitObject(row) {
    const given = this.properties !== undefined;
    const names = given ? this.columns.map((column) => column.name) : Object.keys(row);
    for (const name of names) {
      if (!hasOwn(row, name)) continue;
      const column =
        this.columns.find((candidate) => candidate.name === name) || this.addColumn(name);
      column.fit(this.cellText(row[name], false));
    }
  }

  border(left, middle, right) {
    const all = [this.index, ...this.columns];
    const lines = all.map((column) => "\u2500".repeat(column.width + 2));
    return left + lines.join(middle) + right + "\n";
  }

  heading() {
    const color = this.options.colors ? 1 : 0;
    const cells = [this.index, ...this.columns].map((column) => {
      const shown = color === 1 ? BOLD[1] + column.name + RESET[1] : column.name;
      return PADDING + shown + fill(column, column.name) + PADDING;
    });
    return "\u2502" + cells.join("\u2502") + "\u2502\n";
  }

  rowText([key, row]) {
    let out = "\u2502" + fill(this.index, key) + PADDING + key + PADDING;
    for (const column of this.columns) out += "\u2502" + this.cell(column, row);
    return out + "\u2502\n";
  }

  cell(column, row) {
    const cells = column.cellOf(row);
    if (cells.length === 0) return " ".repeat(column.width + 2);
    const plain = this.cellText(cells[0], false);
    const shown = this.options.colors ? this.cellText(cells[0], true) : plain;
    return PADDING + shown + fill(column, plain) + PADDING;
  }

  print() {
    const rows = this.rows();
    this.measure(rows);
    return (
      this.border("\u250c", "\u252c", "\u2510") +
      this.heading() +
      this.border("\u251c", "\u253c", "\u2524") +
      rows.map((row) => this.rowText(row)).join("") +
      this.border("\u2514", "\u2534", "\u2518")
    );
  }
}

function fill(column, text) {
  return " ".repeat(Math.max(column.width - stringWidth(text), 0));
}

function tableOptions() {
  return { ...baseOptions(), depth: TABLE_DEPTH, singleLine: true, startDepth: 0 };
}

// The table of a console line; null where the data is no table.
function consoleTable(data, properties, colors) {
  if (properties !== undefined && !isArray(properties)) {
    throw new TypeError('The "properties" argument must be an instance of Array.');
  }
  if (!isObject(data)) return null;
  return new Table(data, properties, { ...tableOptions(), colors }).print();
}

// Bun.inspect.table(data, properties, options); "" for what is no table.
function inspectTable(data, properties, given) {
  if (!isObject(data)) return "";
  const names = isArray(properties) ? properties : undefined;
  const source = names === undefined ? properties : given;
  const options = tableOptions();
  if (isObject(source)) readObjectOptions(source, options);
  // A depth asked for is where Bun starts counting, against a limit that stays.
  options.startDepth = options.depth;
  options.depth = TABLE_DEPTH;
  return new Table(data, names, options).print();
}

module.exports = { consoleTable, inspectTable };
