// Bun.$: commands as templates, run by the system's shell (/bin/sh), whose language Bun's own
// shell shares in the main. Values put into a template are quoted, so that each is one word.
// A command starts when it is awaited or its output is asked for.
"use strict";

const { Array, JSON, Object, Promise } = globalThis;

const PLAIN = /^[\w@%+=:,./-]+$/;

function quoted(text) {
  return PLAIN.test(text) ? text : `"${text.replace(/["$`\\]/g, "\\$&")}"`;
}

// A value as words of a command: lists are several, { raw } stands as it is.
function wordsOf(value) {
  if (Array.isArray(value)) return value.map(wordsOf).join(" ");
  if (typeof value === "object" && value !== null && typeof value.raw === "string") {
    return value.raw;
  }
  return quoted(String(value));
}

function scriptOf(strings, values) {
  let script = strings.raw[0];
  for (let index = 0; index < values.length; index++) {
    script += wordsOf(values[index]) + strings.raw[index + 1];
  }
  return script;
}

class ShellOutput {
  constructor(stdout, stderr, exitCode) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.exitCode = exitCode;
  }

  text(encoding) { return this.stdout.toString(encoding); }
  json() { return JSON.parse(this.stdout.toString()); }
  bytes() { return new Uint8Array(this.stdout); }
  arrayBuffer() { return new Uint8Array(this.stdout).buffer; }
  blob() { return new Blob([this.stdout]); }
}

class ShellError extends Error {
  constructor({ stdout, stderr, exitCode }) {
    super(`Failed with exit code ${exitCode}`);
    this.name = "ShellError";
    Object.assign(this, { exitCode, stdout, stderr });
  }

  text(encoding) { return this.stdout.toString(encoding); }
  json() { return JSON.parse(this.stdout.toString()); }
  bytes() { return new Uint8Array(this.stdout); }
  arrayBuffer() { return new Uint8Array(this.stdout).buffer; }
  blob() { return new Blob([this.stdout]); }
}

async function run(script, { cwd, env, isQuiet, throws }) {
  const child = Bun.spawn(["/bin/sh", "-c", script], {
    cwd, env, stdin: "inherit", stdout: "pipe", stderr: "pipe",
  });
  const [out, error, exitCode] = await Promise.all([
    collect(child.stdout, isQuiet ? undefined : process.stdout),
    collect(child.stderr, isQuiet ? undefined : process.stderr),
    child.exited,
  ]);
  const output = new ShellOutput(out, error, exitCode);
  if (exitCode !== 0 && throws) throw new ShellError(output);
  return output;
}

async function collect(stream, shown) {
  const parts = [];
  for await (const part of stream) {
    parts.push(part);
    shown?.write(part);
  }
  return Buffer.concat(parts);
}

class ShellPromise extends Promise {
  #script;
  #settings;
  #begin;

  static get [Symbol.species]() { return Promise; }

  constructor(script, settings) {
    let begin;
    super((resolve, reject) => { begin = { resolve, reject }; });
    this.#script = script;
    this.#settings = { ...settings };
    this.#begin = begin;
  }

  run() {
    const begin = this.#begin;
    this.#begin = undefined;
    if (begin !== undefined) run(this.#script, this.#settings).then(begin.resolve, begin.reject);
    return this;
  }

  then(onFulfilled, onRejected) {
    this.run();
    return super.then(onFulfilled, onRejected);
  }

  #set(name, value) {
    if (this.#begin === undefined) throw new Error("Shell is already running");
    this.#settings[name] = value;
    return this;
  }

  cwd(path) { return this.#set("cwd", path); }
  env(variables) { return this.#set("env", variables); }
  quiet(isQuiet = true) { return this.#set("isQuiet", isQuiet); }
  nothrow() { return this.#set("throws", false); }
  throws(throws) { return this.#set("throws", Boolean(throws)); }

  async text(encoding) { return (await this.quiet()).text(encoding); }
  async json() { return (await this.quiet()).json(); }
  async bytes() { return (await this.quiet()).bytes(); }
  async arrayBuffer() { return (await this.quiet()).arrayBuffer(); }
  async blob() { return (await this.quiet()).blob(); }

  async *lines() {
    const text = await this.text();
    yield* text.split("\n");
  }
}

// A shell function with settings of its own.
function makeShell() {
  const settings = { cwd: undefined, env: undefined, isQuiet: false, throws: true };
  const shell = function (strings, ...values) {
    if (!Array.isArray(strings) || strings.raw === undefined) {
      throw new Error("Please use '$' as a tagged template function: $`cmd arg1 arg2`");
    }
    return new ShellPromise(scriptOf(strings, values), settings);
  };
  Object.defineProperty(shell, "name", { value: "BunShell" });
  const setter = (name, read) => (value) => {
    settings[name] = read(value);
    return shell;
  };
  return Object.assign(shell, {
    cwd: setter("cwd", (path) => path),
    env: setter("env", (variables) => variables),
    nothrow: setter("throws", () => false),
    throws: setter("throws", Boolean),
    escape: (text) => quoted(String(text)),
    Shell: function Shell() { return makeShell(); },
    ShellError,
    ShellPromise,
  });
}

module.exports = { $: makeShell() };
