// Promises run what they call in the async context it was given in: reactions, and the `then` of
// thenables. Loaded when the first context is set (AsyncLocalStorage), so that programs without
// one keep the engine's own functions, and for the realms of node:vm.
//
// A thenable's `then` is called by a job of the engine's, which knows no contexts: in its place
// stands an object whose `then` restores the context first. Its own `then` is read once more by
// that than the specification says.
"use strict";

const { Object, Promise, Proxy, Reflect, Symbol } = globalThis;
const asyncContext = require("runtime/async-context");
const { apply, construct } = Reflect;
const { getPrototypeOf } = Object;
const promisePrototype = Promise.prototype;
const nativeThen = asyncContext.then;
const nativeResolve = Promise.resolve.bind(Promise);

// ---- Thenables -------------------------------------------------------------------------------

class Carried {
  constructor(value, method) {
    this.value = value;
    this.method = method;
    this.context = asyncContext.current;
  }

  then(resolve, reject) {
    asyncContext.current = this.context;
    return apply(this.method, this.value, [resolve, reject]);
  }
}

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function carry(value) {
  if (!isObject(value) || getPrototypeOf(value) === promisePrototype) return value;
  let method;
  try {
    method = value.then;
  } catch {
    // The engine asks again, and rejects with what it gets.
    return value;
  }
  return typeof method === "function" ? new Carried(value, method) : value;
}

function carryingResolve(resolve) {
  return (value) => resolve(carry(value));
}

function carrying(executor) {
  if (typeof executor !== "function") return executor;
  return (resolve, reject) => executor(carryingResolve(resolve), reject);
}

// ---- for await -------------------------------------------------------------------------------

// What a `for await` loop asks, and the context that each asking has left.
class Loop {
  constructor(iterable, method) {
    this.current = asyncContext.current;
    this.source = this;
    this.iterable = iterable;
    this.method = method;
    this.iterator = undefined;
    this.step = undefined;
  }

  [Symbol.asyncIterator]() {
    return this.begin();
  }

  begin() {
    const iterator = apply(this.method, this.iterable, []);
    if (!isObject(iterator)) return iterator;
    this.iterator = iterator;
    this.step = iterator.next;
    return this;
  }

  next() {
    const result = apply(this.step, this.iterator, []);
    this.current = asyncContext.current;
    return carry(result);
  }

  get return() {
    const { iterator } = this;
    const method = iterator.return;
    return typeof method === "function" ? () => carry(apply(method, iterator, [])) : method;
  }
}

// The same for what has a synchronous iterator only, whose values are awaited.
class SynchronousLoop extends Loop {
  [Symbol.iterator]() {
    return this.begin();
  }

  next() {
    const result = apply(this.step, this.iterator, []);
    this.current = asyncContext.current;
    if (!isObject(result)) return result;
    const { done } = result;
    return { done, value: carry(result.value) };
  }

  get return() {
    const { iterator } = this;
    const method = iterator.return;
    return typeof method === "function" ? () => apply(method, iterator, []) : method;
  }
}
Object.defineProperty(SynchronousLoop.prototype, Symbol.asyncIterator, { value: undefined });

function looping(iterable) {
  const plain = { current: asyncContext.current, source: iterable };
  if (iterable === undefined || iterable === null) return plain;
  const method = iterable[Symbol.asyncIterator];
  if (typeof method === "function") return new Loop(iterable, method);
  if (method !== undefined && method !== null) return plain;
  const synchronous = iterable[Symbol.iterator];
  return typeof synchronous === "function" ? new SynchronousLoop(iterable, synchronous) : plain;
}

// ---- The engine's functions ------------------------------------------------------------------

function bound(reaction, context) {
  return function (value) {
    asyncContext.current = context;
    return carry(reaction(value));
  };
}

function replace(target, methods) {
  for (const name of Object.keys(methods)) {
    Object.defineProperty(target, name, {
      configurable: true, enumerable: false, writable: true, value: methods[name],
    });
  }
}

function reacting(then) {
  return {
    then(onFulfilled, onRejected) {
      const context = asyncContext.current;
      if (typeof onFulfilled === "function") onFulfilled = bound(onFulfilled, context);
      if (typeof onRejected === "function") onRejected = bound(onRejected, context);
      return apply(then, this, [onFulfilled, onRejected]);
    },
  };
}

// A promise that the constructor answers as it is.
function isOwn(constructor, value) {
  return value instanceof Promise && value.constructor === constructor;
}

function settling({ resolve, withResolvers, try: attempt }) {
  return {
    resolve(value) {
      return apply(resolve, this, [isOwn(this, value) ? value : carry(value)]);
    },
    withResolvers() {
      const made = apply(withResolvers, this, []);
      made.resolve = carryingResolve(made.resolve);
      return made;
    },
    try(callback, ...parameters) {
      if (typeof callback !== "function") return apply(attempt, this, [callback]);
      return apply(attempt, this, [() => carry(callback(...parameters))]);
    },
  };
}

// Constructors of promises that are called by their value.
function constructing({ construct: nativeConstruct }) {
  return {
    construct(target, given) {
      const called = arguments.length > 2 ? arguments[2] : target;
      if (target !== Promise || typeof given !== "object" || given === null) {
        return nativeConstruct(target, given, called);
      }
      return nativeConstruct(target, [carrying(given[0])], called);
    },
  };
}

// A generator that is ended awaits the value it is ended with, and goes on into its `finally`
// blocks: a reaction that comes before that restores the context.
function ending(nativeReturn) {
  return {
    return(value) {
      const context = asyncContext.current;
      const restore = () => { asyncContext.current = context; };
      let given = value;
      try {
        given = nativeResolve(carry(value));
        apply(nativeThen, given, [restore, restore]);
      } catch {
        given = value;
      }
      return apply(nativeReturn, this, [given]);
    },
  };
}

// The constructor of asynchronous functions, whose code is rewritten.
function compiling(constructor, head) {
  const rewritten = (parts) => parts.map((part, index) =>
    index === parts.length - 1 ? require("runtime/code-context").body(part, head) : part);
  const proxy = new Proxy(constructor, {
    apply: (_target, _receiver, parts) => construct(constructor, rewritten(parts)),
    construct: (_target, parts, called) =>
      construct(constructor, rewritten(parts), called === proxy ? constructor : called),
  });
  const { prototype } = constructor;
  Object.defineProperty(prototype, "constructor", {
    ...Object.getOwnPropertyDescriptor(prototype, "constructor"), value: proxy,
  });
}

/** Takes an asynchronous function and an asynchronous generator of the realm it works on. */
function enableIn(asynchronous, generating) {
  const constructor = asynchronous().constructor;
  replace(constructor.prototype, reacting(constructor.prototype.then));
  replace(constructor, settling(constructor));
  const generators = getPrototypeOf(generating).prototype;
  replace(generators, ending(generators.return));
  compiling(asynchronous.constructor, "async function f() {");
  compiling(generating.constructor, "async function* f() {");
}

let isEnabled = false;

function enable() {
  if (isEnabled) return;
  isEnabled = true;
  enableIn(async () => {}, async function* () {});
  replace(Reflect, constructing(Reflect));
  asyncContext.then = promisePrototype.then;
  asyncContext.carry = carry;
  asyncContext.carrying = carrying;
  asyncContext.looping = looping;
}

module.exports = { enable, enableIn };
