// %-formats of console lines: %s %d %i %f %j %o %O %c %%.
//
// Numbers are converted as Bun converts them, which is not parseInt: "12abc" is NaN. A doubled
// percent sign hides the character after it from the scan, as there. Throws what conversions of
// the values throw.
"use strict";

function toNumber(value) {
  if (typeof value === "bigint") {
    throw new TypeError("Conversion from 'BigInt' to 'number' is not allowed.");
  }
  return Number(value);
}

function printInteger(formatter, value) {
  const number = typeof value === "symbol" ? NaN : toNumber(value);
  formatter.write(Number.isFinite(number) ? integerText(number) : "NaN");
}

// What parseInt(String(number)) gives: the leading digit of exponent notation.
function integerText(number) {
  if (number === 0) return "0";
  const magnitude = Math.abs(number);
  const sign = number < 0 ? -1 : 1;
  let digits = magnitude;
  while (magnitude >= 1e21 && digits >= 10) digits /= 10;
  while (magnitude < 1e-6 && digits < 1) digits *= 10;
  return String(Math.floor(digits) * sign);
}

function printFloat(formatter, value) {
  const number = typeof value === "symbol" ? NaN : toNumber(value);
  formatter.write(String(number));
}

function printText(formatter, value) {
  formatter.write(`${value}`);
}

function printJson(formatter, value) {
  const literal = JSON.stringify(value);
  formatter.write(literal === undefined ? "" : literal);
}

const FORMATS = {
  __proto__: null,
  s: printText,
  d: printInteger,
  i: printInteger,
  f: printFloat,
  j: printJson,
  o: (formatter, value) => formatter.format(value),
  O: (formatter, value) => formatter.format(value),
  c: () => {},
};

// Prints `template` with the values from `next` on; answers the index of the first one not used.
function print(formatter, template, values, next) {
  formatter.lineLength += template.length;
  let start = 0;
  let index = template.indexOf("%");
  while (index >= 0 && index + 1 < template.length && next < values.length) {
    const letter = template[index + 1];
    if (letter === "%") {
      formatter.out += template.slice(start, index + 1);
      start = index + 2;
      index = template.indexOf("%", start + 1);
      continue;
    }
    const format = FORMATS[letter];
    if (format === undefined) {
      index = template.indexOf("%", index + 2);
      continue;
    }
    formatter.out += template.slice(start, index);
    start = index + 2;
    format(formatter, values[next]);
    next += 1;
    index = template.indexOf("%", start);
  }
  formatter.out += template.slice(start);
  return next;
}

module.exports = { print };
