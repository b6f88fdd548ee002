"use strict";
// Bun.password: hashes for storing passwords, made elsewhere unless their name ends in Sync.

const { invalidArgument } = require("web/fetch-errors");
const { expectBytes } = require("bun/input-bytes");

const { Number } = globalThis;

const ARGON2_NAMES = ["argon2id", "argon2d", "argon2i"];
const NAMES = '"bcrypt", "argon2id", "argon2d", "argon2i" (default is "argon2id")';
const ARGON2_TIME = 2;
const ARGON2_MEMORY_KIB = 65536;
const BCRYPT_ROUNDS = 10;
const BCRYPT_ROUNDS_MIN = 4;
const BCRYPT_ROUNDS_MAX = 31;
const ARGON2_MEMORY_MIN = 8;
const UINT32_MAX = 4294967295;

const unknownAlgorithm = (purpose) => invalidArgument(
  `Expected algorithm to be a unknown algorithm, expected one of: ${NAMES} for '${purpose}'.`,
);

function checkName(name, purpose) {
  if (name !== "bcrypt" && !ARGON2_NAMES.includes(name)) throw unknownAlgorithm(purpose);
  return name;
}

function costOf(value, fallback, least, most, message) {
  if (value === undefined) return fallback;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw invalidArgument(message);
  }
  return value;
}

// [algorithm, time, memory]
function recipeOf(algorithm) {
  if (algorithm === undefined || algorithm === null) {
    return ["argon2id", ARGON2_TIME, ARGON2_MEMORY_KIB];
  }
  const isObject = typeof algorithm === "object";
  if (isObject && typeof algorithm.algorithm !== "string") {
    throw invalidArgument("Expected options.algorithm to be a string for 'hash'.");
  }
  const name = checkName(isObject ? algorithm.algorithm : `${algorithm}`, "hash");
  const options = isObject ? algorithm : {};
  if (name === "bcrypt") {
    const message = "Rounds must be an integer between 4 and 31";
    const rounds =
      costOf(options.cost, BCRYPT_ROUNDS, BCRYPT_ROUNDS_MIN, BCRYPT_ROUNDS_MAX, message);
    return [name, rounds, 0];
  }
  const time =
    costOf(options.timeCost, ARGON2_TIME, 1, UINT32_MAX, "Time cost must be greater than 0");
  const memory = costOf(
    options.memoryCost, ARGON2_MEMORY_KIB, 1, UINT32_MAX, "Memory cost must be greater than 0",
  );
  return [name, time, Math.max(memory, ARGON2_MEMORY_MIN)];
}

function hashArguments(password, algorithm) {
  const recipe = recipeOf(algorithm);
  const bytes = expectBytes(password, "password");
  if (bytes.byteLength === 0) throw invalidArgument("password must not be empty");
  return [bytes, ...recipe];
}

// The native function's arguments, or undefined where nothing can match.
function verifyArguments(password, hash, algorithm) {
  if (algorithm !== undefined && typeof algorithm !== "string") throw unknownAlgorithm("verify");
  const name = algorithm === undefined ? "" : checkName(algorithm, "verify");
  const bytes = expectBytes(password, "password");
  const expected = expectBytes(hash, "hash");
  if (bytes.byteLength === 0 || expected.byteLength === 0) return undefined;
  return [bytes, expected, name];
}

const password = {
  hash(password, algorithm) {
    return ops.passwordHash(...hashArguments(password, algorithm));
  },
  hashSync(password, algorithm) {
    return ops.passwordHashSync(...hashArguments(password, algorithm));
  },
  verify(password, hash) {
    const checked = verifyArguments(password, hash, arguments[2]);
    return checked === undefined ? Promise.resolve(false) : ops.passwordVerify(...checked);
  },
  verifySync(password, hash) {
    const checked = verifyArguments(password, hash, arguments[2]);
    return checked !== undefined && ops.passwordVerifySync(...checked);
  },
};

module.exports = { password };
