// Errors of finding and building modules: the globals ResolveMessage and BuildMessage. As in Bun
// their properties are accessors of the prototype, and they are errors by prototype only.
"use strict";

const { Error, Object, Symbol, SyntaxError, TypeError } = globalThis;

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

// What only this module can make one of.
const MAKE = Symbol("make");

function illegalConstructor() {
  const error = new TypeError("Illegal constructor");
  error.code = "ERR_ILLEGAL_CONSTRUCTOR";
  return error;
}

class ResolveMessage {
  #details;
  #stack;

  constructor() {
    if (arguments[0] !== MAKE) throw illegalConstructor();
    this.#details = arguments[1];
  }

  get code() { return this.#details.code; }
  get column() { return 0; }
  get importKind() { return this.#details.importKind; }
  get level() { return this.#details.level; }
  get line() { return 0; }
  get message() { return this.#details.message; }
  set message(value) { this.#details.message = value; }
  get position() { return null; }
  get referrer() { return this.#details.referrer; }
  get requireStack() { return this.#details.requireStack; }
  get specifier() { return this.#details.specifier; }
  get stack() { return this.#stack ??= new Error(this.message).stack; }
  set stack(value) { this.#stack = value; }
  toJSON() {
    const { message, specifier, importKind } = this;
    return { name: this.name, position: null, message, level: this.level, specifier, importKind,
      referrer: this.referrer };
  }
  toString() { return `${this.name}: ${this.message}`; }
  [INSPECT]() { return `error: ${this.#details.printed ?? this.message}`; }
}

class BuildMessage {
  #details;

  constructor() {
    if (arguments[0] !== MAKE) throw illegalConstructor();
    this.#details = arguments[1];
  }

  // Counted from zero, where those of the position begin at one.
  get column() { return (this.position?.column ?? 1) - 1; }
  get level() { return this.#details.level; }
  get line() { return (this.position?.line ?? 1) - 1; }
  get message() { return this.#details.message; }
  set message(value) { this.#details.message = value; }
  get notes() { return this.#details.notes; }
  get position() { return this.#details.position; }
  toJSON() {
    return { name: this.name, position: this.position, message: this.message, level: this.level };
  }
  toString() { return `${this.name}: ${this.message}`; }
  [INSPECT]() { return codeFrame(this.#details) + notesOf(this.#details.notes); }
}

// The line, a caret below the place, the message and where it is.
function codeFrame({ message, position, level }) {
  if (position === null) return `${level}: ${message}`;
  const { lineText, file, line, column } = position;
  const number = `${line} | `;
  return `${number}${lineText}\n${" ".repeat(number.length + column - 1)}^\n` +
    `${level}: ${message}\n${level === "note" ? "   " : "    "}at ${file}:${line}:${column}`;
}

function notesOf(notes) {
  return notes.map((note) => `\n\n${note[INSPECT]()}`).join("");
}

const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames } = Object;

// As Bun has them: members enumerable and fixed, the name and the tags data of the prototype.
function finish(face) {
  const { prototype } = face;
  for (const name of getOwnPropertyNames(prototype)) {
    if (name === "constructor") continue;
    const descriptor = getOwnPropertyDescriptor(prototype, name);
    defineProperty(prototype, name, { ...descriptor, enumerable: true, configurable: false });
  }
  const tag = { value: face.name, writable: false, enumerable: false, configurable: true };
  defineProperty(prototype, "name", { ...tag, enumerable: true });
  defineProperty(prototype, Symbol.toStringTag, tag);
  const convert = {
    toPrimitive(hint) { return hint === "number" ? null : this.toString(); },
  };
  defineProperty(prototype, Symbol.toPrimitive, { ...tag, value: convert.toPrimitive });
  defineProperty(prototype, INSPECT, { enumerable: false });
  Object.setPrototypeOf(prototype, Error.prototype);
}
finish(ResolveMessage);
finish(BuildMessage);

const resolveMessage = (details) => new ResolveMessage(MAKE, details);
const buildMessage = (details) => new BuildMessage(MAKE, { level: "error", ...details });

function isMessage(value) {
  return value instanceof ResolveMessage || value instanceof BuildMessage;
}

// A specifier that `referrer` asks for does not exist.
function notFound(failure, specifier, referrer, isRequire) {
  if (isRequire) {
    return resolveMessage({
      message: `Cannot find module '${specifier}'\nRequire stack:\n- ${referrer}`,
      printed: `Cannot find module '${specifier}' from '${referrer}'`,
      code: "MODULE_NOT_FOUND",
      specifier,
      referrer,
      importKind: "require-call",
      requireStack: [referrer],
    });
  }
  const what = failure.isPackage ? "package" : "module";
  // Printed, a part of a package or one with a scope is called a module.
  const shown = specifier.includes("/") ? "module" : what;
  return resolveMessage({
    message: `Cannot find ${what} '${failure.subject}' imported from ${referrer}`,
    printed: `Cannot find ${shown} '${specifier}' from '${referrer}'`,
    code: "ERR_MODULE_NOT_FOUND",
    specifier,
    referrer,
    importKind: "import-statement",
  });
}

function unknownBuiltin(specifier, referrer, isRequire) {
  return resolveMessage({
    message: `No such built-in module: ${specifier}`,
    code: "ERR_UNKNOWN_BUILTIN_MODULE",
    specifier,
    referrer,
    importKind: isRequire ? "require-call" : "import-statement",
  });
}

// The error that native code describes instead of a module.
function loadError(answer, path) {
  if (answer.kind === "unreadable") {
    return resolveMessage({
      message: `Cannot read module '${path}': ${answer.message}`,
      code: "ERR_MODULE_NOT_FOUND",
      specifier: path,
      referrer: "",
      importKind: "import-statement",
    });
  }
  return buildError(answer, path, "error");
}

// A BuildMessage of a description, whose note is one too.
function buildError({ message, note, ...place }, path, level) {
  const position = place.line === undefined ? null : {
    lineText: place.lineText,
    file: path,
    namespace: "file",
    line: place.line,
    column: place.column,
    length: place.length,
    offset: place.offset,
  };
  const notes = note === undefined ? [] : [buildError(note, path, "note")];
  return buildMessage({ message, position, notes, level });
}

function missingExport(name, path) {
  if (name === "default") return new SyntaxError(`Missing 'default' export in module '${path}'.`);
  return new SyntaxError(`Export named '${name}' not found in module '${path}'.`);
}

function ambiguousExport(name, path) {
  return new SyntaxError(`Export named '${name}' cannot be resolved due to ambiguous multiple ` +
    `bindings in module '${path}'.`);
}

function requiredAsyncModule(path) {
  return new TypeError(`require() async module "${path}" is unsupported. ` +
    "use \"await import()\" instead.");
}

module.exports = {
  BuildError: BuildMessage, BuildMessage, ResolveError: ResolveMessage, ResolveMessage,
  buildMessage, isMessage,
  ambiguousExport, buildMessage, loadError, missingExport, notFound,
  requiredAsyncModule, resolveMessage, unknownBuiltin,
};
