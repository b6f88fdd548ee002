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

const FRAME = /^ +at .*$/gm;
const PLACE = /\(?(\/[^()]*?):(\d+):(\d+)\)?$/;

// The printed error, without colours and without its piece of source.
function printed(error, isThrown) {
  const { formatUncaught } = require("bun/inspect-errors");
  const frames = isThrown ? require("runtime/module-observing").framesOf(error) : undefined;
  const text = formatUncaught(error, false, frames);
  return text.replace(/^ *\d+ \| .*\n/gm, "").replace(/^ *\^\n/, "");
}

function ofError(error, isThrown) {
  if (!areWanted()) return;
  const text = printed(error, isThrown);
  const lines = text.match(FRAME) ?? [];
  const place = lines.map((line) => PLACE.exec(line)).find((match) => match !== null);
  const [title, ...rest] = text.replace(FRAME, "").trimEnd().split("\n");
  let command = "\n::error ";
  if (place !== undefined) {
    const file = require("node/path").relative(runner.options.directory, place[1]);
    command += `file=${file},line=${place[2]},col=${place[3]},`;
  }
  const trace = lines.map((line) => `\n${line}`).join("");
  const name = title === "Error: " || title === "Error:" ? "error" : title;
  write(`${command}title=${escaped(name)}::${escaped(rest.join("\n") + trace)}\n`);
}

function ofTimeout({ name, timeout }) {
  if (!areWanted()) return;
  write(`::error title=error: Test ${JSON.stringify(name ?? "")} timed out after ${timeout}ms::\n`);
}

module.exports = { areWanted, ofError, ofTimeout };
