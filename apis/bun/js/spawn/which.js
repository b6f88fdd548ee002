"use strict";
// Bun.which: where an executable is.

function which(command) {
  if (command === undefined || command === null) return null;
  const name = `${command}`;
  const options = arguments[1];
  let path;
  let directory;
  if (options !== null && typeof options === "object") {
    if (options.PATH !== undefined && options.PATH !== null) path = `${options.PATH}`;
    if (options.cwd !== undefined && options.cwd !== null) directory = `${options.cwd}`;
  }
  if (name === "") return null;
  return ops.which(name, path ?? process.env.PATH ?? "", directory);
}

module.exports = { which };
