// util.parseEnv: the text of an .env file as an object.
"use strict";

const { validateString } = require("node/errors");

const LINE =
  /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*("(?:\\.|[^"\\])*"|'[^']*'|`[^`]*`|[^#\n]*)/gm;

// What a value in quotes or without is.
function valueOf(text) {
  const quote = text[0];
  if (quote === '"' && text.length > 1) return text.slice(1, -1).replaceAll("\\n", "\n");
  if ((quote === "'" || quote === "`") && text.length > 1) return text.slice(1, -1);
  return text.trim();
}

function parseEnv(content) {
  validateString(content, "content");
  const values = {};
  for (const [, name, text] of content.replaceAll("\r\n", "\n").matchAll(LINE)) {
    values[name] = valueOf(text);
  }
  return values;
}

module.exports = { parseEnv };
