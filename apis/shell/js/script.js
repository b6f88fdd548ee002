"use strict";
// `dx file.sh` and `dx exec TEXT`: a script in the shell's language as the program. Its exit code
// is the process's; a mistake in it is told before any of it runs.

const { JSON } = globalThis;

function run([path]) {
  const name = require("node/path").basename(path);
  runScript(name, () => require("node/fs").readFileSync(path, "utf8"));
}

function runText([text]) {
  const path = require("node/path").join(process.cwd(), "[eval]");
  runScript(`script ${path}`, () => text);
}

function runScript(name, read) {
  // To a script the first word is its own name.
  process.argv.shift();
  let tree;
  try {
    const text = read();
    tree = JSON.parse(ops.shellParse(JSON.stringify([text])));
  } catch (error) {
    failed(`Failed to run ${name} due to error ${error.message}`);
    return;
  }
  const { execute } = require("shell/index");
  execute({ tree, objects: [] }, { isQuiet: false }).then(
    ({ exitCode }) => process.exit(exitCode),
    (error) => failed(`Failed to run ${name} due to error ${error.message}`),
  );
}

function failed(message) {
  const { isTTY } = process.stderr;
  const [red, dim, end] = isTTY ? ["\x1b[31m", "\x1b[2m", "\x1b[0m"] : ["", "", ""];
  process.stderr.write(`${red}error${end}${dim}:${end} ${message}\n`, () => process.exit(1));
}

module.exports = { run, runText };
