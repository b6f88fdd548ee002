"use strict";
// alert, confirm and prompt: a question on standard output, a line of standard input as the
// answer. They wait for it, and nothing else runs meanwhile. Input that has ended answers nothing.

const { decodeUtf8 } = require("web/encoding");

const LINE_FEED = 10;
const RETURN = 13;
const END = -1;
const YES = ["y", "Y"];

/** The next line without its end; undefined where the input ends first. */
function readLine() {
  const bytes = [];
  for (;;) {
    const byte = ops.readStdinByte();
    if (byte === END) return undefined;
    if (byte === LINE_FEED) break;
    bytes.push(byte);
  }
  if (bytes.at(-1) === RETURN) bytes.pop();
  return decodeUtf8(Uint8Array.from(bytes));
}

function ask(question) {
  ops.writeStdout(question);
  return readLine();
}

// Messages are converted where they were given, even as undefined.
const dialogs = {
  alert(_message) {
    ask(arguments.length > 0 ? `${arguments[0]} [Enter] ` : "Alert [Enter] ");
  },
  confirm(_message) {
    return YES.includes(ask(arguments.length > 0 ? `${arguments[0]} [y/N] ` : "Confirm [y/N] "));
  },
  prompt(_message) {
    const fallback = arguments.length > 1 ? arguments[1] : null;
    const message = arguments.length > 0 ? `${arguments[0]} ` : "Prompt ";
    const answer = ask(arguments.length > 1 ? `${message}[${fallback}] ` : message);
    if (answer === undefined) return null;
    return answer === "" ? fallback : answer;
  },
};

module.exports = dialogs;
