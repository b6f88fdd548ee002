// Iterator.zip, Iterator.zipKeyed (the proposal "Joint Iteration") and Iterator.prototype.includes
// and join, which the engine lacks, in the words of the newer one that Bun has. Loaded by the first
// call.
//
// What is given out is an iterator helper of the engine's own, made by `drop(0)` over an object
// that takes the steps: it minds calls at the wrong time.
"use strict";

const { Infinity, Iterator, Number, Object, RangeError, Reflect, Symbol, TypeError } = globalThis;
const { drop } = Iterator.prototype;

const isObject = (value) =>
  (typeof value === "object" && value !== null) || typeof value === "function";

function needObject(value, what) {
  if (!isObject(value)) throw new TypeError(what);
}

/** An iterator and its `next`, read once. */
class Source {
  constructor(iterator) {
    this.iterator = iterator;
    this.next = iterator.next;
  }

  step() {
    const result = Reflect.apply(this.next, this.iterator, []);
    needObject(result, "Iterator result interface is not an object.");
    return result;
  }
}

function flattened(value) {
  needObject(value, "GetIteratorFlattenable expects its first argument to be an object");
  const method = value[Symbol.iterator];
  if (method === undefined || method === null) return new Source(value);
  const iterator = Reflect.apply(method, value, []);
  needObject(iterator, "Iterator result interface is not an object.");
  return new Source(iterator);
}

// Closes the open ones, the last first. An error of the caller's goes before those of closing.
function closeAll(sources, failure) {
  let failed = failure;
  for (let index = sources.length - 1; index >= 0; index--) {
    const source = sources[index];
    if (source === null) continue;
    sources[index] = null;
    try {
      const method = source.iterator.return;
      if (method !== undefined && method !== null) Reflect.apply(method, source.iterator, []);
    } catch (error) {
      failed ??= { error };
    }
  }
  if (failed !== undefined) throw failed.error;
}

function modeOf(options) {
  if (options === undefined) return { mode: "shortest", padding: undefined };
  needObject(options, "Expected object or null for options argument");
  const mode = options.mode === undefined ? "shortest" : options.mode;
  if (mode !== "shortest" && mode !== "longest" && mode !== "strict") {
    throw new TypeError('Expected "shortest", "longest" or "strict" for options.mode');
  }
  const padding = mode === "longest" ? options.padding : undefined;
  if (padding !== undefined) needObject(padding, "Expected options.padding to be an object");
  return { mode, padding };
}

const UNEVEN =
  "Iterator.zip strict mode requires all iterables to have the same number of elements";

/** The steps of one zip: `finish` makes what is given out of a row's values. */
class Zip {
  constructor(sources, mode, padding, finish) {
    this.sources = sources;
    this.mode = mode;
    this.padding = padding;
    this.finish = finish;
  }

  next() {
    const { sources } = this;
    const row = [];
    if (sources.length === 0) return { value: undefined, done: true };
    for (let index = 0; index < sources.length; index++) {
      const source = sources[index];
      if (source === null) {
        row.push(this.padding[index]);
        continue;
      }
      let result;
      let value;
      try {
        result = source.step();
        if (!result.done) ({ value } = result);
        else value = undefined;
      } catch (error) {
        sources[index] = null;
        closeAll(sources, { error });
      }
      if (result.done) {
        sources[index] = null;
        if (this.ends(index)) return { value: undefined, done: true };
        value = this.padding[index];
      }
      row.push(value);
    }
    return { value: this.finish(row), done: false };
  }

  // The source at `index` is at its end: whether that is the end of all.
  ends(index) {
    const { sources, mode } = this;
    if (mode === "longest") return sources.every((source) => source === null);
    if (mode === "strict") this.expectEnds(index);
    else closeAll(sources, undefined);
    return true;
  }

  // In strict mode, the first at its end has all others end with it.
  expectEnds(first) {
    const { sources } = this;
    if (first > 0) closeAll(sources, { error: new TypeError(UNEVEN) });
    for (let index = 1; index < sources.length; index++) {
      let result;
      try {
        result = sources[index].step();
        if (result.done) sources[index] = null;
      } catch (error) {
        sources[index] = null;
        closeAll(sources, { error });
      }
      if (!result.done) closeAll(sources, { error: new TypeError(UNEVEN) });
    }
  }

  return() {
    closeAll(this.sources, undefined);
    return { value: undefined, done: true };
  }
}

const helper = (steps) => Reflect.apply(drop, steps, [0]);

// As many values of `padding` as there are sources.
function paddingOf(padding, count) {
  const values = [];
  if (padding === undefined) return values;
  const iterator = padding[Symbol.iterator]();
  let ended = false;
  while (values.length < count && !ended) {
    const result = iterator.next();
    ended = Boolean(result.done);
    if (!ended) values.push(result.value);
  }
  if (!ended) iterator.return?.();
  return values;
}

function zip(iterables, options) {
  needObject(iterables, "Iterator.zip expects its first argument to be an object");
  const { mode, padding } = modeOf(options);
  const sources = [];
  try {
    for (const iterable of iterables) sources.push(flattened(iterable));
    const values = paddingOf(padding, sources.length);
    return helper(new Zip(sources, mode, values, (row) => row));
  } catch (error) {
    return closeAll(sources, { error });
  }
}

function zipKeyed(iterables, options) {
  needObject(iterables, "Iterator.zipKeyed expects its first argument to be an object");
  const { mode, padding } = modeOf(options);
  const sources = [];
  const keys = [];
  try {
    for (const key of Reflect.ownKeys(iterables)) {
      if (!Object.getOwnPropertyDescriptor(iterables, key)?.enumerable) continue;
      const iterable = iterables[key];
      if (iterable === undefined) continue;
      keys.push(key);
      sources.push(flattened(iterable));
    }
    const values = padding === undefined ? [] : keys.map((key) => padding[key]);
    const finish = (row) => {
      const named = { __proto__: null };
      for (let index = 0; index < keys.length; index++) named[keys[index]] = row[index];
      return named;
    };
    return helper(new Zip(sources, mode, values, finish));
  } catch (error) {
    return closeAll(sources, { error });
  }
}

function needIterator(value, name) {
  needObject(value, `Iterator.prototype.${name} requires that |this| be an Object.`);
}

const NO_COUNT = "Iterator.prototype.includes requires that the second argument is a " +
  "non-negative safe integral Number or Infinity.";

const isSame = (one, other) => one === other || (one !== one && other !== other);

function includes(iterator, wanted, skipped) {
  needIterator(iterator, "includes");
  let rest = skipped === undefined ? 0 : skipped;
  if (rest !== Infinity && rest !== -Infinity && !Number.isInteger(rest)) {
    throw new TypeError(NO_COUNT);
  }
  if (rest < 0 || (rest !== Infinity && !Number.isSafeInteger(rest))) {
    throw new RangeError(NO_COUNT);
  }
  const source = new Source(iterator);
  for (;;) {
    const result = source.step();
    if (result.done) return false;
    const { value } = result;
    if (rest > 0) {
      rest--;
    } else if (isSame(value, wanted)) {
      closeAll([source], undefined);
      return true;
    }
  }
}

function join(iterator, separator) {
  needIterator(iterator, "join");
  const between = separator === undefined ? "," : `${separator}`;
  const source = new Source(iterator);
  let text = "";
  for (let isFirst = true; ; isFirst = false) {
    const result = source.step();
    if (result.done) return text;
    const { value } = result;
    if (!isFirst) text += between;
    if (value === undefined || value === null) continue;
    try {
      text += `${value}`;
    } catch (error) {
      closeAll([source], { error });
    }
  }
}

// Disposal closes what can be closed.
function close(iterator) {
  const { return: method } = iterator;
  if (method !== undefined) Reflect.apply(method, iterator, []);
}

module.exports = { zip, zipKeyed, includes, join, close };
