// What --expose-internals and --expose-gc put within reach, and that nothing is without them.
import { spawnSync } from "node:child_process";
const run = (flags: string[], code: string) => {
  const { stdout, status } = spawnSync(process.execPath, [...flags, "-e", code], { encoding: "utf8" });
  console.log(status, stdout.trim());
};
run(["--expose-gc"], "console.log(typeof gc, gc(), Object.keys(globalThis).includes('gc'))");
run([], "console.log(typeof globalThis.gc)");
run(["--expose-internals"], `
  const { internalBinding } = require("internal/test/binding");
  const uv = internalBinding("uv");
  console.log(uv.UV_ENOENT, uv.errname(-2), uv.getErrorMessage(-13), uv.getErrorMap().size);
  try { internalBinding("nothing"); } catch (error) { console.log(error.code, error.message); }
  const { CSI } = require("internal/readline/utils");
  console.log(JSON.stringify(CSI\`a\${1}\` + CSI.kClearLine));
  const { addAbortSignalNoValidate } = require("internal/streams/add-abort-signal");
  console.log(addAbortSignalNoValidate("none", 5), require("internal/util/inspect").getStringWidth("a\\u4f60"));
`);
run([], "try { require('internal/readline/utils') } catch (error) { console.log('refused') }");
const { TTY, isTTY } = (process as any).binding("tty_wrap");
for (const wrong of [() => TTY(0), () => new TTY(99)]) {
  try { wrong(); } catch (error: any) { console.log(error.name, error.message); }
}
console.log(isTTY(99), process.stdout.readable, process.stdout.writable);
(process as any).default = "a program's own";
console.log((await import("node:process")).default === process);
// A file that reaches the limit of its size: an error, not the end of the process.
console.log(spawnSync("/bin/sh", ["-c", `ulimit -f 1; "${process.execPath}" -e '
  try { require("fs").writeFileSync("/tmp/limit-" + process.pid, "x".repeat(1 << 16)); }
  catch (error) { console.log(error.code, error.syscall); }
  require("fs").rmSync("/tmp/limit-" + process.pid);'`], { encoding: "utf8" }).stdout.trim());
