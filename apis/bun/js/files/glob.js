"use strict";
// Bun.Glob: patterns against strings, and against what lies in folders.

const { invalidArgument } = require("web/fetch-errors");

const { Object } = globalThis;
const { globMatch } = ops;

// The native scan's arguments behind the pattern.
function scanArguments(given) {
  let options = given;
  if (typeof given === "string") options = { cwd: given };
  if (options === undefined || options === null) options = {};
  if (typeof options !== "object") throw invalidArgument("GlobScanOptions must be an object");
  const own = (name) => (Object.hasOwn(options, name) ? options[name] : undefined);
  const cwd = own("cwd");
  const onlyFiles = own("onlyFiles");
  if (cwd !== undefined && typeof cwd !== "string") {
    throw invalidArgument("GlobScanOptions.cwd must be a string");
  }
  const here = process.cwd();
  return [
    cwd ? require("node/path").resolve(here, cwd) : here,
    own("dot") === true,
    own("absolute") === true,
    own("followSymlinks") === true,
    own("throwErrorOnBrokenSymlink") === true,
    typeof onlyFiles !== "boolean" || onlyFiles,
  ];
}

class Glob {
  #pattern;

  constructor(pattern) {
    if (typeof pattern !== "string") throw invalidArgument("pattern must be a string");
    this.#pattern = pattern;
  }

  match(string) {
    if (typeof string !== "string") throw invalidArgument("str must be a string");
    return globMatch(this.#pattern, string);
  }

  scan(_options) {
    return found(ops.globScan(this.#pattern, ...scanArguments(arguments[0])));
  }

  scanSync(_options) {
    return ops.globScanNow(this.#pattern, ...scanArguments(arguments[0])).values();
  }
}

async function* found(paths) {
  yield* await paths;
}

const { setAttributes, setTag } = require("web/fetch-errors");
setAttributes(Glob.prototype, { enumerable: true });
setTag(Glob.prototype, "Glob");
// They have no names in Bun.
for (const method of [Glob.prototype.scan, Glob.prototype.scanSync]) {
  Object.defineProperty(method, "name", { value: "", configurable: true });
}
Object.defineProperty(Glob.prototype, "match", { configurable: false });

module.exports = { Glob: require("bun/native-class").callable(Glob) };
