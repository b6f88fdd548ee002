// Matchers that ask what a value is and take no argument (but the size of an array).
"use strict";

const { paint } = require("test/paint");
const { inspect } = require("bun/inspect");
const { isFileReference } = require("bun/inspect-platform");
const { invalidArguments, red } = require("test/matchers-values");

const kind = (check) => ({
  params: "",
  length: 0,
  check,
  message: (received) => `Received: ${red(received)}\n`,
});

const isFinite = (value) => typeof value === "number" && Number.isFinite(value);
// Rounded half away from zero.
const rounded = (value) => Math.sign(value) * Math.round(Math.abs(value));

function parity(rest) {
  return (value) => {
    if (typeof value === "bigint") return (value & 1n) === BigInt(rest);
    return isFinite(value) && Math.abs(value % 2) === rest;
  };
}

const isObject = (value) =>
  (typeof value === "object" && value !== null) || typeof value === "function";

const toBeObject = {
  ...kind(isObject),
  answersItself: true,
  message: (received, _, { isNot }) =>
    paint`Expected value ${isNot ? paint`<b>not<r> ` : ""}to be an object\n\n` +
    `Received: ${red(received)}\n`,
};

const toBeArrayOfSize = {
  ...kind((received, [size]) => Array.isArray(received) && received.length === size),
  length: 1,
  prepare(args) {
    if (args.length < 1) throw invalidArguments("toBeArrayOfSize() requires 1 argument");
    if (Number.isInteger(args[0])) return;
    throw new Error("toBeArrayOfSize() requires the first argument to be a number");
  },
};

// The length of what has one; undefined otherwise.
function lengthOf(value) {
  if (typeof value === "string") return value.length;
  if (!isObject(value)) return undefined;
  if (value instanceof Map || value instanceof Set) return value.size;
  if (typeof value !== "function" || "length" in value) {
    const sized = sizeOf(value);
    if (sized !== undefined) return sized;
  }
  return "length" in value ? value.length : undefined;
}

// What names no regular file is as long as can be, as in Bun.
function sizeOfBlob(blob) {
  if (!isFileReference(blob)) return blob.size;
  const status = require("node/fs").statSync(blob.name, { throwIfNoEntry: false });
  return status !== undefined && status.isFile() ? blob.size : Number.MAX_VALUE;
}

const digitsOf = (length) =>
  length < 1e21 ? length : length.toLocaleString("en-US", { useGrouping: false });

// Objects with a size: bytes of buffers, blobs and files, entries of headers and forms.
function sizeOf(value) {
  switch (value[Symbol.toStringTag]) {
    case "Blob":
    case "File":
      return value instanceof Blob ? sizeOfBlob(value) : undefined;
    case "ArrayBuffer":
    case "SharedArrayBuffer":
      return value.byteLength;
    case "Headers":
    case "FormData":
    case "URLSearchParams":
      return [...value].length;
    default:
      return undefined;
  }
}

function isEmpty(received, _, context) {
  const length = lengthOf(received);
  if (length !== undefined) {
    if (typeof length === "number" && !Number.isNaN(length)) return length === 0;
    throw new Error(`Received value has non-number length property: ${Number(length)}`);
  }
  if (["undefined", "boolean", "number"].includes(typeof received) || received === null) {
    return true;
  }
  if (!isObject(received)) {
    const { isNot } = context.state;
    context.state.isNot = false;
    const error = context.fail(
      `Expected value to be a string, object, or iterable\n\nReceived: ${red(received)}\n`);
    context.state.isNot = isNot;
    throw error;
  }
  if (typeof received[Symbol.iterator] === "function") {
    for (const _item of received) return false;
    return true;
  }
  for (const _key in received) return false;
  return true;
}

const toBeEmpty = {
  ...kind(isEmpty),
  message: (received, _, { isNot }) => (isNot
    ? paint`Expected value <b>not<r> to be a string, object, or iterable\n\n`
    : "Expected value to be empty\n\n") + `Received: ${red(received)}\n`,
};

const isEmptyObject = (value) => {
  const isOther = (kind) => value instanceof kind;
  if (!isObject(value) || [Map, Set, Date, RegExp].some(isOther)) return false;
  for (const _key in value) return false;
  return Object.getOwnPropertySymbols(value).length === 0;
};

const toHaveLength = {
  params: "<green>expected<r>",
  length: 1,
  prepare(args) {
    if (args.length < 1) throw invalidArguments("toHaveLength() takes 1 argument");
  },
  check(received, [expected]) {
    const shown = inspect(received);
    if (!isObject(received) && typeof received !== "string") {
      throw new Error(`Received value does not have a length property: ${shown}`);
    }
    if (!Number.isInteger(expected) || expected < 0) {
      throw new Error(`Expected value must be a non-negative integer: ${inspect(expected)}`);
    }
    const length = lengthOf(received);
    if (length === undefined) {
      throw new Error(`Received value does not have a length property: ${shown}`);
    }
    if (typeof length !== "number" || Number.isNaN(length)) {
      throw new Error(`Received value has non-number length property: ${Number(length)}`);
    }
    return length === expected;
  },
  message: (received, [expected], { isNot }) => isNot
    ? paint`Expected length: not <green>${expected}<r>\n`
    : paint`Expected length: <green>${expected}<r>\n` +
      paint`Received length: <red>${digitsOf(lengthOf(received))}<r>\n`,
};

module.exports = {
  isObject,
  matchers: {
    toBeArray: kind((value) => Array.isArray(value)),
    toBeArrayOfSize,
    toBeBoolean: kind((value) => typeof value === "boolean"),
    toBeDate: kind((value) => value instanceof Date),
    toBeDefined: kind((value) => value !== undefined),
    toBeEmpty,
    toBeEmptyObject: { ...kind(isEmptyObject), answersItself: true },
    toBeEven: kind(parity(0)),
    toBeFalse: kind((value) => value === false),
    toBeFalsy: kind((value) => !value),
    toBeFinite: kind(isFinite),
    toBeFunction: kind((value) => typeof value === "function"),
    // As in Bun, -0 is none.
    toBeInteger: kind((value) => Number.isInteger(value) && !Object.is(value, -0)),
    toBeNaN: kind((value) => Number.isNaN(value)),
    toBeNegative: kind((value) => isFinite(value) && rounded(value) < 0),
    toBeNil: kind((value) => value === undefined || value === null),
    toBeNull: kind((value) => value === null),
    toBeNumber: kind((value) => typeof value === "number"),
    toBeObject,
    toBeOdd: kind(parity(1)),
    toBePositive: kind((value) => isFinite(value) && rounded(value) > 0),
    toBeString: kind((value) => typeof value === "string" || value instanceof String),
    toBeSymbol: kind((value) => typeof value === "symbol"),
    toBeTrue: kind((value) => value === true),
    toBeTruthy: kind(Boolean),
    toBeUndefined: kind((value) => value === undefined),
    toBeValidDate: {
      ...kind((value) => value instanceof Date && !Number.isNaN(value.getTime())),
      answersItself: true,
    },
    toHaveLength,
  },
};
