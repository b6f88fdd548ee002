// The class `Statement` of bun:sqlite.
"use strict";

const { Symbol } = globalThis;

class Statement {
  constructor(raw) {
    this.#raw = raw;
    if (raw.paramsCount === 0) {
      this.get = this.#getNoArgs;
      this.all = this.#allNoArgs;
      this.iterate = this.#iterateNoArgs;
      this.values = this.#valuesNoArgs;
      this.raw = this.#rawNoArgs;
      this.run = this.#runNoArgs;
    } else {
      this.get = this.#get;
      this.all = this.#all;
      this.iterate = this.#iterate;
      this.values = this.#values;
      this.raw = this.#rawValues;
      this.run = this.#run;
    }
  }

  #raw;
  get;
  all;
  iterate;
  values;
  raw;
  run;

  get isFinalized() {
    return this.#raw.isFinalized;
  }

  toJSON() {
    const { isFinalized, paramsCount, columnNames } = this;
    return { sql: this.toString(), isFinalized, paramsCount, columnNames };
  }

  get [Symbol.toStringTag]() {
    return `"${this.#raw.toString()}"`;
  }

  toString() {
    return this.#raw.toString();
  }

  get native() {
    return this.#raw;
  }

  #getNoArgs() {
    return this.#raw.get();
  }

  #allNoArgs() {
    return this.#raw.all();
  }

  #iterateNoArgs() {
    return this.#iterate();
  }

  #valuesNoArgs() {
    return this.#raw.values();
  }

  #rawNoArgs() {
    return this.#raw.raw();
  }

  #runNoArgs() {
    return this.#raw.run();
  }

  safeIntegers(areSafe) {
    if (areSafe === undefined) return this.#raw.safeIntegers;
    this.#raw.safeIntegers = !!areSafe;
    return this;
  }

  as(Class) {
    this.#raw.as(Class);
    return this;
  }

  #get(...args) {
    return this.#raw.get(args);
  }

  #all(...args) {
    return this.#raw.all(args);
  }

  *#iterate(...args) {
    const raw = this.#raw;
    let row = raw.iterate(args);
    const run = raw.runCount;
    try {
      for (; row !== null; row = raw.iterateNext(run)) yield row;
    } finally {
      raw.iterateEnd(run);
    }
  }

  #values(...args) {
    return this.#raw.values(args);
  }

  #rawValues(...args) {
    return this.#raw.raw(args);
  }

  #run(...args) {
    return this.#raw.run(undefined, args);
  }

  get columnNames() {
    return this.#raw.columns;
  }

  get columnTypes() {
    return this.#raw.columnTypes;
  }

  get declaredTypes() {
    return this.#raw.declaredTypes;
  }

  get paramsCount() {
    return this.#raw.paramsCount;
  }

  get reader() {
    return this.#raw.columnsCount > 0;
  }

  get readonly() {
    return this.#raw.readonly;
  }

  finalize() {
    this.#raw.finalize();
  }

  [Symbol.iterator]() {
    return this.#iterate();
  }

  [Symbol.dispose]() {
    if (!this.isFinalized) this.finalize();
  }
}

module.exports = { Statement };
