// "internal/util/inspect": the formatter, and the widths of text.
"use strict";

const { getStringWidth, stripVTControlCharacters } = require("node/readline/display");
const { format, formatWithOptions, inspect } = require("node/util");

module.exports = { inspect, format, formatWithOptions, getStringWidth, stripVTControlCharacters };
