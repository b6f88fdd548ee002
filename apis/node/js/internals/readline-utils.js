// "internal/readline/utils": control sequences, and what editing a line knows of characters.
"use strict";

const { CSI } = require("node/readline/cursor");
const { charLengthAt, charLengthLeft } = require("node/readline/keys");

module.exports = { charLengthAt, charLengthLeft, CSI };
