"use strict";
// Walks the tree of a script. A step answers an exit code; a step that fails prints why to its
// standard error, and the script goes on.
// Invariants: a subshell, a substitution and each command of a pipe change a state of their own;
// every sink that was opened for a command is ended before the command's code is answered.

const fs = require("node/fs");
const path = require("node/path");
const { encodeUtf8, decodeUtf8 } = require("web/encoding");
const { Pipe, Capture, FileSink, MemorySink, pumpStream } = require("shell/streams");
const { expandAtom, NoMatch } = require("shell/expansion");
const { wordsOf, exitCodeOf } = require("shell/errors");

const { Map, Object, Promise } = globalThis;

const SIGNAL_BASE = 128;
const CREATE_MODE = 0o666;

/// Where a shell stands: its folder, what it exports, and variables of its own.
class State {
  constructor(cwd, exported, own = new Map()) {
    this.cwd = cwd;
    this.previous = undefined;
    this.exported = exported;
    this.own = own;
  }

  clone() {
    const copy = new State(this.cwd, new Map(this.exported), new Map(this.own));
    copy.previous = this.previous;
    return copy;
  }

  lookUp(name) { return this.own.get(name) ?? this.exported.get(name); }
  resolve(name) { return path.resolve(this.cwd, name); }
}

class Interpreter {
  #objects;

  constructor(objects) { this.#objects = objects; }

  async script({ stmts }, state, io) {
    return this.#statements(stmts, state, io);
  }

  async #statements(statements, state, io) {
    let code = 0;
    for (const { exprs } of statements) {
      for (const expression of exprs) code = await this.#expression(expression, state, io);
    }
    return code;
  }

  #expression(expression, state, io) {
    if (expression.cmd !== undefined) return this.#command(expression.cmd, state, io);
    if (expression.assign !== undefined) return this.#assignments(expression.assign, state, io);
    if (expression.binary !== undefined) return this.#binary(expression.binary, state, io);
    if (expression.pipeline !== undefined) return this.#pipeline(expression.pipeline, state, io);
    if (expression.if !== undefined) return this.#ifClause(expression.if, state, io);
    if (expression.condexpr !== undefined) return this.#condition(expression.condexpr, state, io);
    return this.script(expression.subshell.script, state.clone(), io);
  }

  async #binary({ op, left, right }, state, io) {
    const code = await this.#expression(left, state, io);
    return (code === 0) === (op === "And") ? this.#expression(right, state, io) : code;
  }

  async #ifClause(clause, state, io) {
    if (await this.#statements(clause.cond, state, io) === 0) {
      return this.#statements(clause.then, state, io);
    }
    const parts = clause.else_parts;
    let index = 0;
    for (; index + 1 < parts.length; index += 2) {
      if (await this.#statements(parts[index], state, io) === 0) {
        return this.#statements(parts[index + 1], state, io);
      }
    }
    return index < parts.length ? this.#statements(parts[index], state, io) : 0;
  }

  async #pipeline({ items: all }, state, io) {
    // Assignments between pipes change nothing and take no part.
    const items = all.filter((item) => item.assign === undefined);
    if (items.length === 0) return 0;
    let { stdin } = io;
    const running = items.map((item, index) => {
      const isLast = index === items.length - 1;
      const pipe = isLast ? undefined : new Pipe();
      const own = { stdin, stdout: pipe ?? io.stdout, stderr: io.stderr };
      const input = stdin;
      stdin = pipe;
      return this.#pipelineItem(item, state.clone(), own, input, pipe);
    });
    return (await Promise.all(running)).at(-1);
  }

  async #pipelineItem(item, state, io, input, pipe) {
    const code = await this.#expression(item, state, io);
    pipe?.end();
    if (input instanceof Pipe) input.abandon();
    return code;
  }

  // The words of atoms, and the code of the last substitution among them.
  async #words(atoms, state, io, isAssignment = false) {
    let code = 0;
    const substitute = async (script) => {
      const capture = new Capture();
      code = await this.script(script, state.clone(), { ...io, stdout: capture });
      return decodeUtf8(capture.bytes());
    };
    const words = [];
    for (const atom of atoms) {
      words.push(...await expandAtom(atom, { state, substitute, isAssignment }));
    }
    return { words, code };
  }

  async #assignments(assigns, state, io) {
    let code = 0;
    for (const { label, value } of assigns) {
      const expanded = await this.#words([value], state, io, true);
      code = expanded.code;
      const text = expanded.words.join(" ");
      if (state.exported.has(label)) state.exported.set(label, text);
      else state.own.set(label, text);
    }
    return code;
  }

  async #condition({ op, args }, state, io) {
    const words = [];
    for (const atom of args) {
      words.push((await this.#words([atom], state, io, true)).words.join(" "));
    }
    const [first, second] = words;
    const is = (test) => {
      try {
        return first !== "" && test(fs.statSync(state.resolve(first)));
      } catch {
        return false;
      }
    };
    const holds = () => {
      switch (op) {
        case "-f": return is((status) => status.isFile());
        case "-d": return is((status) => status.isDirectory());
        case "-c": return is((status) => status.isCharacterDevice());
        case "-z": return first === "";
        case "-n": return first !== "";
        case "==": return first === second;
        default: return first !== second;
      }
    };
    return holds() ? 0 : 1;
  }

  async #command(command, state, io) {
    const opened = [];
    try {
      const { words, code } = await this.#words(command.name_and_args, state, io);
      const name = words[0] ?? "";
      const redirected = await this.#redirect(command, state, io, opened, name);
      if (words.length === 0) return code;
      const scope = await this.#scope(command.assigns, state, io);
      return await this.#run(words, scope, redirected);
    } catch (error) {
      return this.#failed(error, io);
    } finally {
      for (const sink of opened) await sink.end();
    }
  }

  // What went wrong before a command began.
  async #failed(error, io) {
    if (error instanceof NoMatch || error instanceof Refused) {
      await io.stderr.write(encodeUtf8(error.message));
      return 1;
    }
    if (error?.code === "EPIPE") return exitCodeOf(error);
    if (typeof error?.code !== "string") throw error;
    return exitCodeOf(error);
  }

  // The state for one command: the shell's own, exporting the command's assignments.
  async #scope(assigns, state, io) {
    if (assigns.length === 0) return { state, exported: state.exported };
    const exported = new Map(state.exported);
    for (const { label, value } of assigns) {
      exported.set(label, (await this.#words([value], state, io, true)).words.join(" "));
    }
    return { state, exported };
  }

  async #run(words, scope, io) {
    const builtin = require("shell/builtins").find(words[0]);
    if (builtin === undefined) return this.#start(words, scope, io);
    const context = {
      name: words[0],
      arguments: words.slice(1),
      ...scope,
      stdin: io.stdin,
      out: (text) => io.stdout.write(encodeUtf8(text)),
      fail: async (text, code = 1) => {
        await io.stderr.write(encodeUtf8(`${words[0]}: ${text}\n`));
        return code;
      },
      say: (text) => io.stderr.write(encodeUtf8(text)),
    };
    try {
      return await builtin(context);
    } catch (error) {
      if (typeof error?.code !== "string") throw error;
      return exitCodeOf(error);
    }
  }

  async #redirect({ redirect, redirect_file: file }, state, io, opened, name) {
    if (redirect.duplicate_out) {
      return redirect.stdout
        ? { ...io, stderr: io.stdout }
        : { ...io, stdout: io.stderr };
    }
    if (file === null) return io;
    const target = file.jsbuf === undefined
      ? await this.#openNamed(file.atom, redirect, state, io, name)
      : await objectTarget(this.#objects[file.jsbuf.idx], redirect);
    if (redirect.stdin) return { ...io, stdin: target };
    opened.push(target);
    return {
      ...io,
      stdout: redirect.stdout ? target : io.stdout,
      stderr: redirect.stderr ? target : io.stderr,
    };
  }

  async #openNamed(atom, redirect, state, io, command) {
    const { words } = await this.#words([atom], state, io);
    if (words.length !== 1 || words[0] === "") {
      const isOwn = require("shell/builtins").find(command) !== undefined;
      const shown = isOwn ? command : search(command, state.exported, state.cwd) ?? command;
      throw new Refused(`bun: ambiguous redirect: at \`${shown}\`\n`);
    }
    const [name] = words;
    const full = state.resolve(name);
    try {
      if (redirect.stdin) {
        const descriptor = fs.openSync(full, "r");
        return new InputFile(descriptor);
      }
      return new FileSink(fs.openSync(full, redirect.append ? "a" : "w", CREATE_MODE));
    } catch (error) {
      throw new Refused(`bun: ${wordsOf(error)}: ${name}`);
    }
  }

  async #start(words, { state, exported }, io) {
    const [name, ...rest] = words;
    const found = search(name, exported, state.cwd);
    if (found === null) throw new Refused(`bun: command not found: ${name}\n`);
    const input = inputOf(io.stdin);
    const output = outputOf(io.stdout);
    const isJoined = io.stdout === io.stderr && output !== "pipe";
    const child = Bun.spawn([found, ...rest], {
      cwd: state.cwd,
      env: Object.fromEntries(exported),
      stdin: input.kind,
      stdout: output,
      stderr: isJoined ? output : outputOf(io.stderr),
    });
    if (io.stdout instanceof Pipe) {
      const abandoned = () => child.kill("SIGPIPE");
      io.stdout.onAbandon = () => setTimeout(abandoned, 0).unref?.();
    }
    const fed = input.feed?.(child.stdin);
    await Promise.all([
      child.stdout instanceof ReadableStream ? pumpStream(child.stdout, io.stdout) : undefined,
      child.stderr instanceof ReadableStream ? pumpStream(child.stderr, io.stderr) : undefined,
      child.exited,
    ]);
    input.close?.();
    fed?.catch(() => {});
    if (child.signalCode === null) return child.exitCode;
    const { constants } = require("node/os");
    return SIGNAL_BASE + (constants.signals[child.signalCode] ?? 0);
  }
}

// The program with this name, or null.
const search = (name, exported, cwd) =>
  Bun.which(name, { PATH: exported.get("PATH") ?? process.env.PATH ?? "", cwd });

/// A command that was not begun, and the words for it.
class Refused {
  constructor(message) { this.message = message; }
}

/// A file a command reads.
class InputFile {
  constructor(descriptor) { this.descriptor = descriptor; }

  async *chunks() {
    yield fs.readFileSync(this.descriptor);
    fs.closeSync(this.descriptor);
  }
}

/// Bytes a command reads.
class InputBytes {
  constructor(bytes) { this.bytes = bytes; }
  async *chunks() { yield this.bytes; }
}

/// A stream of the program that a command reads.
class InputStream {
  constructor(stream) { this.stream = stream; }
  async *chunks() { yield* this.stream; }
}

function viewOf(value) {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

// What an object of the program is to a redirection.
async function objectTarget(value, redirect) {
  const isBytes = ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
  if (!redirect.stdin) {
    if (isBytes) return new MemorySink(value);
    throw new Error("Cannot redirect stdout/stderr to an immutable blob. Expected a file");
  }
  if (isBytes) return new InputBytes(viewOf(value));
  if (value instanceof Response) return new InputStream(value.body ?? new Blob([]).stream());
  if (value instanceof ReadableStream) return new InputStream(value);
  return new InputBytes(await value.bytes());
}

// How Bun.spawn is to be given an input: { kind, feed(sink), close() }.
function inputOf(stdin) {
  if (stdin === undefined) return { kind: "inherit" };
  if (stdin instanceof InputFile) {
    const close = () => fs.closeSync(stdin.descriptor);
    return { kind: stdin.descriptor, close };
  }
  if (stdin instanceof InputBytes) return { kind: stdin.bytes };
  const feed = async (sink) => {
    try {
      for await (const chunk of stdin.chunks()) {
        await Promise.all([sink.write(chunk), sink.flush()]);
      }
      await sink.end();
    } catch {
      // The child has closed its input: nobody wants the rest.
      if (stdin instanceof Pipe) stdin.abandon();
    }
  };
  return { kind: "pipe", feed };
}

const outputOf = (sink) => sink.descriptor ?? "pipe";

module.exports = { Interpreter, State };
