"use strict";
// Replies from files: whole, the part a slice names, the range a client asks for (RFC 9110,
// section 14), and for the files of routes what its conditions say (section 13). A route's slice
// counts as a whole file, a handler's as partial content; both as in Bun.

const { Date, Math, Number, Object, String } = globalThis;

// `bytes=first-last`, of which one may be missing; several ranges are not answered as such.
const RANGE = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i;
const POSITION_MAX = 2 ** 64;

// Types that a browser shows by themselves: others get the name of the file with them.
const SHOWN_TYPE = /^(?:(?:text|image|video|audio|font)\/|application\/(?:json|wasm)\b)/;

const WHOLE = undefined;
const UNSATISFIABLE = null;

/** The range of `size` bytes that a header asks for, {@link WHOLE} or {@link UNSATISFIABLE}. */
function rangeOf(text, size) {
  const parts = text === null ? null : RANGE.exec(text);
  if (parts === null) return WHOLE;
  const [, first, last] = parts;
  const isSuffix = first === "";
  const [from, to] = [Number(first), Number(last)];
  const isBackwards = !isSuffix && last !== "" && to < from;
  if ((isSuffix && last === "") || isBackwards || from >= POSITION_MAX || to >= POSITION_MAX) {
    return WHOLE;
  }
  if (isSuffix) {
    if (to === 0) return UNSATISFIABLE;
    return size === 0 ? WHOLE : { start: Math.max(0, size - to), end: size };
  }
  if (from >= size) return UNSATISFIABLE;
  return { start: from, end: last === "" ? size : Math.min(size, to + 1) };
}

function directoryError(path) {
  const error = new Error("Cannot stream a directory as a response body");
  return Object.assign(error, { path, syscall: "read", errno: -21, code: "EISDIR" });
}

/** Size and time of a file that can be sent; rejects as opening it would. */
async function factsOf(file) {
  let stats;
  try {
    stats = await file.stat();
  } catch (error) {
    if (error.syscall !== "stat") throw error;
    const { message, path, errno, code } = error;
    throw Object.assign(new Error(message.replace(", stat ", ", open ")),
      { path, syscall: "open", errno, code });
  }
  if (stats.isDirectory()) throw directoryError(file.name);
  const { start, end } = require("web/blob").externalOf(file);
  const { size, mtimeMs } = stats;
  const length = Math.max(0, Math.min(size, end ?? size) - start);
  return { start, length, isPart: length < size, modified: Math.floor(Number(mtimeMs) / 1000) };
}

/** The facts of a route's file, or `null` where there is none and the request goes on. */
function routeFacts(file) {
  return factsOf(file).catch(() => null);
}

function nameOf(file) {
  return String(file.name).split("/").pop();
}

function answer(status, fields, range, keepsType = true) {
  return { status, fields, range, keepsType };
}

function ranged(range, length, fields) {
  if (range === UNSATISFIABLE) {
    return [416, [...fields, "accept-ranges", "bytes", "content-range", `bytes */${length}`],
      { start: 0, end: 0 }];
  }
  const place = `bytes ${range.start}-${range.end - 1}/${length}`;
  return [206, [...fields, "accept-ranges", "bytes", "content-range", place], range];
}

/** How a handler's file is sent: status, fields, range, and whether it has its default type. */
function handlerAnswer(head, file, { start, length, isPart }) {
  const { method, headers, status, entries, type } = head;
  const whole = { start: 0, end: length };
  const given = (name) => entries.findIndex((it, at) => at % 2 === 0 && it.toLowerCase() === name);
  if (method === "HEAD") return answer(status, [], whole);
  const place = given("content-type");
  const shown = place < 0 ? type : entries[place + 1];
  const isNamed = shown !== null && !SHOWN_TYPE.test(shown) && given("content-disposition") < 0;
  const fields = isNamed ? ["content-disposition", `filename="${nameOf(file)}"`] : [];
  if (status !== 200 || given("content-range") >= 0) return answer(status, fields, whole);
  if (isPart) {
    const range = `bytes ${start}-${start + length - 1}/*`;
    return answer(206, [...fields, "content-range", range], whole);
  }
  if (method !== "GET" || headers.get("if-range") !== null) return answer(200, fields, whole);
  const range = rangeOf(headers.get("range"), length);
  if (range === WHOLE) return answer(200, fields, whole);
  if (range === UNSATISFIABLE) return answer(...ranged(range, length, []), false);
  return answer(...ranged(range, length, fields));
}

/** How a route's file is sent. */
function routeAnswer({ method, headers, status }, { length, modified }) {
  const whole = { start: 0, end: length };
  const date = new Date(modified * 1000).toUTCString();
  const fields = ["last-modified", date];
  if (status !== 200 || (method !== "GET" && method !== "HEAD")) {
    return answer(status, fields, whole);
  }
  const seconds = (name) => Date.parse(headers.get(name) ?? "") / 1000;
  if (modified > seconds("if-unmodified-since")) return answer(412, fields, { start: 0, end: 0 });
  if (modified <= seconds("if-modified-since")) return answer(304, fields, null);
  const condition = headers.get("if-range");
  const range = condition === null || condition === date
    ? rangeOf(headers.get("range"), length)
    : WHOLE;
  return range === WHOLE ? answer(200, fields, whole) : answer(...ranged(range, length, fields));
}

module.exports = { factsOf, handlerAnswer, rangeOf, routeAnswer, routeFacts };
