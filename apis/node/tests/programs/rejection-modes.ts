// What becomes of a rejection nobody handles, by the mode of --unhandled-rejections and the
// listeners there are.
const program = `
  const has = (letter) => process.argv.at(-1).includes(letter);
  process.on("exit", (code) => console.log("exit", code));
  process.on("warning", ({ name, message }) => console.log(name, message.split("\\n")[0]));
  if (has("u")) process.on("unhandledRejection", (reason) => console.log("rejected", reason));
  if (has("e")) process.on("uncaughtException", (error, origin) => {
    console.log("uncaught", error.name, error.code, error.message, origin);
  });
  if (has("h")) process.on("rejectionHandled", () => console.log("handled"));
  const promise = Promise.reject(404);
  const handle = () => { promise.catch(() => {}); };
  if (has("t")) process.nextTick(handle);
  if (has("l")) setTimeout(handle, 1);
  setTimeout(() => console.log("later"), 150);
`;
for (const mode of ["", "throw", "strict", "warn", "none", "warn-with-error-code"]) {
  for (const listeners of ["-", "u", "e", "t", "uhl"]) {
    const flags = mode === "" ? [] : [`--unhandled-rejections=${mode}`];
    const command = [process.execPath, ...flags, "-e", program, listeners];
    const { stdout, exitCode } = Bun.spawnSync(command, { stderr: "ignore" });
    console.log(`== ${mode} ${listeners}: ${exitCode}\n${stdout}`);
  }
}
