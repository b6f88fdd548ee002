// Errors of finding and building modules: the globals ResolveMessage and BuildMessage. As in Bun
// their properties are accessors of the prototype, and they are errors by prototype only.
"use strict";

const { Error, Object, Symbol, SyntaxError, TypeError } = globalThis;

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

class ResolveMessage {
  #details;

  constructor(details) {
    this.#details = details;
  }

  get message() { return this.#details.message; }
  get code() { return this.#details.code; }
  get specifier() { return this.#details.specifier; }
  get referrer() { return this.#details.referrer; }
  get importKind() { return this.#details.importKind; }
  get requireStack() { return this.#details.requireStack; }
  get position() { return null; }
  get level() { return "error"; }
  get name() { return "ResolveMessage"; }
  toJSON() {
    const { message, specifier, importKind } = this;
    return { name: this.name, position: null, message, level: this.level, specifier, importKind,
      referrer: this.referrer };
  }
  [INSPECT]() { return `error: ${this.#details.printed ?? this.message}`; }
}

class BuildMessage {
  #details;

  constructor(details) {
    this.#details = details;
  }

  get message() { return this.#details.message; }
  get position() { return this.#details.position; }
  get notes() { return this.#details.notes; }
  get level() { return "error"; }
  get name() { return "BuildMessage"; }
  toJSON() {
    return { name: this.name, position: this.position, message: this.message, level: this.level };
  }
  [INSPECT]() { return codeFrame(this.#details) + notesOf(this.#details.notes); }
}

// The line, a caret below the place, the message and where it is.
function codeFrame({ message, position }) {
  if (position === null) return `error: ${message}`;
  const { lineText, file, line, column } = position;
  const number = `${line} | `;
  return `${number}${lineText}\n${" ".repeat(number.length + column - 1)}^\n` +
    `error: ${message}\n    at ${file}:${line}:${column}`;
}

function notesOf(notes) {
  return notes.map((note) => `\n\nnote: ${note}`).join("");
}

Object.setPrototypeOf(ResolveMessage.prototype, Error.prototype);
Object.setPrototypeOf(BuildMessage.prototype, Error.prototype);

// A specifier that `referrer` asks for does not exist.
function notFound(failure, specifier, referrer, isRequire) {
  if (isRequire) {
    return new ResolveMessage({
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
  return new ResolveMessage({
    message: `Cannot find ${what} '${failure.subject}' imported from ${referrer}`,
    printed: `Cannot find ${what} '${failure.subject}' from '${referrer}'`,
    code: "ERR_MODULE_NOT_FOUND",
    specifier,
    referrer,
    importKind: "import-statement",
  });
}

function unknownBuiltin(specifier, referrer, isRequire) {
  return new ResolveMessage({
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
    return new ResolveMessage({
      message: `Cannot read module '${path}': ${answer.message}`,
      code: "ERR_MODULE_NOT_FOUND",
      specifier: path,
      referrer: "",
      importKind: "import-statement",
    });
  }
  const position = answer.line === undefined ? null : {
    lineText: answer.lineText,
    file: path,
    namespace: "file",
    line: answer.line,
    column: answer.column,
    length: answer.length,
    offset: answer.offset,
  };
  const notes = answer.note === undefined ? [] : [answer.note];
  return new BuildMessage({ message: answer.message, position, notes });
}

function missingExport(name, path) {
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
  BuildMessage, ResolveMessage, ambiguousExport, loadError, missingExport, notFound,
  requiredAsyncModule, unknownBuiltin,
};
