// exec and execFile: a child whose output is collected for a callback.
"use strict";

const { Buffer } = require("node/buffer");
const { checkMaxBuffer, checkTimeout, killSignalOf, normalizeExec, normalizeExecFile } =
  require("node/child-process-arguments");

const MAX_BUFFER = 1024 * 1024;

class Collector {
  constructor(child, command, args, options, callback) {
    this.child = child;
    this.command = args.length > 0 ? `${command} ${args.join(" ")}` : command;
    this.options = options;
    this.callback = callback;
    this.error = null;
    this.wasKilled = false;
    this.hasEnded = false;
    this.timer = undefined;
    const { encoding } = options;
    this.encoding = encoding !== "buffer" && Buffer.isEncoding(encoding) ? encoding : null;
    this.stdout = this.collect(child.stdout, "stdout");
    this.stderr = this.collect(child.stderr, "stderr");
    child.addListener("close", (code, signal) => this.end(code, signal));
    child.addListener("error", (error) => this.fail(error));
    if (options.timeout > 0) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.kill();
      }, options.timeout);
      this.timer.unref();
    }
  }

  // The chunks of an output, kept up to the limit.
  collect(stream, name) {
    const chunks = [];
    if (!stream) return chunks;
    if (this.encoding !== null) stream.setEncoding(this.encoding);
    const limit = this.options.maxBuffer;
    let total = 0;
    stream.on("data", (chunk) => {
      const { readableEncoding } = stream;
      const length = readableEncoding ? Buffer.byteLength(chunk, readableEncoding) : chunk.length;
      total += length;
      if (!(total > limit)) {
        chunks.push(chunk);
        return;
      }
      chunks.push(chunk.slice(0, limit - (total - length)));
      this.error ??= require("node/error-codes").ERR_CHILD_PROCESS_STDIO_MAXBUFFER(name);
      this.kill();
    });
    return chunks;
  }

  joined(chunks, stream) {
    return this.encoding !== null || stream?.readableEncoding
      ? chunks.join("")
      : Buffer.concat(chunks);
  }

  kill() {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    this.wasKilled = true;
    try {
      this.child.kill(this.options.killSignal);
    } catch (error) {
      this.error = error;
      this.end(0, null);
    }
  }

  fail(error) {
    this.error = error;
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    this.end(0, null);
  }

  end(code, signal) {
    if (this.hasEnded) return;
    this.hasEnded = true;
    clearTimeout(this.timer);
    if (!this.callback) return;
    const stdout = this.joined(this.stdout, this.child.stdout);
    const stderr = this.joined(this.stderr, this.child.stderr);
    if (this.error === null && code === 0 && signal === null) {
      this.callback(null, stdout, stderr);
      return;
    }
    this.error ??= this.failure(code, signal, stderr);
    this.error.cmd = this.command;
    this.callback(this.error, stdout, stderr);
  }

  failure(code, signal, stderr) {
    const told = stderr.length > 0 ? `\n${stderr}` : "";
    const error = new Error(`Command failed: ${this.command}${told}`);
    const killed = this.child.killed || this.wasKilled;
    const named = code < 0 ? require("node/util").getSystemErrorName(code) : code;
    return Object.assign(error, { code: named, killed, signal });
  }
}

function execFile(file, args, options, callback) {
  const given = normalizeExecFile(file, args, options, callback);
  const wanted = {
    __proto__: null,
    encoding: "utf8",
    timeout: 0,
    maxBuffer: MAX_BUFFER,
    killSignal: "SIGTERM",
    cwd: null,
    env: null,
    shell: false,
    ...given.options,
  };
  checkTimeout(wanted.timeout);
  checkMaxBuffer(wanted.maxBuffer);
  wanted.killSignal = killSignalOf(wanted.killSignal);
  const { spawn } = require("node/child-process");
  const child = spawn(given.file, given.args, {
    cwd: wanted.cwd,
    env: wanted.env,
    argv0: wanted.argv0,
    killSignal: wanted.killSignal,
    uid: wanted.uid,
    gid: wanted.gid,
    windowsHide: wanted.windowsHide,
    windowsVerbatimArguments: wanted.windowsVerbatimArguments,
    shell: wanted.shell,
    signal: wanted.signal,
  });
  new Collector(child, given.file, given.args, wanted, given.callback);
  return child;
}

function exec(command, options, callback) {
  const given = normalizeExec(command, options, callback);
  return execFile(given.file, given.options, given.callback);
}

module.exports = { exec, execFile };
