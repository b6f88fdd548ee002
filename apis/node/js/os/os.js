// node:os: what the machine says of itself. Every function asks anew; those that can fail throw
// the SystemError of Node.
"use strict";

const { invalidType, outOfRange } = require("node/errors");
const constants = require("node/constants-os");

const INT32_MAX = 2147483647;
const INT32_MIN = -2147483648;

function systemError(syscall, failure) {
  const { code, text, errno } = failure;
  const message = `A system error occurred: ${syscall} returned ${code} (${text})`;
  const error = new Error(message);
  const hidden = (name, value) => Object.defineProperty(error, name, {
    configurable: true, enumerable: false, writable: true, value,
  });
  hidden("name", "SystemError");
  hidden("code", "ERR_SYSTEM_ERROR");
  error.info = { code, syscall, message: text, errno };
  error.syscall = syscall;
  error.errno = errno;
  return error;
}

function checkInteger(value, name, least, most) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!Number.isInteger(value)) throw outOfRange(name, "an integer", value);
  if (value < least || value > most) {
    throw outOfRange(name, `>= ${least} && <= ${most}`, value);
  }
}

function withoutTrailingSlash(path) {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** Functions without arguments that also serve as their value in a text or a sum. */
const facts = {
  availableParallelism: function () { return ops.parallelism(); },
  arch: function () { return process.arch; },
  endianness: function () { return "LE"; },
  freemem: function () { return ops.memory()[1]; },
  homedir: function () { return process.env.HOME ?? ops.user()[1]; },
  hostname: function () { return ops.systemNames()[1]; },
  platform: function () { return process.platform; },
  release: function () { return ops.systemNames()[2]; },
  tmpdir: function () {
    const { TMPDIR, TMP, TEMP } = process.env;
    return withoutTrailingSlash(TMPDIR || TMP || TEMP || "/tmp");
  },
  totalmem: function () { return ops.memory()[0]; },
  type: function () { return ops.systemNames()[0]; },
  uptime: function () { return ops.uptime(); },
  version: function () { return ops.systemNames()[3]; },
  machine: function () { return ops.systemNames()[4]; },
};

for (const name of Object.keys(facts)) {
  const fact = facts[name];
  // Called with a hint, which makes no difference.
  fact[Symbol.toPrimitive] = [(_hint) => fact()][0];
}

function cpus() {
  const flat = ops.processors();
  const list = [];
  for (let index = 0; index < flat.length; index += 7) {
    const [model, speed, user, nice, sys, idle, irq] = flat.slice(index, index + 7);
    list.push({ model, speed, times: { user, nice, sys, idle, irq } });
  }
  return list;
}

function networkInterfaces() {
  const flat = ops.networkInterfaces();
  const interfaces = {};
  for (let index = 0; index < flat.length; index += 8) {
    const [name, address, prefix, netmask, family, mac, internal, scopeid] =
      flat.slice(index, index + 8);
    const entry = {
      address, cidr: prefix < 0 ? null : `${address}/${prefix}`, netmask, family, mac, internal,
    };
    if (family === "IPv6") entry.scopeid = scopeid;
    (interfaces[name] ??= []).push(entry);
  }
  return interfaces;
}

function getPriority(pid) {
  const target = pid === undefined ? 0 : pid;
  checkInteger(target, "pid", INT32_MIN, INT32_MAX);
  const answer = ops.getPriority(target);
  if (typeof answer !== "number") throw systemError("uv_os_getpriority", answer);
  return answer;
}

function setPriority(pid, priority) {
  const alone = priority === undefined;
  const target = alone ? 0 : pid;
  const level = alone ? pid : priority;
  checkInteger(target, "pid", INT32_MIN, INT32_MAX);
  checkInteger(level, "priority", -20, 19);
  const failure = ops.setPriority(target, level);
  if (failure !== undefined) throw systemError("uv_os_setpriority", failure);
}

function userInfo(options) {
  const { env } = process;
  const asBytes = options?.encoding === "buffer";
  const shown = (text) => asBytes ? require("node/buffer").Buffer.from(text) : text;
  return {
    homedir: shown(facts.homedir()),
    username: shown(env.USER || "unknown"),
    shell: shown(env.SHELL || "unknown"),
    uid: process.getuid(),
    gid: process.getgid(),
  };
}

Object.defineProperty(cpus, "name", { value: "", configurable: true });

module.exports = {
  availableParallelism: facts.availableParallelism,
  arch: facts.arch,
  cpus,
  endianness: facts.endianness,
  freemem: facts.freemem,
  getPriority,
  homedir: facts.homedir,
  hostname: facts.hostname,
  loadavg: function loadavg() { return ops.loadAverages(); },
  networkInterfaces,
  platform: facts.platform,
  release: facts.release,
  setPriority,
  get tmpdir() { return facts.tmpdir; },
  totalmem: facts.totalmem,
  type: facts.type,
  uptime: facts.uptime,
  userInfo,
  version: facts.version,
  machine: facts.machine,
  devNull: "/dev/null",
  get EOL() { return "\n"; },
  constants,
};
