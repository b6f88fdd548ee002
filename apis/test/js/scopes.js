// `test`, `describe` and what hangs on them: `.skip`, `.only`, `.each(rows)`, `.if(condition)`...
// Each of these is a new function with one more setting; a setting cannot be made twice.
"use strict";

const { Array, Map, Object, WeakMap, Symbol } = globalThis;
const { runner, defaultTimeout, isOnBuildMachine } = require("test/state");
const { formatLabel } = require("test/label");

// The settings of each function: kind, mode, concurrent, only, rows.
const settingsOf = new WeakMap();

// What getters have made of each function, by their names.
const made = new WeakMap();

// How messages name a function.
function signature({ kind, concurrent, mode, only, rows }) {
  let text = kind;
  if (concurrent !== undefined) text += concurrent ? ".concurrent" : ".serial";
  if (mode !== "normal") text += `.${mode}`;
  if (only) text += ".only";
  if (rows !== undefined) text += ".each()";
  return text;
}

// ---- Making functions ------------------------------------------------------------------------

const DISABLED = " is disabled in CI environments to prevent accidentally skipping tests. " +
  "To override, set the environment variable CI=false.";

function extended(settings, change, name) {
  const refusal = () => new Error(`Cannot ${name} on ${signature(settings)}`);
  if (change.mode === "failing" && settings.kind === "describe") throw refusal();
  if (change.only && isOnBuildMachine()) throw new Error(`.only${DISABLED}`);
  if (change.mode !== undefined && settings.mode !== "normal") throw refusal();
  if (change.concurrent !== undefined && settings.concurrent !== undefined) throw refusal();
  if (change.only && settings.only) throw refusal();
  return { ...settings, ...change };
}

function makeFunction(settings, name) {
  const created = {
    [name](description, callback, options) {
      declare(settings, description, callback, options);
    },
  }[name];
  Object.defineProperty(created, "name", { value: `bound ${name}`, configurable: true });
  Object.defineProperty(created, "length", { value: 1, configurable: true });
  Object.setPrototypeOf(created, ScopeFunctions);
  settingsOf.set(created, settings);
  return created;
}

const receiver = (value) => {
  const settings = settingsOf.get(value);
  if (settings === undefined) throw new TypeError("Expected callee to be ScopeFunctions");
  return settings;
};

function conditional(target, args, change, name, extendsWhen) {
  const settings = receiver(target);
  if (args.length === 0) throw new Error("Expected condition to be a boolean");
  const changed = Boolean(args[0]) === extendsWhen
    ? extended(settings, change, `call .${name}()`)
    : settings;
  return makeFunction(changed, name);
}

const ScopeFunctions = Object.create(Function.prototype);

const GETTERS = {
  concurrent: { concurrent: true },
  failing: { mode: "failing" },
  only: { only: true },
  serial: { concurrent: false },
  skip: { mode: "skip" },
  todo: { mode: "todo" },
};
const CONDITIONS = {
  concurrentIf: [{ concurrent: true }, true],
  failingIf: [{ mode: "failing" }, true],
  if: [{ mode: "skip" }, false],
  serialIf: [{ concurrent: false }, true],
  skipIf: [{ mode: "skip" }, true],
  todoIf: [{ mode: "todo" }, true],
};

for (const name of Object.keys(GETTERS)) {
  Object.defineProperty(ScopeFunctions, name, {
    configurable: true,
    enumerable: true,
    get() {
      const settings = receiver(this);
      const extension = extended(settings, GETTERS[name], `get .${name}`);
      const known = made.get(this) ?? new Map();
      made.set(this, known);
      if (!known.has(name)) known.set(name, makeFunction(extension, name));
      return known.get(name);
    },
  });
}
for (const name of Object.keys(CONDITIONS)) {
  const [change, extendsWhen] = CONDITIONS[name];
  const { [name]: method } = {
    [name](condition) {
      return conditional(this, arguments, change, name, extendsWhen);
    },
  };
  defineMethod(name, method);
}
defineMethod("each", {
  each(rows) {
    const settings = receiver(this);
    if (!Array.isArray(rows)) {
      throw new Error(`Expected array, got ${require("bun/inspect").inspect(rows)}`);
    }
    if (settings.rows !== undefined) throw new Error(`Cannot each on ${signature(settings)}`);
    return makeFunction({ ...settings, rows }, "each");
  },
}.each);
Object.defineProperty(ScopeFunctions, Symbol.toStringTag, { value: "ScopeFunctions" });

function defineMethod(name, value) {
  const options = { configurable: true, enumerable: true, writable: true, value };
  Object.defineProperty(ScopeFunctions, name, options);
}

// ---- Arguments -------------------------------------------------------------------------------

const isNothing = (value) => value === undefined || value === null;
const isFunction = (value) => typeof value === "function";

// (description, callback, options), (description, options, callback), (callback, options)...
function sortArguments(first, second, third) {
  if (!isNothing(third)) {
    return isFunction(second) ? [first, second, third] : [first, third, second];
  }
  if (!isNothing(second)) {
    return isFunction(first) && !isFunction(second)
      ? [undefined, first, second]
      : [first, second, undefined];
  }
  return isFunction(first) ? [undefined, first, undefined] : [first, undefined, undefined];
}

function descriptionText(value, name) {
  if (isFunction(value) && value.name !== "") return value.name;
  if (isFunction(value) && /^class\b/.test(Function.prototype.toString.call(value))) return "";
  if (typeof value === "number" || typeof value === "string") return String(value);
  throw new Error(
    `${name}() expects first argument to be a named class, named function, number, or string`);
}

const count = (value) => (value >= 0 ? Math.min(Math.trunc(value), 0xffffffff) : 0);

function readOptions(options, name) {
  const read = { timeout: undefined, retry: undefined, repeats: 0 };
  if (typeof options === "number") {
    read.timeout = count(options);
  } else if (isFunction(options)) {
    throw new Error(`${name}() expects options to be a number or object, not a function`);
  } else if (typeof options === "object" && options !== null) {
    for (const key of ["timeout", "retry", "repeats"]) {
      const value = options[key];
      if (value === undefined) continue;
      if (typeof value !== "number") throw new Error(`${name}() expects ${key} to be a number`);
      read[key] = count(value);
    }
  } else if (!isNothing(options)) {
    throw new Error(`${name}() expects a number, object, or undefined as the third argument`);
  }
  read.retry ??= read.repeats === 0 ? runner.options?.retry ?? 0 : 0;
  if (read.retry !== 0 && read.repeats !== 0) {
    throw new Error(`${name}(): Cannot set both retry and repeats`);
  }
  read.timeout ??= defaultTimeout();
  return read;
}

// The callback among arguments of a hook, or an error.
function hookArguments(name, first, second, third) {
  const [, callback, options] = sortArguments(first, second, third);
  if (!isFunction(callback)) {
    throw new Error(`${name}() expects a function as the first argument`);
  }
  return { callback: withContext(callback), options: readOptions(options, `${name}()`) };
}

// A callback runs in the async context it was declared in.
function withContext(callback) {
  const asyncContext = require("runtime/async-context");
  const saved = asyncContext.current;
  if (saved === undefined) return callback;
  const bound = function (...parameters) {
    asyncContext.current = saved;
    return Reflect.apply(callback, this, parameters);
  };
  return Object.defineProperty(bound, "length", { value: callback.length });
}

// ---- Declaring -------------------------------------------------------------------------------

// The file that runs, where `what` may be called at all.
function activeFile(what) {
  if (runner.options === undefined) {
    throw new Error(
      `Cannot use ${what} outside of the test runner. Run "bun test" to run tests.`);
  }
  if (runner.isInPreload) throw new Error(`Cannot use ${what} during preload.`);
  if (runner.file === undefined) throw new Error(`Cannot use ${what} outside of a test file.`);
  return runner.file;
}

function declare(settings, first, second, third) {
  const name = signature(settings);
  const file = activeFile(name);
  const [description, callback, options] = sortArguments(first, second, third);
  const mayLackCallback = settings.mode === "skip" || settings.mode === "todo";
  if (!isFunction(callback) && !(mayLackCallback && isNothing(callback))) {
    throw new Error(`${name} expects a function as the second argument`);
  }
  const label = isNothing(description) ? undefined : descriptionText(description, name);
  const declared = {
    settings: { ...settings, concurrent: settings.concurrent ?? concurrencyOf(file) },
    options: readOptions(options, name),
    callback: isNothing(callback) ? undefined : withContext(callback),
  };
  if (file.phase === "execution") {
    throw new Error(`Cannot call ${name}() inside a test. Call it inside describe() instead.`);
  }
  if (file.phase === "done") {
    throw new Error(`Cannot call ${name}() after the test run has completed`);
  }
  declared.settings.line = lineOfCaller();
  if (settings.rows === undefined) {
    enqueue(file, declared, label, declared.callback, declared.callback?.length ?? 0);
  } else {
    declareRows(file, declared, label);
  }
}

const concurrencyOf = (file) => (file.isConcurrent || runner.options.concurrent ? true : undefined);

function declareRows(file, declared, label) {
  const { callback } = declared;
  let index = 0;
  for (const row of declared.settings.rows) {
    const values = Array.isArray(row) ? [...row] : [row];
    const name = label === undefined ? undefined : formatLabel(label, values, index++);
    const bound = callback === undefined ? undefined : callback.bind(row, ...values);
    enqueue(file, declared, name, bound, Math.max((callback?.length ?? 0) - values.length, 0));
  }
}

function enqueue(file, { settings, options }, name, callback, length) {
  if (settings.kind === "describe") {
    file.addScope(settings, name, callback);
    return;
  }
  const isWanted = matchesFilter(file.activeScope, name);
  const entrySettings = isWanted ? settings : { ...settings, mode: "filtered" };
  const entryOptions = { ...options, takesDone: callback !== undefined && length > 0 };
  file.addTest(entrySettings, name, isWanted ? callback : undefined, entryOptions);
}

function matchesFilter(scope, name) {
  const { nameFilter } = runner;
  if (nameFilter === undefined) return true;
  let text = name ?? "";
  for (let outer = scope; outer !== undefined; outer = outer.parent) {
    if (outer.name !== undefined) text = `${outer.name} ${text}`;
  }
  nameFilter.lastIndex = 0;
  return nameFilter.test(text);
}

// The line that declares a test; only the JUnit report asks for it.
function lineOfCaller() {
  if (runner.options.reporter !== "junit") return 0;
  const { path } = runner.file;
  const lines = String(new Error().stack).split("\n");
  const line = lines.find((text) => text.includes(path));
  return Number(/:(\d+):\d+\)?$/.exec(line ?? "")?.[1] ?? 0);
}

const plain = (kind) => ({ kind, mode: "normal", concurrent: undefined, only: false });
const test = makeFunction(plain("test"), "test");
const describe = makeFunction(plain("describe"), "describe");
const xtest = makeFunction({ ...plain("test"), mode: "skip" }, "xtest");
const xdescribe = makeFunction({ ...plain("describe"), mode: "skip" }, "xdescribe");

module.exports = { activeFile, describe, hookArguments, test, xdescribe, xtest };
