// What programs see of a contextified realm's global object: the properties of its sandbox, and
// behind them the builtins of the realm. The engine itself asks the sandbox for names only, and
// keeps definitions and descriptions of properties to itself; a face knows better, so `this`,
// `globalThis` and the value that leaves a context are the face. A function that is not strict
// sees the global object itself as `this`; the realm's functions on properties turn to the face.
"use strict";

const { Object, Reflect, Set } = globalThis;
const engine = require("runtime/engine");

const {
  defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, has, ownKeys, set,
  setPrototypeOf,
} = Reflect;

/** What the realm's global object holds for prepared scripts. */
const HIDDEN = new Set(["$dx_import", "$dx_tick"]);

class Face {
  #realm;

  constructor(realm) {
    this.#realm = realm;
  }

  /** Whether a key names a builtin that nothing of the sandbox hides. */
  #isBuiltin(key) {
    const { global, sandbox } = this.#realm;
    return typeof key === "string" && !HIDDEN.has(key) && !has(sandbox, key) && has(global, key);
  }

  #seen(value) {
    const { face, sandbox } = this.#realm;
    return value === sandbox ? face : value;
  }

  get(_target, key) {
    const { global, sandbox } = this.#realm;
    if (has(sandbox, key)) return this.#seen(sandbox[key]);
    return typeof key === "string" ? global[key] : undefined;
  }

  set(_target, key, value) {
    assign(this.#realm, key, value);
    return true;
  }

  // What the sandbox inherits can be read, but is not there.
  has(_target, key) {
    const { global, sandbox } = this.#realm;
    return Object.hasOwn(sandbox, key) || this.#isBuiltin(key) || has(getPrototypeOf(global), key);
  }

  deleteProperty(_target, key) {
    const { global, sandbox } = this.#realm;
    if (this.#isBuiltin(key)) return deleteProperty(global, key);
    return deleteProperty(sandbox, key);
  }

  ownKeys() {
    const { global, sandbox } = this.#realm;
    const own = ownKeys(sandbox);
    const names = Object.getOwnPropertyNames(global).filter((name) => this.#isBuiltin(name));
    const isName = (key) => typeof key === "string";
    return [...own.filter(isName), ...names, ...own.filter((key) => !isName(key))];
  }

  getOwnPropertyDescriptor(_target, key) {
    const { global, sandbox } = this.#realm;
    const own = getOwnPropertyDescriptor(sandbox, key);
    if (own !== undefined) {
      if (own.configurable && own.value === sandbox) own.value = this.#seen(own.value);
      return own;
    }
    if (!this.#isBuiltin(key)) return undefined;
    const found = getOwnPropertyDescriptor(global, key);
    // The sandbox has none of that name, and may not be told of one it could never lose.
    return found === undefined ? undefined : { ...found, configurable: true };
  }

  defineProperty(_target, key, descriptor) {
    return defineProperty(this.#realm.sandbox, key, descriptor);
  }

  getPrototypeOf() {
    return getPrototypeOf(this.#realm.global);
  }

  setPrototypeOf(_target, prototype) {
    return setPrototypeOf(this.#realm.global, prototype);
  }

  preventExtensions() {
    return false;
  }
}

/**
 * Sets a property of a sandbox. What is read-only throws, as it does in strict code; a script that
 * is not strict goes on.
 */
function assign(realm, key, value) {
  if (set(realm.sandbox, key, value) || realm.isLenient) return;
  throw new TypeError("Attempted to assign to readonly property.");
}

// Runs inside the realm. What it replaces looks as before.
const PATCH = `(function (global, face, sandbox, defineProperty) {
  const { Object, Reflect } = global;
  const define = (owner, name, value) => defineProperty(owner, name, {
    value, writable: true, enumerable: false, configurable: true,
  });
  const replace = (owner, name, replacement) => {
    const { length } = owner[name];
    defineProperty(replacement, "name", { value: name, configurable: true });
    defineProperty(replacement, "length", { value: length, configurable: true });
    define(owner, name, replacement);
  };
  for (const owner of [Object, Reflect]) {
    for (const name of [
      "defineProperties", "defineProperty", "getOwnPropertyDescriptor", "getOwnPropertyDescriptors",
      "getOwnPropertyNames", "getOwnPropertySymbols", "hasOwn", "keys", "ownKeys",
    ]) {
      const original = owner[name];
      if (typeof original !== "function") continue;
      replace(owner, name, {
        method(object, ...rest) { return original(object === global ? face : object, ...rest); },
      }.method);
    }
  }
  // What a proxy refuses has words of its own: the sandbox says what it refuses.
  const original = Object.defineProperty;
  replace(Object, "defineProperty", {
    method(object, ...rest) {
      if (object !== face && object !== global) return original(object, ...rest);
      defineProperty(sandbox, ...rest);
      return face;
    },
  }.method);
  const { apply } = Reflect;
  for (const name of ["hasOwnProperty", "propertyIsEnumerable"]) {
    const original = Object.prototype[name];
    replace(Object.prototype, name, {
      method(key) { return apply(original, this === global ? face : this, [key]); },
    }.method);
  }
  define(global, "globalThis", face);
})`;

/** Makes the face of a realm with a sandbox: `{ global, sandbox }`. */
function giveFace(realm) {
  const { global, sandbox } = realm;
  // The engine runs a script in the realm of what is `this`: the proxy must be of that realm.
  const { Proxy } = global;
  const face = new Proxy(sandbox, new Face(realm));
  realm.face = face;
  engine.giveFace(global, face, (key, value) => assign(realm, key, value));
  engine.evaluateIn(global, PATCH, "dx:node/vm-realm", 1)(
    global, face, sandbox, Object.defineProperty,
  );
  return face;
}

module.exports = { giveFace };
