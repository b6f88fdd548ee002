// process.env: the environment as an object of strings. What is set becomes text; a time zone
// takes effect. Variables of .env files are among them where the command line has loaded them.
"use strict";

const { makeError } = require("node/errors");
const { Intl, Object, Proxy, Reflect, Set, String } = globalThis;

const TIME_ZONE = "TZ";
// The channel to the parent is the process's own affair.
const HIDDEN = ["NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"];

function asText(value) {
  if (typeof value === "symbol") throw new TypeError("Cannot convert a symbol to a string");
  return String(value);
}

function noDescriptor(what) {
  const message = `'process.env' ${what}`;
  return makeError("TypeError", "ERR_INVALID_OBJECT_DEFINE_PROPERTY", message);
}

function changed(name, value) {
  if (name !== TIME_ZONE) return;
  const { setTimeZone } = require("runtime/engine");
  if (setTimeZone === undefined) return;
  const before = zoneNow();
  setTimeZone(value ?? "");
  if (zoneNow() !== before) require("node/process-dates").zoneChanged();
}

const zoneNow = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const PLAIN = new Set(["string", "number", "boolean"]);
let warnsOfOthers;

// What will not be turned into text for ever; told once, and only where that was asked for.
function warnOfOthers() {
  const { process } = require("node/process");
  const isAsked = warnsOfOthers ?? (process.execArgv.includes("--pending-deprecation") ||
    process.env.NODE_PENDING_DEPRECATION === "1");
  warnsOfOthers = false;
  if (!isAsked) return;
  process.emitWarning(
    "Assigning any value other than a string, number, or boolean to a process.env property is " +
    "deprecated. Please make sure to convert the value to a string before setting process.env " +
    "with it.", "DeprecationWarning", "DEP0104");
}

const handler = {
  set(target, name, value) {
    if (typeof name === "symbol") throw new TypeError("Cannot convert a symbol to a string");
    if (name === "") return true;
    const text = asText(value);
    if (!PLAIN.has(typeof value)) warnOfOthers();
    target[name] = text;
    changed(name, text);
    return true;
  },
  deleteProperty(target, name) {
    delete target[name];
    changed(name, undefined);
    return true;
  },
  defineProperty(target, name, descriptor) {
    if (typeof name === "symbol") throw new TypeError("Cannot convert a symbol to a string");
    if ("get" in descriptor || "set" in descriptor) {
      throw noDescriptor("does not accept an accessor(getter/setter) descriptor");
    }
    const { configurable, writable, enumerable } = descriptor;
    if (!configurable || !writable || !enumerable) {
      const what = "only accepts a configurable, writable, and enumerable data descriptor";
      throw noDescriptor(what);
    }
    const text = asText(descriptor.value);
    Reflect.defineProperty(target, name, { ...descriptor, value: text });
    changed(name, text);
    return true;
  },
};

/** The object, from names and values by turns. */
function createEnvironment(flat) {
  const variables = {};
  for (let index = 0; index < flat.length; index += 2) variables[flat[index]] = flat[index + 1];
  for (const name of HIDDEN) delete variables[name];
  return new Proxy(variables, handler);
}

/** process.loadEnvFile: adds what a file has and the environment has not. */
function loadEnvFile(path) {
  if (path !== undefined && typeof path !== "string") {
    const { invalidType } = require("node/errors");
    throw invalidType("path", "of type string", path);
  }
  const text = require("node/fs").readFileSync(path ?? ".env", "utf8");
  const found = require("node/parse-env").parseEnv(text);
  const { env } = require("node/process").process;
  for (const name of Object.keys(found)) {
    if (env[name] === undefined) env[name] = found[name];
  }
}

module.exports = { createEnvironment, loadEnvFile };
