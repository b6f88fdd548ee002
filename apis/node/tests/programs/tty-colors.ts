// node:tty: color depths by environment, and streams over what is no terminal.
import tty from "node:tty";

const { getColorDepth, hasColors, getWindowSize } = tty.WriteStream.prototype as any;
const environments: Record<string, string>[] = [
  {}, { TERM: "vt100" }, { TERM: "unknown" }, { TERM: "xterm" }, { TERM: "xterm-256color" },
  { TERM: "dumb" }, { TERM: "xterm-truecolor" }, { TERM: "xterm-kitty" }, { TERM: "mosh" },
  { TERM: "screen" }, { TERM: "con80x25" }, { COLORTERM: "truecolor" }, { COLORTERM: "1" },
  { COLORTERM: "" }, { TMUX: "1" }, { CI: "1" }, { CI: "", DRONE: "1" }, { CI: "1", CIRCLECI: "1" },
  { CI: "1", CI_NAME: "codeship" }, { TF_BUILD: "1", AGENT_NAME: "1" }, { TEAMCITY_VERSION: "9.1.0" },
  { TEAMCITY_VERSION: "8" }, { TERM_PROGRAM: "iTerm.app" },
  { TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.0" }, { TERM_PROGRAM: "Apple_Terminal" },
  { FORCE_COLOR: "" }, { FORCE_COLOR: "1" }, { FORCE_COLOR: "2" }, { FORCE_COLOR: "3" },
  { FORCE_COLOR: "0" }, { NO_COLOR: "" }, { NODE_DISABLE_COLORS: "1" },
];
for (const environment of environments) {
  const stream = { getColorDepth };
  console.log(JSON.stringify(environment), getColorDepth(environment),
    hasColors.call(stream, environment), hasColors.call(stream, 256, environment));
}
for (const count of [1, "a", 2.5] as any[]) {
  try { hasColors.call({ getColorDepth }, count); } catch (error: any) { console.log(error.code, error.message); }
}
console.log(getWindowSize.call({ columns: 3, rows: 4 }));
console.log(tty.isatty(99), tty.isatty("a" as any), tty.isatty(-1));
for (const Class of [tty.ReadStream, tty.WriteStream] as any[]) {
  for (const descriptor of ["a", -1]) {
    try { new Class(descriptor); } catch (error: any) { console.log(error.name, error.code, error.message); }
  }
}
const reader: any = new tty.ReadStream(99);
reader.on("error", (error: Error) => console.log(error.message));
console.log(reader.isTTY, reader.isRaw, reader.setRawMode(true) === reader, reader.isRaw);
