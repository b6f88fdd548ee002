// What lowered syntax calls: legacy decorators and their metadata, and `using`.
"use strict";

const { Error, Object, Reflect, Symbol, TypeError } = globalThis;

// ---- Legacy decorators -----------------------------------------------------------------------

function decorate(decorators, target, key, descriptor) {
  const count = arguments.length;
  let value = count < 3 ? target : descriptor;
  if (descriptor === null) value = Object.getOwnPropertyDescriptor(target, key);
  for (let index = decorators.length - 1; index >= 0; index--) {
    const run = decorators[index];
    if (!run) continue;
    if (count < 3) value = run(value) || value;
    else if (count > 3) value = run(target, key, value) || value;
    else value = run(target, key) || value;
  }
  if (count > 3 && value) Object.defineProperty(target, key, value);
  return value;
}

function decorateParam(index, decorator) {
  return (target, key) => decorator(target, key, index);
}

function decorateMetadata(key, value) {
  if (typeof Reflect.metadata === "function") return Reflect.metadata(key, value);
  return undefined;
}

// ---- using -----------------------------------------------------------------------------------

function disposerOf(value, isAsync) {
  if (Object(value) !== value) {
    throw new TypeError("using declarations can only be used with objects, functions, null, " +
      "or undefined.");
  }
  let dispose = isAsync ? value[Symbol.asyncDispose] : undefined;
  if (dispose === undefined || dispose === null) {
    const synchronous = value[Symbol.dispose];
    dispose = isAsync && synchronous ? function () { Reflect.apply(synchronous, this, []); }
      : synchronous;
  }
  if (typeof dispose !== "function") {
    throw new TypeError("Property [Symbol.dispose] is not a function.");
  }
  return dispose;
}

function suppressed(error, earlier) {
  const { SuppressedError } = globalThis;
  return new SuppressedError(error, earlier);
}

const NOTHING = {};

class UsingContext {
  #resources = [];
  // The error of the block, set by the lowered code's catch clause.
  e = NOTHING;

  u(value) { return this.#add(value, false); }
  a(value) { return this.#add(value, true); }

  #add(value, isAsync) {
    if (value !== null && value !== undefined) {
      this.#resources.push({ value, dispose: disposerOf(value, isAsync), isAsync });
    } else if (isAsync) {
      this.#resources.push({ value, dispose: undefined, isAsync });
    }
    return value;
  }

  // Disposes of everything, last first; answers a promise where something is asynchronous.
  d() {
    return this.#disposeFrom(this.#resources.length - 1);
  }

  #disposeFrom(index) {
    for (; index >= 0; index--) {
      const { value, dispose, isAsync } = this.#resources[index];
      let result;
      try {
        result = dispose === undefined ? undefined : Reflect.apply(dispose, value, []);
      } catch (error) {
        this.#fail(error);
      }
      if (isAsync) return this.#disposeAfter(result, index - 1);
    }
    if (this.e !== NOTHING) throw this.e;
    return undefined;
  }

  async #disposeAfter(result, next) {
    try {
      await result;
    } catch (error) {
      this.#fail(error);
    }
    return this.#disposeFrom(next);
  }

  #fail(error) {
    this.e = this.e === NOTHING ? error : suppressed(error, this.e);
  }
}

function usingCtx() {
  return new UsingContext();
}

// ---- Fields by assignment --------------------------------------------------------------------

function defineProperty(target, key, value) {
  Object.defineProperty(target, key, {
    value, enumerable: true, configurable: true, writable: true,
  });
  return target;
}

// The standard's decorators: js-bridge/modules/src/classes.rs writes the calls.
function decorated(list, make) {
  return require("runtime/module-decorators").decorated(list, make);
}

module.exports = {
  decorate, decorateMetadata, decorateParam, decorated, defineProperty, usingCtx,
};
