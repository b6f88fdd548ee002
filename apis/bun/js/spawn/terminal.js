"use strict";
// Bun.Terminal: a pseudo-terminal, by itself or made by Bun.spawn for one child.
// Invariants: the child's side stays open while children may still be given it, so that the end of
// one is not the end of the terminal; one that Bun.spawn made gives it up once its child has it.
// `exit` is told once: 0 where it was closed here, 1 where the other side has gone.

const { codedError, invalidArgument, setTag } = require("web/fetch-errors");
const { copyBytes } = require("web/blob");
const { encodeUtf8 } = require("web/encoding");
const loop = require("runtime/event-loop");
const asyncContext = require("runtime/async-context");

const COLUMNS = 80;
const ROWS = 24;
const SIZE_MAX = 65535;
const CLOSED_HERE = 0;
const OTHER_SIDE_GONE = 1;
// What a new terminal is set to: a line discipline in UTF-8 with echo and signals.
const INITIAL = [0x6d02, 0x5, 0x4bf, 0x8a3b];
const INLINE = Symbol("inline");

function sizeOf(value, fallback) {
  return Number.isInteger(value) && value > 0 && value <= SIZE_MAX ? value : fallback;
}

function callable(options, name) {
  return typeof options[name] === "function" ? options[name] : undefined;
}

class Terminal {
  #stream;
  #childSide;
  #isClosed = false;
  #isInline;
  #data;
  #exit;
  #drain;
  #pending = 0;
  #context = asyncContext.current;

  constructor() {
    const options = arguments[0];
    if (options === null || typeof options !== "object") {
      throw new Error("Terminal constructor requires an options object");
    }
    this.#isInline = arguments[1] === INLINE;
    this.#data = callable(options, "data");
    this.#exit = callable(options, "exit");
    this.#drain = callable(options, "drain");
    const columns = sizeOf(options.cols, COLUMNS);
    const rows = sizeOf(options.rows, ROWS);
    [this.#stream, this.#childSide] = ops.terminalOpen(columns, rows);
    INITIAL.forEach((flags, which) => ops.terminalSetFlags(this.#stream, which, flags));
    this.#receive();
  }

  async #receive() {
    try {
      for (;;) {
        const chunk = await ops.streamRead(this.#stream);
        if (chunk === null) break;
        if (this.#isClosed) return;
        this.#call(this.#data, chunk);
      }
    } catch (error) {
      if (this.#isClosed) return;
      if (error?.code === undefined) loop.reportUncaught(error);
    }
    this.#tellExit(OTHER_SIDE_GONE);
  }

  #tellExit(outcome) {
    const exit = this.#exit;
    this.#exit = undefined;
    this.#call(exit, outcome, null);
  }

  #call(callback, ...given) {
    if (callback === undefined) return;
    asyncContext.current = this.#context;
    try {
      Reflect.apply(callback, undefined, [this, ...given]);
    } catch (error) {
      loop.reportUncaught(error);
    }
  }

  #shut() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    ops.streamClose(this.#stream);
    this.#giveUpChildSide();
    this.#tellExit(CLOSED_HERE);
  }

  #giveUpChildSide() {
    if (this.#childSide < 0) return;
    ops.childCloseFile(this.#childSide);
    this.#childSide = -1;
  }

  #open() {
    if (this.#isClosed) throw new Error("Terminal is closed");
    return this.#stream;
  }

  close() { this.#shut(); }
  get closed() { return this.#isClosed; }

  #flags(which) { return this.#isClosed ? 0 : ops.terminalFlags(this.#stream)[which]; }

  #setFlags(which, flags) {
    if (!this.#isClosed) ops.terminalSetFlags(this.#stream, which, flags >>> 0);
  }

  get controlFlags() { return this.#flags(2); }
  set controlFlags(flags) { this.#setFlags(2, flags); }
  get inputFlags() { return this.#flags(0); }
  set inputFlags(flags) { this.#setFlags(0, flags); }
  get localFlags() { return this.#flags(3); }
  set localFlags(flags) { this.#setFlags(3, flags); }
  get outputFlags() { return this.#flags(1); }
  set outputFlags(flags) { this.#setFlags(1, flags); }

  ref() { if (!this.#isClosed) ops.streamReference(this.#stream, true); }

  resize(columns, rows) {
    const stream = this.#open();
    if (sizeOf(columns, 0) === 0) throw new Error("resize() requires valid cols argument");
    if (sizeOf(rows, 0) === 0) throw new Error("resize() requires valid rows argument");
    ops.terminalResize(stream, columns, rows);
  }

  setRawMode(isRaw) { ops.terminalSetRaw(this.#open(), Boolean(isRaw)); }
  unref() { if (!this.#isClosed) ops.streamReference(this.#stream, false); }

  write(data) {
    const stream = this.#open();
    if (data === undefined || data === null) throw new Error("write() requires data argument");
    const bytes = typeof data === "string" ? encodeUtf8(data) : copyBytes(data);
    if (bytes === null) throw new Error("write() argument must be a string or ArrayBuffer");
    this.#pending += 1;
    ops.streamWrite(stream, bytes).then(() => this.#written(), () => this.#written());
    return bytes.length;
  }

  #written() {
    this.#pending -= 1;
    if (this.#pending === 0 && !this.#isClosed) this.#call(this.#drain);
  }

  // For Bun.spawn: the child's side, and whether the terminal was made for one child.
  static childSide(terminal) {
    if (terminal.#isClosed) throw invalidArgument("terminal is closed");
    if (terminal.#isInline && terminal.#childSide < 0) {
      const reason = "was created inline by a previous spawn and cannot be reused";
      throw invalidArgument(`terminal ${reason}`);
    }
    return terminal.#childSide;
  }

  static giveUp(terminal) { terminal.#giveUpChildSide(); }
  static is(value) { return typeof value === "object" && value !== null && #stream in value; }

  static abandon(terminal) {
    terminal.#exit = undefined;
    terminal.#shut();
  }
}

const { childSide, giveUp, is, abandon } = Terminal;
for (const name of ["childSide", "giveUp", "is", "abandon"]) delete Terminal[name];

const { prototype } = Terminal;
for (const name of Object.getOwnPropertyNames(prototype)) {
  if (name === "constructor") continue;
  Object.defineProperty(prototype, name, { enumerable: true, configurable: false });
}
function asyncDispose(_given) {
  this.close();
  return Promise.resolve();
}
Object.defineProperty(prototype, Symbol.asyncDispose, {
  value: asyncDispose, configurable: true,
});
setTag(prototype, "Terminal");

const TerminalFace = new Proxy(Terminal, {
  apply() {
    const message = "Terminal constructor cannot be invoked without 'new'";
    throw codedError(TypeError, "ERR_ILLEGAL_CONSTRUCTOR", message);
  },
});
Object.defineProperty(prototype, "constructor", { value: TerminalFace });

/// Gives the child of `plan` the terminal for its three standard descriptors.
function attach(plan, given) {
  const isOwn = !is(given);
  if (isOwn && (given === null || typeof given !== "object")) {
    throw invalidArgument("terminal must be a Terminal object or options object");
  }
  const terminal = isOwn ? new Terminal(given, INLINE) : given;
  const side = { kind: "fd", value: childSide(terminal) };
  plan.slots.splice(0, 3, side, side, side);
  return {
    terminal,
    started() { if (isOwn) giveUp(terminal); },
    abandon() { if (isOwn) abandon(terminal); },
  };
}

module.exports = { Terminal: TerminalFace, attach };
