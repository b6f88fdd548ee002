// Workflow commands for GitHub Actions: each file's output as a group, each failure as an error
// that names its place.
"use strict";

const { runner } = require("test/state");

const write = (text) => ops.write(2, text);

// As the environment says when the run begins.
let answer;

function areWanted() {
  if (answer === undefined) {
    const value = process.env.GITHUB_ACTIONS;
    answer = value !== undefined && !["", "0", "false"].includes(value);
  }
  return answer;
}

const escaped = (text) => text.replace(/\r/g, "").replace(/\n/g, "%0A");
const TITLE_CODES = { "%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C" };
const escapedTitle = (text) => text.replace(/[%\r\n:,]/g, (character) => TITLE_CODES[character]);

const PLACE = /\(?(\/[^()]*?):(\d+):(\d+)\)?$/;

// The message's first line is the title. Of the lines behind it the first, blank as a rule, is
// left out where others follow.
function partsOf(error) {
  const isError = Error.isError(error);
  const message = isError ? String(error.message) : printed(error);
  const end = message.indexOf("\n");
  let rest = end < 0 ? "" : message.slice(end + 1);
  if (rest.includes("\n")) rest = rest.slice(rest.indexOf("\n") + 1);
  const first = escapedTitle(end < 0 ? message : message.slice(0, end));
  const name = !isError || error.name === "Error" ? "error" : escapedTitle(String(error.name));
  return { title: message === "" ? name : `${name}: ${first}`, rest: escaped(rest) };
}

// What is no error: a text as it is; of an object nothing is said.
function printed(thrown) {
  if (typeof thrown === "string") return thrown;
  return typeof thrown === "object" && thrown !== null ? "" : String(thrown);
}

// The lines of a failure's stack. `isThrown`: it left a callback of the program by a throw.
function stackOf(error, isThrown) {
  const frames = isThrown ? require("runtime/module-observing").framesOf(error) : undefined;
  return require("bun/inspect-errors").framesText(error, frames);
}

function ofError(error, isThrown) {
  if (!areWanted()) return;
  const lines = stackOf(error, isThrown);
  const place = lines.map((line) => PLACE.exec(line)).find((match) => match !== null);
  const { title, rest } = partsOf(error);
  let command = "\n::error ";
  if (place !== undefined) {
    const file = require("node/path").relative(runner.options.directory, place[1]);
    command += `file=${file},line=${place[2]},col=${place[3]},`;
  }
  const trace = lines.map((line) => `\n      at ${line}`).join("");
  write(`${command}title=${title}::${rest}${escaped(trace)}\n`);
}

function ofTimeout({ name, timeout }) {
  if (!areWanted()) return;
  write(`::error title=error: Test ${JSON.stringify(name ?? "")} timed out after ${timeout}ms::\n`);
}

module.exports = { areWanted, ofError, ofTimeout, stackOf };
