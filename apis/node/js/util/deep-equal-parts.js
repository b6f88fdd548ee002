// Deep equality of what is no property: the items of arrays, sets and maps.
"use strict";

const { Number, Object, Set } = globalThis;
const { hasOwn } = Object;

const isObject = (value) => typeof value === "object" && value !== null;

// ---- Arrays ----------------------------------------------------------------------------------

function equalItems(comparison, left, right) {
  if (comparison.isPartial) return holdsItems(comparison, left, right);
  for (let index = 0; index < left.length; index++) {
    if (hasOwn(left, index)) {
      if (!hasOwn(right, index) || !comparison.equal(left[index], right[index])) return false;
    } else if (hasOwn(right, index)) {
      return false;
    } else {
      return equalSparse(comparison, left, right, index);
    }
  }
  return true;
}

// From the first hole on, only what is there is visited.
function equalSparse(comparison, left, right, from) {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (let at = from; at < keys.length; at++) {
    const key = keys[at];
    if (!hasOwn(right, key) || !comparison.equal(left[key], right[key])) return false;
  }
  return true;
}

// Whether the items expected come in this order among the actual ones.
function holdsItems(comparison, left, right) {
  let at = 0;
  for (let index = 0; index < right.length; index++) {
    while (at < left.length && !comparison.equal(left[at], right[index])) at++;
    if (at === left.length) return false;
    at++;
  }
  return true;
}

// ---- Sets ------------------------------------------------------------------------------------

// Whether a primitive can equal another one loosely; NaN and others that cannot are compared
// exactly.
function mayMatchLoosely(value) {
  switch (typeof value) {
    case "undefined": return false;
    case "object": return value === null;
    case "symbol": return false;
    case "string": return !Number.isNaN(+value);
    case "number": return !Number.isNaN(value);
    default: return true;
  }
}

function takeEqual(comparison, candidates, wanted) {
  for (const candidate of candidates) {
    if (!comparison.equal(candidate, wanted)) continue;
    candidates.delete(candidate);
    return true;
  }
  return false;
}

function equalSets(comparison, left, right) {
  // Those of the right side that the left has not by identity must each have an equal of its own.
  const unmatched = new Set();
  for (const item of right) {
    if (left.has(item)) continue;
    const isSearched = isObject(item) || (comparison.isLoose && mayMatchLoosely(item)) ||
      (comparison.isLoose && item === undefined);
    if (!isSearched) return false;
    unmatched.add(item);
  }
  if (unmatched.size === 0) return true;
  const candidates = new Set();
  for (const item of left) if (!right.has(item)) candidates.add(item);
  for (const item of unmatched) if (!takeEqual(comparison, candidates, item)) return false;
  return true;
}

// ---- Maps ------------------------------------------------------------------------------------

function equalMaps(comparison, left, right) {
  const unmatched = [];
  for (const [key, value] of right) {
    if (!isObject(key) && left.has(key)) {
      if (comparison.equal(left.get(key), value)) continue;
      if (!comparison.isLoose) return false;
    } else if (isObject(key) && left.has(key) && comparison.equal(left.get(key), value)) {
      continue;
    } else if (!isObject(key) && !comparison.isLoose) {
      return false;
    }
    unmatched.push([key, value]);
  }
  if (unmatched.length === 0) return true;
  const candidates = new Set();
  for (const entry of left) {
    const [key] = entry;
    if (!right.has(key) || unmatched.some(([each]) => Object.is(each, key))) candidates.add(entry);
  }
  return unmatched.every((entry) => takeEntry(comparison, candidates, entry));
}

function takeEntry(comparison, candidates, [key, value]) {
  for (const candidate of candidates) {
    if (!comparison.equal(candidate[0], key) || !comparison.equal(candidate[1], value)) continue;
    candidates.delete(candidate);
    return true;
  }
  return false;
}

module.exports = { equalItems, equalSets, equalMaps };
