// node:punycode: the encoding of RFC 3492, and domains by it, label by label. Fails with
// RangeErrors.
"use strict";

const { Math, RangeError, String } = globalThis;

const INTEGER_MAX = 2147483647;
const BASE = 36;
const THRESHOLD_MIN = 1;
const THRESHOLD_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const BIAS_FIRST = 72;
const CODE_FIRST = 128;

function overflow() {
  return new RangeError("Overflow: input needs wider integers to process");
}

function ucs2decode(string) {
  const points = [];
  for (const character of string) points.push(character.codePointAt(0));
  return points;
}

const ucs2encode = (codePoints) => String.fromCodePoint(...codePoints);
Object.defineProperty(ucs2encode, "name", { value: "" });

/** The value of a digit: a to z, then 0 to 9. */
function digitValue(code) {
  if (code >= 48 && code < 58) return code - 22;
  const lower = code | 32;
  return lower >= 97 && lower < 123 ? lower - 97 : BASE;
}

function digitText(value) {
  return String.fromCharCode(value < 26 ? value + 97 : value + 22);
}

/** The bias after a delta: section 3.4 of the RFC. */
function adapt(delta, count, isFirst) {
  let rest = isFirst ? Math.floor(delta / DAMP) : delta >> 1;
  rest += Math.floor(rest / count);
  let steps = 0;
  while (rest > ((BASE - THRESHOLD_MIN) * THRESHOLD_MAX) >> 1) {
    rest = Math.floor(rest / (BASE - THRESHOLD_MIN));
    steps += BASE;
  }
  return Math.floor(steps + ((BASE - THRESHOLD_MIN + 1) * rest) / (rest + SKEW));
}

function threshold(step, bias) {
  if (step <= bias) return THRESHOLD_MIN;
  return step >= bias + THRESHOLD_MAX ? THRESHOLD_MAX : step - bias;
}

function basicPart(input) {
  const end = Math.max(input.lastIndexOf("-"), 0);
  const points = [];
  for (let index = 0; index < end; index++) {
    const code = input.charCodeAt(index);
    if (code >= CODE_FIRST) throw new RangeError("Illegal input >= 0x80 (not a basic code point)");
    points.push(code);
  }
  return points;
}

/** Reads one number of variable length; answers it added to `start`, and where it ended. */
function readDelta(input, from, start, bias) {
  let total = start;
  let weight = 1;
  let index = from;
  for (let step = BASE; ; step += BASE) {
    if (index >= input.length) throw new RangeError("Invalid input");
    const digit = digitValue(input.charCodeAt(index++));
    if (digit >= BASE) throw new RangeError("Invalid input");
    if (digit > Math.floor((INTEGER_MAX - total) / weight)) throw overflow();
    total += digit * weight;
    const limit = threshold(step, bias);
    if (digit < limit) return [total, index];
    if (weight > Math.floor(INTEGER_MAX / (BASE - limit))) throw overflow();
    weight *= BASE - limit;
  }
}

function decode(input) {
  const points = basicPart(input);
  let code = CODE_FIRST;
  let place = 0;
  let bias = BIAS_FIRST;
  let index = points.length > 0 ? points.length + 1 : 0;
  if (input.lastIndexOf("-") === 0 && points.length === 0) index = 0;
  while (index < input.length) {
    const before = place;
    [place, index] = readDelta(input, index, place, bias);
    const count = points.length + 1;
    bias = adapt(place - before, count, before === 0);
    if (Math.floor(place / count) > INTEGER_MAX - code) throw overflow();
    code += Math.floor(place / count);
    place %= count;
    points.splice(place++, 0, code);
  }
  return String.fromCodePoint(...points);
}

function writeDelta(delta, bias) {
  let text = "";
  let rest = delta;
  for (let step = BASE; ; step += BASE) {
    const limit = threshold(step, bias);
    if (rest < limit) return text + digitText(rest);
    text += digitText(limit + ((rest - limit) % (BASE - limit)));
    rest = Math.floor((rest - limit) / (BASE - limit));
  }
}

function encode(input) {
  const points = ucs2decode(input);
  const basic = points.filter((point) => point < CODE_FIRST);
  let text = String.fromCharCode(...basic);
  let handled = basic.length;
  if (handled > 0) text += "-";
  let code = CODE_FIRST;
  let delta = 0;
  let bias = BIAS_FIRST;
  while (handled < points.length) {
    let next = INTEGER_MAX;
    for (const point of points) if (point >= code && point < next) next = point;
    if (next - code > Math.floor((INTEGER_MAX - delta) / (handled + 1))) throw overflow();
    delta += (next - code) * (handled + 1);
    code = next;
    for (const point of points) {
      if (point < code && ++delta > INTEGER_MAX) throw overflow();
      if (point !== code) continue;
      text += writeDelta(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled++;
    }
    delta++;
    code++;
  }
  return text;
}

/** Applies `change` to each label; what stands before an "@" stays. */
function mapLabels(domain, change) {
  const parts = domain.split("@");
  const isAddress = parts.length > 1;
  const labels = (isAddress ? parts[1] : domain).replace(/[\u3002\uff0e\uff61]/g, ".").split(".");
  const mapped = labels.map(change).join(".");
  return isAddress ? `${parts[0]}@${mapped}` : mapped;
}

function toUnicode(input) {
  return mapLabels(input, (label) =>
    label.startsWith("xn--") ? decode(label.slice(4).toLowerCase()) : label);
}

function toASCII(input) {
  return mapLabels(input, (label) => /[^\0-\x7f]/.test(label) ? `xn--${encode(label)}` : label);
}

module.exports = {
  version: "2.1.0",
  ucs2: { decode: ucs2decode, encode: ucs2encode },
  decode,
  encode,
  toASCII,
  toUnicode,
};
