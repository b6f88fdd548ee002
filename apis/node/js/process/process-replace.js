// process.execve: the process becomes another program.
"use strict";

const { ERR_INVALID_ARG_VALUE, validateArray, validateObject, validateString } =
  require("node/errors");
const { Object } = globalThis;

function checkText(value, name) {
  validateString(value, name);
  if (value.includes("\0")) {
    throw ERR_INVALID_ARG_VALUE(name, value, "must be a string without null bytes");
  }
}

function checkArguments(list) {
  validateArray(list, "args");
  for (let index = 0; index < list.length; index++) {
    const word = list[index];
    if (typeof word !== "string" || word.includes("\0")) {
      throw ERR_INVALID_ARG_VALUE(
        `args[${index}]`, word, "must be a string without null bytes");
    }
  }
}

function environmentText(env) {
  const lines = [];
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== "string" || value.includes("\0") || name.includes("\0")) {
      throw ERR_INVALID_ARG_VALUE(
        "env", env, "must be an object with string keys and values without null bytes");
    }
    lines.push(`${name}=${value}`);
  }
  return lines.join("\0");
}

let hasWarned = false;

function execve(execPath, args = [], env = process.env) {
  if (!hasWarned) {
    hasWarned = true;
    const text = "process.execve is an experimental feature and might change at any time";
    process.emitWarning(text, "ExperimentalWarning");
  }
  checkText(execPath, "execPath");
  checkArguments(args);
  if (env !== process.env) validateObject(env, "env");
  try {
    ops.execute(execPath, args.length === 0 ? "" : args.join("\0"), environmentText(env));
  } catch (failed) {
    const { code, errno } = failed;
    const error = new Error(`${code}, ${ops.errorText(-errno)} '${execPath}'`);
    throw Object.assign(error, { errno: -errno, code, syscall: "execve", path: execPath });
  }
}

module.exports = { execve };
