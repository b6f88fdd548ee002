"use strict";
// Values of the flags before the program's name, which the command line has checked already.

/** All values of a flag, in either of its forms: `--flag=value` and `--flag value`. */
function valuesOf(flag) {
  const { execArgv } = globalThis.process;
  const start = `${flag}=`;
  const values = [];
  for (let index = 0; index < execArgv.length; index++) {
    const word = execArgv[index];
    if (word.startsWith(start)) values.push(word.slice(start.length));
    else if (word === flag && index + 1 < execArgv.length) values.push(execArgv[++index]);
  }
  return values;
}

/** The value of a flag; the last one counts. Undefined where it was not given. */
function valueOf(flag) {
  return valuesOf(flag).at(-1);
}

module.exports = { valueOf, valuesOf };
