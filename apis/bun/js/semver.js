"use strict";
// Bun.semver: comparing versions and matching them with ranges, as npm reads them.

const { BigInt, Map, Number, RegExp, String } = globalThis;

const NAMES = String.raw`(?:-?([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?`;
const PART = String.raw`(\d+|[xX*])`;
const VERSION = new RegExp(String.raw`^[v=\s]*(\d+)\.(\d+)\.(\d+)${NAMES}`);
const PARTIAL = new RegExp(String.raw`^[v=\s]*${PART}(?:\.${PART})?(?:\.${PART})?${NAMES}$`);
const NUMERIC = /^\d+$/;

function parse(text) {
  const match = VERSION.exec(text.trim());
  if (match === null) return undefined;
  const [, major, minor, patch, before] = match;
  return { parts: [+major, +minor, +patch], before: before === undefined ? [] : before.split(".") };
}

function compareNames(left, right) {
  const isNumber = NUMERIC.test(left);
  if (isNumber !== NUMERIC.test(right)) return isNumber ? -1 : 1;
  if (isNumber) {
    const [first, second] = [BigInt(left), BigInt(right)];
    return first < second ? -1 : Number(first > second);
  }
  return left < right ? -1 : Number(left > right);
}

function compare(left, right) {
  for (let index = 0; index < 3; index++) {
    const difference = left.parts[index] - right.parts[index];
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  const { length } = left.before;
  if (length === 0 || right.before.length === 0) {
    return Number(right.before.length > 0) - Number(length > 0);
  }
  for (let index = 0; ; index++) {
    const [first, second] = [left.before[index], right.before[index]];
    if (first === undefined) return second === undefined ? 0 : -1;
    if (second === undefined) return 1;
    const order = compareNames(first, second);
    if (order !== 0) return order;
  }
}

const version = (major, minor, patch, before = []) => ({ parts: [major, minor, patch], before });
// Below every release and prerelease of the version.
const floor = (major, minor, patch) => version(major, minor, patch, ["0"]);
const ANY = [[">=", version(0, 0, 0)]];
const isAny = (part) => part === undefined || /^[xX*]$/.test(part);

// What a version with parts left out means behind an operator: comparators, or undefined.
function expand(operator, text) {
  const match = PARTIAL.exec(text);
  if (match === null) return undefined;
  const [, first, second, third, before] = match;
  if (isAny(first)) return operator === "<" || operator === ">" ? [["<", floor(0, 0, 0)]] : ANY;
  const major = +first;
  const minor = isAny(second) ? undefined : +second;
  const patch = minor === undefined || isAny(third) ? undefined : +third;
  const names = patch === undefined || before === undefined ? [] : before.split(".");
  const low = version(major, minor ?? 0, patch ?? 0, names);
  const next = minor === undefined ? floor(major + 1, 0, 0) : floor(major, minor + 1, 0);
  switch (operator) {
    case "^": return [[">=", low], ["<", caretEnd(major, minor, patch)]];
    case "~": case "~>": return [[">=", low], ["<", next]];
    case "": case "=":
      return patch === undefined ? [[">=", low], ["<", next]] : [["=", low]];
    case ">":
      return patch === undefined ? [[">=", version(...next.parts)]] : [[">", low]];
    case "<=": return patch === undefined ? [["<", next]] : [["<=", low]];
    case "<": return patch === undefined ? [["<", floor(...low.parts)]] : [["<", low]];
    default: return [[operator, low]];
  }
}

function caretEnd(major, minor, patch) {
  if (major > 0 || minor === undefined) return floor(major + 1, 0, 0);
  if (minor > 0 || patch === undefined) return floor(0, minor + 1, 0);
  return floor(0, 0, patch + 1);
}

// Comparators that must all hold; undefined for what cannot be read.
function parseAll(text) {
  const hyphen = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(text);
  if (hyphen !== null) {
    const [from, to] = [expand(">=", hyphen[1]), expand("<=", hyphen[2])];
    return from !== undefined && to !== undefined ? [...from, ...to] : undefined;
  }
  const words = text.trim().replace(/(~>|[<>]=?|[=^~])\s+/g, "$1").split(/[\s,]+/);
  const all = [];
  for (const word of words) {
    if (word === "") continue;
    const [, operator, rest] = /^(~>|[<>]=?|=|\^|~|)(.*)$/.exec(word);
    const comparators = rest === "" ? ANY : expand(operator, rest);
    if (comparators === undefined) return undefined;
    all.push(...comparators);
  }
  return all.length === 0 ? ANY : all;
}

function holds(candidate, [operator, limit]) {
  const order = compare(candidate, limit);
  switch (operator) {
    case ">": return order > 0;
    case ">=": return order >= 0;
    case "<": return order < 0;
    case "<=": return order <= 0;
    default: return order === 0;
  }
}

// A prerelease is taken only where the range names one of the same version.
function isWanted(candidate, comparators) {
  if (!comparators.every((comparator) => holds(candidate, comparator))) return false;
  if (candidate.before.length === 0) return true;
  return comparators.some(([, limit]) =>
    limit.before.length > 0 && !(limit.before.length === 1 && limit.before[0] === "0") &&
    limit.parts.every((part, index) => part === candidate.parts[index])
  );
}

// Ranges read before, by their text: programs ask about few of them, many times.
const known = new Map();
const KNOWN_MAX = 256;

// Alternatives, each a list of comparators, or undefined where it cannot be read.
function alternativesOf(range) {
  let alternatives = known.get(range);
  if (alternatives === undefined) {
    alternatives = range.split("||").map(parseAll);
    if (known.size === KNOWN_MAX) known.clear();
    known.set(range, alternatives);
  }
  return alternatives;
}

const semver = {
  satisfies(version, range) {
    const candidate = parse(`${version}`);
    if (candidate === undefined || range === undefined) return false;
    return alternativesOf(`${range}`).some((comparators) =>
      comparators === undefined || isWanted(candidate, comparators)
    );
  },
  order(left, right) {
    const [first, second] = [`${left}`, `${right}`].map((text) => {
      const parsed = parse(text);
      if (parsed === undefined) throw new Error(`Invalid SemVer: ${text}\n`);
      return parsed;
    });
    return compare(first, second);
  },
};

module.exports = { semver };
