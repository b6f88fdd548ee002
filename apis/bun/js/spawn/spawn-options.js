"use strict";
// The arguments of Bun.spawn and Bun.spawnSync, checked in the order Bun checks them.
// Fails with ERR_INVALID_ARG_TYPE and its kin, or with what reading an option threw.

const { codedError, invalidArgument } = require("web/fetch-errors");
const { IGNORE, INHERIT, PIPE, slotOf } = require("bun/spawn-stdio");

const DEFAULT_SIGNAL = 15;
const TIMEOUT_MAX = 2147483647;
const SIGNAL_MAX = 31;
const WORDS_MAX = 2147483647;

class Plan {
  name = "";
  words = "";
  environment = undefined;
  directory = undefined;
  slots = undefined;
  isDetached = false;
  user = undefined;
  group = undefined;
  controlGroup = undefined;
  timeout = 0;
  killSignal = DEFAULT_SIGNAL;
  maxBuffer = -1;
  signal = undefined;
  onExit = undefined;
  onDisconnect = undefined;
  ipc = undefined;
  serialization = "advanced";
  isLazy = false;
  terminal = undefined;
}

function nullByte(name, text) {
  const message = `${name} must be a string without null bytes. Received "${text}"`;
  return codedError(TypeError, "ERR_INVALID_ARG_VALUE", message);
}

function readCommand(plan, command, argv0) {
  if (command === null || typeof command !== "object") {
    throw invalidArgument("cmd must be an array of strings");
  }
  const { length } = command;
  if (!(length > 0)) throw invalidArgument("cmd must not be empty");
  if (length > WORDS_MAX) throw invalidArgument("cmd array is too large");
  const name = `${command[0]}`;
  if (name.includes("\0")) throw nullByte("The argument 'args[0]'", name);
  plan.name = name;
  let words = argv0 ?? name;
  for (let index = 1; index < length; index++) {
    const word = `${command[index]}`;
    if (word.includes("\0")) throw nullByte(`The argument 'args[${index}]'`, word);
    words += `\0${word}`;
  }
  plan.words = words;
}

function environmentText(variables) {
  if (typeof variables !== "object" && typeof variables !== "function") {
    throw invalidArgument("env must be an object");
  }
  let text = "";
  for (const name of Object.keys(variables)) {
    const value = variables[name];
    if (value === undefined) continue;
    const line = `${name}=${value}`;
    if (line.includes("\0")) {
      const wrong = name.includes("\0") ? name : `${value}`;
      throw nullByte(`The property 'options.env['${name}']'`, wrong);
    }
    text += text === "" ? line : `\0${line}`;
  }
  return text;
}

function signalNames() {
  const { signals } = require("node/process-signals");
  const names = Object.keys(signals).filter((name) => name !== "SIGIOT" && name !== "SIGPOLL");
  const listed = names.map((name) => `'${name}'`);
  return `${listed.slice(0, -1).join(", ")} or ${listed.at(-1)}`;
}

/// The number of a signal given by name or number.
function signalNumber(value) {
  if (value === undefined || value === null || value === "") return DEFAULT_SIGNAL;
  if (typeof value === "string") {
    const { signals } = require("node/process-signals");
    const number = signals[value];
    if (number === undefined) throw invalidArgument(`signal must be one of ${signalNames()}`);
    return number;
  }
  if (typeof value !== "number") {
    throw invalidArgument("Invalid signal: must be a string or an integer");
  }
  if (Number.isNaN(value)) return DEFAULT_SIGNAL;
  if (!Number.isInteger(value)) throw invalidArgument("Unknown signal");
  if (value < 0) throw invalidArgument("Invalid signal: must be >= 0");
  if (value > SIGNAL_MAX) throw invalidArgument("Invalid signal: must be < 32");
  return value;
}

function propertyType(name, value) {
  const received = value === null ? "null" : typeof value;
  const message = `The "${name}" property must be of type number. Received ${received}`;
  return codedError(TypeError, "ERR_INVALID_ARG_TYPE", message);
}

function outOfRange(name, value, expected) {
  const message =
    `The value of "${name}" is out of range. It must be ${expected}. Received ${value}`;
  return codedError(RangeError, "ERR_OUT_OF_RANGE", message);
}

function timeoutOf(value) {
  if (value === undefined || value === null || value === Infinity) return 0;
  if (typeof value !== "number") throw propertyType("timeout", value);
  if (!Number.isInteger(value)) throw outOfRange("timeout", value, "an integer");
  if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
    throw outOfRange("timeout", value, `>= 0 and <= ${Number.MAX_SAFE_INTEGER}`);
  }
  return Math.min(value, TIMEOUT_MAX);
}

function identityOf(name, value) {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw propertyType(name, value);
  if (!Number.isInteger(value)) throw outOfRange(name, value, "an integer");
  if (value < -2147483648 || value > 2147483647) {
    throw outOfRange(name, value, ">= -2147483648 and <= 2147483647");
  }
  return value;
}

function callable(options, name) {
  const value = options[name];
  if (!value) return undefined;
  if (typeof value !== "function") {
    throw invalidArgument(`${name} must be a function or undefined`);
  }
  return value;
}

function readIpc(plan, options) {
  const listener = options.ipc;
  if (typeof listener !== "function") return;
  const mode = options.serialization;
  if (mode) {
    if (typeof mode !== "string") {
      const message = 'The "serialization" argument must be of type string.';
      throw codedError(TypeError, "ERR_INVALID_ARG_TYPE", message);
    }
    if (mode !== "json" && mode !== "advanced") {
      throw invalidArgument('serialization must be "json" or "advanced"');
    }
    plan.serialization = mode;
  }
  plan.ipc = listener;
}

function readSignal(plan, options) {
  const { signal } = options;
  if (!signal) return;
  if (!require("web/abort").isSignal(signal)) {
    const shown = typeof signal === "object" || typeof signal === "function"
      ? `an instance of ${signal.constructor?.name}`
      : `type ${typeof signal} (${String(signal)})`;
    const message =
      `The "signal" argument must be of type AbortSignal. Received ${shown}`;
    throw codedError(TypeError, "ERR_INVALID_ARG_TYPE", message);
  }
  plan.signal = signal;
}

function readSlots(plan, options, isSync) {
  const { slots } = plan;
  const { stdio } = options;
  if (stdio === undefined || stdio === null) {
    slots[0] = slotOf(options.stdin, 0, isSync, slots[0]);
    slots[2] = slotOf(options.stderr, 2, isSync, slots[2]);
    slots[1] = slotOf(options.stdout, 1, isSync, slots[1]);
    return;
  }
  if (!Array.isArray(stdio)) throw invalidArgument("stdio must be an array");
  for (let index = 0; index < stdio.length; index++) {
    slots[index] = slotOf(stdio[index], index, isSync, slots[index] ?? IGNORE);
  }
}

function readLimits(plan, options, isSync) {
  if (!isSync && typeof options.lazy === "boolean") plan.isLazy = options.lazy;
  if (typeof options.detached === "boolean") plan.isDetached = options.detached;
  plan.timeout = timeoutOf(options.timeout);
  const { killSignal, maxBuffer } = options;
  if (killSignal !== undefined) plan.killSignal = signalNumber(killSignal);
  const isPiped = plan.slots.some((slot) => slot.kind === "pipe");
  if (typeof maxBuffer === "number" && maxBuffer >= 1 && maxBuffer < Infinity && isPiped) {
    plan.maxBuffer = Math.trunc(maxBuffer);
  }
  plan.user = identityOf("uid", options.uid);
  plan.group = identityOf("gid", options.gid);
  if (options.cgroup !== undefined && options.cgroup !== null) plan.controlGroup = options.cgroup;
}

function readOptions(plan, options, command, isSync) {
  const argv0 = options.argv0 ? `${options.argv0}` : undefined;
  if (options.cwd) plan.directory = `${options.cwd}`;
  if (isSync && options.terminal) {
    throw invalidArgument("terminal option is only supported for Bun.spawn, not Bun.spawnSync");
  }
  if (!isSync) readIpc(plan, options);
  readSignal(plan, options);
  plan.onDisconnect = callable(options, "onDisconnect");
  plan.onExit = callable(options, "onExit");
  if (options.env) plan.environment = environmentText(options.env);
  readCommand(plan, command, argv0);
  readSlots(plan, options, isSync);
  readLimits(plan, options, isSync);
  if (!isSync && options.terminal) plan.terminal = options.terminal;
}

function abortError(cause) {
  const error = new Error("The operation was aborted", { cause });
  for (const [name, value] of [["name", "AbortError"], ["code", "ABORT_ERR"]]) {
    Object.defineProperty(error, name, { value, configurable: true, writable: true });
  }
  return error;
}

/// What the arguments ask for.
function planOf(first, second, isSync) {
  if (first === null || typeof first !== "object") throw invalidArgument("cmd must be an array");
  const plan = new Plan();
  plan.slots = [IGNORE, PIPE, isSync ? PIPE : INHERIT];
  const isList = Array.isArray(first);
  const command = isList ? first : first.cmd;
  if (!command) throw invalidArgument("cmd must be an array");
  const options = isList ? second : first;
  if (options !== null && typeof options === "object") {
    readOptions(plan, options, command, isSync);
  } else {
    readCommand(plan, command, undefined);
  }
  if (plan.signal?.aborted) throw abortError(plan.signal.reason);
  return plan;
}

module.exports = { planOf, signalNumber, environmentText };
