"use strict";
// `dx file.sh`: a file in the shell's language as the program. Its exit code is the process's; a
// mistake in it is told before any of it runs.

const { JSON } = globalThis;

function run([path]) {
  const { basename } = require("node/path");
  // To a script the first word is its own name.
  process.argv.shift();
  let tree;
  try {
    const text = require("node/fs").readFileSync(path, "utf8");
    tree = JSON.parse(ops.shellParse(JSON.stringify([text])));
  } catch (error) {
    failed(`Failed to run ${basename(path)} due to error ${error.message}`);
    return;
  }
  const { execute } = require("shell/index");
  execute({ tree, objects: [] }, { isQuiet: false }).then(
    ({ exitCode }) => process.exit(exitCode),
    (error) => failed(`Failed to run ${basename(path)} due to error ${error.message}`),
  );
}

function failed(message) {
  const { isTTY } = process.stderr;
  const [red, dim, end] = isTTY ? ["\x1b[31m", "\x1b[2m", "\x1b[0m"] : ["", "", ""];
  process.stderr.write(`${red}error${end}${dim}:${end} ${message}\n`, () => process.exit(1));
}

module.exports = { run };
