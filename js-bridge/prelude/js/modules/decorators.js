// The standard's decorators at run time. js-bridge/modules/src/classes.rs lowers a decorated class
// to `decorated(list, (state, C) => class { ... })`, where list[0] holds the class's decorators
// and each further entry [kind, isStatic, name, ...decorators] of one element; the class calls
// `state` while it is defined and while instances are made.
"use strict";

const { Object, Reflect, Symbol, TypeError } = globalThis;
const { defineProperty, getOwnPropertyDescriptor } = Object;

const isField = (kind) => kind === "field";

class DecorationState {
  #list;
  #keys = [];
  #private = [];
  #initializers = [];
  #extra = [];
  #instanceExtra = [];
  #staticExtra = [];
  #classExtra = [];
  #metadata;

  result = undefined;

  constructor(list) {
    this.#list = list;
  }

  // A computed key, evaluated once and kept.
  key(index, value) {
    const key = typeof value === "symbol" ? value : `${value}`;
    this.#keys[index] = key;
    return key;
  }

  private(index, get, set, has) {
    this.#private[index] = { get, set, has };
  }

  // Applies all decorators; answers what the class's name is bound to.
  define(target, name) {
    const own = getOwnPropertyDescriptor(target, "name");
    if (own === undefined || own.value === "") {
      defineProperty(target, "name", { value: name, configurable: true });
    }
    const inherited = Symbol.metadata === undefined
      ? undefined : Object.getPrototypeOf(target)?.[Symbol.metadata];
    this.#metadata = inherited === undefined ? {} : Object.create(inherited);
    this.#applyGroup(target, (entry) => entry[1] && !isField(entry[0]));
    this.#applyGroup(target, (entry) => !entry[1] && !isField(entry[0]));
    this.#applyGroup(target, (entry) => entry[1] && isField(entry[0]));
    this.#applyGroup(target, (entry) => !entry[1] && isField(entry[0]));
    if (Symbol.metadata !== undefined) {
      defineProperty(target, Symbol.metadata, { value: this.#metadata, configurable: true });
    }
    this.result = this.#applyClass(target, name);
    runAll(this.#staticExtra, this.result);
    return this.result;
  }

  // The value of a field after its decorators' initialisers.
  initial(index, target, value) {
    for (const initialize of this.#initializers[index]) {
      value = Reflect.apply(initialize, target, [value]);
    }
    runAll(this.#extra[index], target);
    return value;
  }

  // Runs what decorators of methods added, before an instance's fields.
  instance(target) {
    runAll(this.#instanceExtra, target);
    return undefined;
  }

  finish() {
    runAll(this.#classExtra, this.result);
  }

  #applyGroup(target, belongs) {
    for (let index = 1; index < this.#list.length; index++) {
      if (belongs(this.#list[index])) this.#applyElement(target, index);
    }
  }

  #applyElement(target, index) {
    const [kind, isStatic, written, ...decorators] = this.#list[index];
    const name = this.#keys[index] ?? written;
    const holder = isStatic ? target : target.prototype;
    this.#initializers[index] = [];
    this.#extra[index] = [];
    const element = { kind, isStatic, name, index, holder, isPrivate: this.#isPrivate(index) };
    for (let at = decorators.length - 1; at >= 0; at--) {
      this.#applyOne(element, decorators[at]);
    }
  }

  #isPrivate(index) {
    return this.#private[index] !== undefined;
  }

  #applyOne(element, decorator) {
    const { kind, name, holder, index } = element;
    const descriptor = element.isPrivate ? undefined : getOwnPropertyDescriptor(holder, name);
    const part = { method: "value", getter: "get", setter: "set" }[kind];
    let value = part === undefined ? undefined : descriptor?.[part];
    if (kind === "accessor") value = { get: descriptor?.get, set: descriptor?.set };
    const { context, close } = this.#contextOf(element);
    const given = Reflect.apply(decorator, undefined, [value, context]);
    close();
    if (given === undefined) return;
    if (kind === "accessor") this.#takeAccessor(element, descriptor, given);
    else if (typeof given !== "function") throw wrongResult();
    else if (kind === "field") this.#initializers[index].unshift(given);
    else defineProperty(holder, name, { ...descriptor, [part]: given });
  }

  #takeAccessor({ holder, name, index, isPrivate }, descriptor, given) {
    if (typeof given !== "object" || given === null) throw wrongResult();
    if (typeof given.init === "function") this.#initializers[index].unshift(given.init);
    if (isPrivate) return;
    defineProperty(holder, name, {
      ...descriptor, get: given.get ?? descriptor.get, set: given.set ?? descriptor.set,
    });
  }

  #contextOf(element) {
    const { kind, isStatic, name, index, isPrivate } = element;
    let open = true;
    const list = this.#extraOf(kind, isStatic, index);
    const context = {
      kind, name, metadata: this.#metadata,
      addInitializer(initializer) {
        if (!open) throw new TypeError("Cannot call addInitializer after decoration was completed");
        if (typeof initializer !== "function") throw wrongResult();
        list.push(initializer);
      },
      static: isStatic, private: isPrivate, access: this.#accessOf(element),
    };
    return { context, close: () => { open = false; } };
  }

  #extraOf(kind, isStatic, index) {
    if (kind === "field" || kind === "accessor") return this.#extra[index];
    return isStatic ? this.#staticExtra : this.#instanceExtra;
  }

  #accessOf({ kind, name, index }) {
    const reach = this.#private[index] ?? {
      get: (of) => of[name], set: (of, value) => { of[name] = value; }, has: (of) => name in of,
    };
    const access = { has: reach.has };
    if (kind !== "setter") access.get = reach.get;
    if (kind !== "method" && kind !== "getter") access.set = reach.set;
    return access;
  }

  #applyClass(target, name) {
    const decorators = this.#list[0];
    let value = target;
    for (let at = decorators.length - 1; at >= 0; at--) {
      let open = true;
      const list = this.#classExtra;
      const context = {
        kind: "class", name: name === "" ? undefined : name, metadata: this.#metadata,
        addInitializer(initializer) {
          if (!open) {
            throw new TypeError("Cannot call addInitializer after decoration was completed");
          }
          if (typeof initializer !== "function") throw wrongResult();
          list.push(initializer);
        },
      };
      const given = Reflect.apply(decorators[at], undefined, [value, context]);
      open = false;
      if (given === undefined) continue;
      if (typeof given !== "function") throw wrongResult();
      value = given;
    }
    return value;
  }
}

function wrongResult() {
  return new TypeError("A decorator must return a function, or nothing");
}

function runAll(initializers, target) {
  for (const initialize of initializers) Reflect.apply(initialize, target, []);
}

function decorated(list, make) {
  const state = new DecorationState(list);
  make(state, undefined);
  return state.result;
}

module.exports = { decorated };
