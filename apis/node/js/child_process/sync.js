// spawnSync, execFileSync and execSync: a child run to its end in one blocking call.
"use strict";

const { Buffer } = require("node/buffer");
const { ERR_INVALID_ARG_TYPE } = require("node/errors");
const {
  checkMaxBuffer, checkTimeout, killSignalOf, normalizeExec, normalizeExecFile, normalizeSpawn,
  specificationOf, stdioSlots,
} = require("node/child-process-arguments");
const native = require("bun/spawn-native");
const { names: signalNames } = require("node/process-signals");
const { ArrayBuffer, Object, Uint8Array } = globalThis;

const MAX_BUFFER = 1024 * 1024;
const FLAG_SESSION = 1;
const SIGTERM = 15;
const ETIMEDOUT = -110;
const ENOBUFS = -105;
// Where the parts of the native answer begin.
const CODE_AT = 3;
const OUTPUT_AT = 12;

class SystemError extends Error {
  constructor(message, path, errno, code) {
    super(message);
    Object.assign(this, { path, syscall: `spawnSync ${path}`, errno, code });
  }

  get name() { return "SystemError"; }
}

function inputOf(options, slots) {
  const { input } = options;
  if (!input) return undefined;
  let bytes;
  if (ArrayBuffer.isView(input)) {
    bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  } else if (typeof input === "string") {
    const { encoding } = options;
    bytes = Buffer.from(input, encoding && encoding !== "buffer" ? encoding : "utf8");
  } else {
    const expected = ["string", "Buffer", "TypedArray", "DataView"];
    throw ERR_INVALID_ARG_TYPE("options.stdio[0]", expected, input);
  }
  slots[0] = "pipe";
  return bytes;
}

function run(options, slots, input) {
  const { maxBuffer } = options;
  return native.childRunToEnd(
    options.file, options.args.join("\0"), options.environment, options.cwd || undefined,
    specificationOf(slots), options.detached ? FLAG_SESSION : 0,
    options.uid ?? undefined, options.gid ?? undefined, undefined, input,
    options.timeout ?? 0, maxBuffer === Infinity ? -1 : maxBuffer ?? -1,
    options.killSignal ?? SIGTERM);
}

function outputOf(slot, bytes, encoding) {
  if (slot !== "pipe") return null;
  const buffer = bytes === undefined
    ? Buffer.alloc(0)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
}

function limitError(file, answer) {
  if (answer[1]) {
    return new SystemError(`spawnSync ${file} ETIMEDOUT`, file, ETIMEDOUT, "ETIMEDOUT");
  }
  if (answer[2] < 0) return undefined;
  const reason = "ENOBUFS (stdout or stderr buffer reached maxBuffer size limit)";
  return new SystemError(`spawnSync ${file} ${reason}`, file, ENOBUFS, "ENOBUFS");
}

function spawnSync(file, args, options) {
  const wanted = { __proto__: null, maxBuffer: MAX_BUFFER, ...normalizeSpawn(file, args, options) };
  checkTimeout(wanted.timeout);
  checkMaxBuffer(wanted.maxBuffer);
  wanted.killSignal = killSignalOf(wanted.killSignal);
  const slots = stdioSlots(wanted.stdio || "pipe");
  const input = inputOf(wanted, slots);
  let answer;
  try {
    answer = run(wanted, slots, input);
  } catch (error) {
    error.syscall = `spawnSync ${wanted.file}`;
    error.spawnargs = wanted.args.slice(1);
    return {
      signal: null, status: null, output: null, pid: 0, error, stdout: undefined, stderr: undefined,
    };
  }
  const [code, signal] = [answer[CODE_AT], answer[CODE_AT + 1]];
  const output = slots.map((slot, index) => index === 0
    ? null
    : outputOf(slot, answer[OUTPUT_AT + index], wanted.encoding));
  const result = {
    signal: signal > 0 ? signalNames[signal] ?? `${signal}` : null,
    status: signal > 0 ? null : code,
    output,
    pid: answer[0],
    stdout: output[1],
    stderr: output[2],
  };
  const error = limitError(wanted.file, answer);
  if (error !== undefined) {
    error.spawnargs = wanted.args.slice(1);
    result.error = error;
  }
  return result;
}

function showErrors(result, options) {
  if (!options.stdio && result.stderr) process.stderr.write(result.stderr);
}

// What the child's failure is thrown as; undefined where it did well.
function failureOf(result, command) {
  const { error, ...rest } = result;
  if (error !== undefined) return Object.assign(error, rest);
  if (result.status === 0) return undefined;
  const { stderr } = result;
  const told = stderr && stderr.length > 0 ? `\n${stderr.toString()}` : "";
  return Object.assign(new Error(`Command failed: ${command}${told}`), result);
}

function execFileSync(file, args, options) {
  const given = normalizeExecFile(file, args, options, undefined);
  const result = spawnSync(given.file, given.args, given.options);
  showErrors(result, given.options);
  const words = [given.options.argv0 || given.file, ...given.args];
  const failure = failureOf(result, words.join(" "));
  if (failure !== undefined) throw failure;
  return result.stdout;
}

function execSync(command, options) {
  const given = normalizeExec(command, options, undefined);
  const result = spawnSync(given.file, given.options);
  showErrors(result, given.options);
  const failure = failureOf(result, command);
  if (failure !== undefined) throw failure;
  return result.stdout;
}

module.exports = { spawnSync, execFileSync, execSync };
