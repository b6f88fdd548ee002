// The colours of terminals and the styles of util.inspect, tables that programs may change; and the
// painting of regular expressions.
"use strict";

const { Object } = globalThis;

const GREY = [90, 39];
const colors = {
  __proto__: null,
  reset: [0, 0],
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  blink: [5, 25],
  inverse: [7, 27],
  hidden: [8, 28],
  strikethrough: [9, 29],
  doubleunderline: [21, 24],
  black: [30, 39],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  white: [37, 39],
  bgBlack: [40, 49],
  bgRed: [41, 49],
  bgGreen: [42, 49],
  bgYellow: [43, 49],
  bgBlue: [44, 49],
  bgMagenta: [45, 49],
  bgCyan: [46, 49],
  bgWhite: [47, 49],
  framed: [51, 54],
  overlined: [53, 55],
  gray: GREY,
  redBright: [91, 39],
  greenBright: [92, 39],
  yellowBright: [93, 39],
  blueBright: [94, 39],
  magentaBright: [95, 39],
  cyanBright: [96, 39],
  whiteBright: [97, 39],
  bgGray: [100, 49],
  bgRedBright: [101, 49],
  bgGreenBright: [102, 49],
  bgYellowBright: [103, 49],
  bgBlueBright: [104, 49],
  bgMagentaBright: [105, 49],
  bgCyanBright: [106, 49],
  bgWhiteBright: [107, 49],
};

const ALIASES = [
  ["gray", "grey"], ["gray", "blackBright"], ["bgGray", "bgGrey"], ["bgGray", "bgBlackBright"],
  ["dim", "faint"], ["strikethrough", "crossedout"], ["strikethrough", "strikeThrough"],
  ["strikethrough", "crossedOut"], ["hidden", "conceal"], ["inverse", "swapColors"],
  ["inverse", "swapcolors"], ["doubleunderline", "doubleUnderline"],
];

for (const [name, alias] of ALIASES) {
  Object.defineProperty(colors, alias, {
    get() { return this[name]; },
    set(value) { this[name] = value; },
    enumerable: false,
    configurable: true,
  });
}

// As Bun paints them: the whole expression in one colour where it is plain.
function highlightRegExp(shown) {
  const [open, close] = colors.red;
  return `\x1b[${open}m${shown}\x1b[${close}m`;
}

const styles = {
  __proto__: null,
  special: "cyan",
  number: "yellow",
  bigint: "yellow",
  boolean: "yellow",
  undefined: "grey",
  null: "bold",
  string: "green",
  symbol: "green",
  date: "magenta",
  regexp: highlightRegExp,
  module: "underline",
};

module.exports = { colors, styles };
