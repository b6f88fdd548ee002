"use strict";
// DisposableStack, AsyncDisposableStack and SuppressedError (ECMAScript 2026), which the engine
// lacks. Resources are disposed in the reverse of the order they were added in; where several
// disposals fail, each error suppresses the one before it.

const { defineProperty } = Object;
const { dispose: DISPOSE, asyncDispose: ASYNC_DISPOSE } = Symbol;

function hidden(target, name, value) {
  defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}

// Callable without `new`, as the language's other errors are.
function SuppressedError(error, suppressed, message) {
  const made = Reflect.construct(Error, [], new.target ?? SuppressedError);
  if (message !== undefined) hidden(made, "message", `${message}`);
  hidden(made, "error", error);
  hidden(made, "suppressed", suppressed);
  return made;
}
Object.setPrototypeOf(SuppressedError, Error);
SuppressedError.prototype = Object.create(Error.prototype);
defineProperty(SuppressedError, "prototype", { writable: false });
hidden(SuppressedError.prototype, "name", "SuppressedError");
hidden(SuppressedError.prototype, "message", "");
hidden(SuppressedError.prototype, "constructor", SuppressedError);

/** How the methods of a class called `name` refuse what they are not for. */
function refusals(name) {
  const prefix = (method) => `${name}.prototype.${method} requires that`;
  return {
    foreign: (method) => new TypeError(`${prefix(method)} |this| be a ${name} object`),
    over: (method) => new ReferenceError(`${prefix(method)} |this| be a pending ${name} object`),
    callable: (method) =>
      new TypeError(`${prefix(method)} onDispose argument be a callable`),
  };
}

/** What is to be done for the resources of one stack, last first. */
class Disposals {
  constructor() {
    this.disposed = false;
    this.list = [];
  }

  /** Takes the next disposal; undefined where none is left. */
  next() {
    this.disposed = true;
    return this.list.pop();
  }
}

/** The errors of a disposal so far. */
class Failure {
  constructor() {
    this.has = false;
    this.error = undefined;
  }

  add(error) {
    this.error = this.has ? new SuppressedError(error, this.error) : error;
    this.has = true;
  }

  end() {
    if (this.has) throw this.error;
  }
}

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function disposerOf(value) {
  if (!isObject(value)) throw new TypeError("Disposable value must be an object");
  const method = value[DISPOSE];
  if (method === undefined || method === null) {
    throw new TypeError("@@dispose must not be undefined or null");
  }
  if (typeof method !== "function") throw new TypeError("@@dispose must be callable");
  return () => { method.call(value); };
}

function asyncDisposerOf(value) {
  if (!isObject(value)) throw new TypeError("Disposable value must be an object");
  const own = value[ASYNC_DISPOSE];
  const isAsync = own !== undefined && own !== null;
  const method = isAsync ? own : value[DISPOSE];
  if (method === undefined || method === null) {
    throw new TypeError("@@asyncDispose and @@dispose must not be undefined or null");
  }
  if (typeof method !== "function") throw new TypeError("@@asyncDispose must be callable");
  // What a synchronous disposal answers is not waited for.
  return isAsync ? () => method.call(value) : () => { method.call(value); };
}

const synchronous = refusals("DisposableStack");

class DisposableStack {
  #disposals = new Disposals();

  static #of(face, method) {
    if (isObject(face) && #disposals in face) return face.#disposals;
    throw synchronous.foreign(method);
  }
  static #pending(face, method) {
    const disposals = DisposableStack.#of(face, method);
    if (disposals.disposed) throw synchronous.over(method);
    return disposals;
  }

  adopt(value, onDispose) {
    const { list } = DisposableStack.#pending(this, "adopt");
    if (typeof onDispose !== "function") throw synchronous.callable("adopt");
    list.push(() => { onDispose(value); });
    return value;
  }
  defer(onDispose) {
    const { list } = DisposableStack.#pending(this, "defer");
    if (typeof onDispose !== "function") throw synchronous.callable("defer");
    list.push(() => { onDispose(); });
  }
  dispose() {
    const disposals = DisposableStack.#of(this, "dispose");
    if (disposals.disposed) return;
    const failure = new Failure();
    for (let run = disposals.next(); run !== undefined; run = disposals.next()) {
      try {
        run();
      } catch (error) {
        failure.add(error);
      }
    }
    failure.end();
  }
  get disposed() { return DisposableStack.#of(this, "disposed getter").disposed; }
  use(value) {
    const { list } = DisposableStack.#pending(this, "use");
    if (value !== null && value !== undefined) list.push(disposerOf(value));
    return value;
  }
  move() {
    const disposals = DisposableStack.#pending(this, "move");
    const moved = new DisposableStack();
    moved.#disposals = disposals;
    this.#disposals = new Disposals();
    this.#disposals.disposed = true;
    return moved;
  }
}

const asynchronous = refusals("AsyncDisposableStack");

async function disposeAll(disposals) {
  const failure = new Failure();
  for (let run = disposals.next(); run !== undefined; run = disposals.next()) {
    try {
      await run();
    } catch (error) {
      failure.add(error);
    }
  }
  failure.end();
}

class AsyncDisposableStack {
  #disposals = new Disposals();

  static #of(face, method) {
    if (isObject(face) && #disposals in face) return face.#disposals;
    throw asynchronous.foreign(method);
  }
  static #pending(face, method) {
    const disposals = AsyncDisposableStack.#of(face, method);
    if (disposals.disposed) throw asynchronous.over(method);
    return disposals;
  }

  adopt(value, onDispose) {
    const { list } = AsyncDisposableStack.#pending(this, "adopt");
    if (typeof onDispose !== "function") throw asynchronous.callable("adopt");
    list.push(() => onDispose(value));
    return value;
  }
  defer(onDispose) {
    const { list } = AsyncDisposableStack.#pending(this, "defer");
    if (typeof onDispose !== "function") throw asynchronous.callable("defer");
    list.push(() => onDispose());
  }
  disposeAsync() {
    try {
      const disposals = AsyncDisposableStack.#of(this, "disposeAsync");
      return disposals.disposed ? Promise.resolve() : disposeAll(disposals);
    } catch (error) {
      return Promise.reject(error);
    }
  }
  get disposed() { return AsyncDisposableStack.#of(this, "disposed getter").disposed; }
  move() {
    const disposals = AsyncDisposableStack.#pending(this, "move");
    const moved = new AsyncDisposableStack();
    moved.#disposals = disposals;
    this.#disposals = new Disposals();
    this.#disposals.disposed = true;
    return moved;
  }
  use(value) {
    const { list } = AsyncDisposableStack.#pending(this, "use");
    // Nothing to dispose of is waited for all the same.
    list.push(value === null || value === undefined ? () => {} : asyncDisposerOf(value));
    return value;
  }
}

function finish(face, symbol, method) {
  hidden(face.prototype, symbol, face.prototype[method]);
  const tag = { value: face.name, writable: false, enumerable: false, configurable: true };
  defineProperty(face.prototype, Symbol.toStringTag, tag);
}
finish(DisposableStack, DISPOSE, "dispose");
finish(AsyncDisposableStack, ASYNC_DISPOSE, "disposeAsync");

module.exports = { DisposableStack, AsyncDisposableStack, SuppressedError };
