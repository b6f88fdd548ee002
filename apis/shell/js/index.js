"use strict";
// Bun.$: a template becomes a promise of what its script printed. A script starts when it is
// awaited or run() is called; what is wrong with its words is thrown where the template stands.

const { scriptOf, escape } = require("shell/template");
const { ShellOutput, ShellError, ownBuffer } = require("shell/output");

const { JSON, Map, Object, Promise, Symbol, TypeError } = globalThis;

const WRONG_CALL = "Please use '$' as a tagged template function: $`cmd arg1 arg2`";

function variablesOf(env) {
  const variables = new Map();
  for (const name of Object.keys(env)) {
    if (env[name] !== undefined) variables.set(name, `${env[name]}`);
  }
  return variables;
}

async function execute(script, settings) {
  const { Interpreter, State } = require("shell/interpreter");
  const { Capture } = require("shell/streams");
  const cwd = settings.cwd ?? process.cwd();
  const state = new State(cwd, variablesOf(settings.env ?? process.env));
  if (settings.cwd !== undefined) state.exported.set("PWD", cwd);
  const [stdout, stderr] = settings.isQuiet
    ? [new Capture(), new Capture()]
    : [new Capture(process.stdout), new Capture(process.stderr)];
  const interpreter = new Interpreter(script.objects);
  const code = await interpreter.script(script.tree, state, { stdin: undefined, stdout, stderr });
  return new ShellOutput(ownBuffer(stdout.bytes()), ownBuffer(stderr.bytes()), code);
}

class ShellPromise extends Promise {
  #script;
  #settings;
  #throws;
  #hasRun = false;
  #resolve;
  #reject;
  // Made here so that its stack shows where the template stands.
  #error = new ShellError();

  static get [Symbol.species]() { return Promise; }

  constructor(script, settings, throws) {
    let settle;
    super((resolve, reject) => { settle = { resolve, reject }; });
    this.#resolve = settle.resolve;
    this.#reject = settle.reject;
    this.#script = script;
    this.#settings = settings;
    this.#throws = throws;
  }

  #checkWaiting() {
    if (this.#hasRun) throw new Error("Shell is already running");
  }

  #finish(output) {
    if (!this.#throws || output.exitCode === 0) {
      this.#resolve(output);
      return;
    }
    this.#error.initialize(output, output.exitCode);
    this.#reject(this.#error);
  }

  run() {
    if (!this.#hasRun) {
      this.#hasRun = true;
      execute(this.#script, this.#settings).then((output) => this.#finish(output), this.#reject);
    }
    return this;
  }

  then(onFulfilled, onRejected) {
    this.run();
    return super.then(onFulfilled, onRejected);
  }

  cwd(path) {
    this.#checkWaiting();
    const isHere = path === undefined || path === "." || path === "" || path === "./";
    this.#settings.cwd = isHere ? process.cwd() : require("node/path").resolve(path);
    return this;
  }

  env(variables) {
    this.#checkWaiting();
    if (variables !== undefined && (typeof variables !== "object" || variables === null)) {
      throw new TypeError("env must be an object");
    }
    this.#settings.env = variables;
    return this;
  }

  quiet(isQuiet) {
    this.#checkWaiting();
    this.#settings.isQuiet = isQuiet ?? true;
    return this;
  }

  nothrow() {
    this.#throws = false;
    return this;
  }

  throws(throws) {
    this.#throws = Boolean(throws);
    return this;
  }

  async text(encoding) { return (await this.quiet(true)).stdout.toString(encoding); }
  async json() { return JSON.parse((await this.quiet(true)).stdout.toString()); }
  async arrayBuffer() { return (await this.quiet(true)).arrayBuffer(); }
  async bytes() { return (await this.quiet(true)).bytes(); }
  async blob() { return (await this.quiet(true)).blob(); }

  async *lines() {
    yield* (await this.quiet(true)).stdout.toString().split("\n");
  }
}

// What a shell function remembers for the scripts made with it.
const cwdKey = Symbol("cwd");
const envKey = Symbol("env");
const throwsKey = Symbol("throws");

class ShellPrototype {
  [cwdKey] = undefined;
  [envKey] = undefined;
  [throwsKey] = true;

  env(variables) {
    if (variables === undefined) this[envKey] = undefined;
    else if (variables) this[envKey] = { ...variables };
    else throw new TypeError("env must be an object or undefined");
    return this;
  }

  cwd(path) {
    if (path !== undefined && typeof path !== "string") {
      throw new TypeError("cwd must be a string or undefined");
    }
    const isHere = path === "." || path === "" || path === "./";
    this[cwdKey] = isHere ? process.cwd() : path;
    return this;
  }

  nothrow() {
    this[throwsKey] = false;
    return this;
  }

  throws(throws) {
    this[throwsKey] = Boolean(throws);
    return this;
  }
}

function start(shell, first, values) {
  if (first?.raw === undefined) throw new Error(WRONG_CALL);
  const { pieces, objects } = scriptOf(first.raw, values);
  const tree = JSON.parse(ops.shellParse(pieces));
  const path = shell[cwdKey];
  const settings = {
    cwd: path === undefined ? undefined : require("node/path").resolve(path),
    env: shell[envKey],
    isQuiet: false,
  };
  return new ShellPromise({ tree, objects }, settings, shell[throwsKey]);
}

function prepare(shell, prototype) {
  Object.setPrototypeOf(shell, prototype);
  Object.assign(shell, { [cwdKey]: undefined, [envKey]: undefined, [throwsKey]: true });
  return shell;
}

const BunShell = function BunShell(first, ...rest) {
  return start(BunShell, first, rest);
};

function Shell() {
  if (!new.target) {
    throw new TypeError("Class constructor Shell cannot be invoked without 'new'");
  }
  const own = function Shell(first, ...rest) {
    return start(own, first, rest);
  };
  return prepare(own, Shell.prototype);
}
Shell.prototype = ShellPrototype.prototype;
Object.setPrototypeOf(Shell, ShellPrototype);
Object.setPrototypeOf(ShellPrototype.prototype, Function.prototype);

prepare(BunShell, ShellPrototype.prototype);
Object.assign(BunShell, {
  Shell,
  ShellPromise,
  ShellError,
  braces(pattern) {
    const options = arguments[1];
    if (options?.tokenize || options?.parse) {
      throw new Error("$.braces shows neither tokens nor trees");
    }
    return ops.shellBraces(`${pattern}`);
  },
  escape: (text) => escape(`${text}`),
});

for (const name of ["Shell", "ShellPromise", "ShellError", "braces", "escape"]) {
  Object.defineProperty(BunShell, name, { writable: false, configurable: false });
}

/// The language's own view of a template, for tests of it.
const shellInternals = {
  lex: (strings, ...values) => ops.shellLex(scriptOf(strings.raw, values).pieces),
  parse: (strings, ...values) => ops.shellParse(scriptOf(strings.raw, values).pieces),
};

module.exports = { $: BunShell, execute, shellInternals };
