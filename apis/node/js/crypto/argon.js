// Argon2 (RFC 9106).
"use strict";

const { nextTick } = require("runtime/event-loop");
const errors = require("node/errors");
const input = require("node/crypto/key-input");

const ALGORITHMS = ["argon2d", "argon2i", "argon2id"];
const UINT32_MAX = 4294967295;
const LANES_MAX = 16777215;
const NONCE_BYTES_MIN = 8;
const TAG_BYTES_MIN = 4;
const BLOCKS_A_LANE = 8;

function bytesParameter(parameters, name, isOptional) {
  const value = parameters[name];
  if (isOptional && value === undefined) return new Uint8Array(0);
  return input.bytesOf(value, `parameters.${name}`);
}

function checkLength(bytes, name, least) {
  if (bytes.length >= least) return;
  throw errors.ERR_OUT_OF_RANGE(
    `parameters.${name}.byteLength`, `>= ${least} && <= ${UINT32_MAX}`, bytes.length);
}

function argumentsOf(algorithm, parameters) {
  errors.validateString(algorithm, "algorithm");
  errors.validateOneOf(algorithm, "algorithm", ALGORITHMS);
  errors.validateObject(parameters, "parameters");
  const message = bytesParameter(parameters, "message");
  const nonce = bytesParameter(parameters, "nonce");
  checkLength(nonce, "nonce", NONCE_BYTES_MIN);
  const { parallelism, tagLength, memory, passes } = parameters;
  errors.validateInteger(parallelism, "parameters.parallelism", 1, LANES_MAX);
  errors.validateInteger(tagLength, "parameters.tagLength", TAG_BYTES_MIN, UINT32_MAX);
  const least = BLOCKS_A_LANE * parallelism;
  errors.validateInteger(memory, "parameters.memory", least, UINT32_MAX);
  errors.validateInteger(passes, "parameters.passes", 1, UINT32_MAX);
  const secret = bytesParameter(parameters, "secret", true);
  const data = bytesParameter(parameters, "associatedData", true);
  return [algorithm, message, nonce, tagLength, memory, passes, parallelism, secret, data];
}

function argon2Sync(algorithm, parameters) {
  return input.asBuffer(ops.deriveNow(...argumentsOf(algorithm, parameters)));
}

function argon2(algorithm, parameters, callback) {
  const given = argumentsOf(algorithm, parameters);
  errors.validateFunction(callback, "callback");
  ops.deriveElsewhere(...given).then(
    (bytes) => nextTick(callback, [null, input.asBuffer(bytes)]),
    (error) => nextTick(callback, [error]),
  );
}

module.exports = { argon2, argon2Sync };
