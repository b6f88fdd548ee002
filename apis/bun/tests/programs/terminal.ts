// Bun.Terminal: by itself and through Bun.spawn.
const attempt = (name: string, run: () => unknown) => {
  try {
    console.log(name, run());
  } catch (error: any) {
    console.log(name, error.name, error.message, error.code);
  }
};
const Terminal = (Bun as any).Terminal;
let output = "";
const terminal = new Terminal({
  cols: 100,
  rows: 30,
  data(self: any, chunk: Uint8Array) {
    output += new TextDecoder().decode(chunk);
  },
  exit: (self: any, code: number, signal: unknown) => console.log("exit", self === terminal, code, signal),
});
const spawn = Bun.spawn as any;
const child = spawn(["sh", "-c", "stty size; tty > /dev/null && echo tty; read line; echo got $line"], { terminal });
console.log(child.stdin, child.stdout, child.stderr, child.terminal === terminal);
console.log(terminal.write("hello\n"), await child.exited);
while (!output.includes("got hello")) await Bun.sleep(1);
console.log(JSON.stringify(output.replace("hello\r\n", "")));
attempt("resize", () => terminal.resize(50, 20));
attempt("bad resize", () => terminal.resize(-1, 2));
attempt("raw", () => terminal.setRawMode(true));
console.log(terminal.localFlags);
terminal.setRawMode(false);
console.log(terminal.localFlags, terminal.inputFlags, terminal.outputFlags, terminal.controlFlags);
attempt("bad write", () => terminal.write(3));
terminal.close();
console.log(terminal.closed, terminal.localFlags);
attempt("write after close", () => terminal.write("x"));
attempt("spawn after close", () => spawn(["ls"], { terminal }));
attempt("no options", () => new Terminal());
attempt("bad terminal", () => spawn(["ls"], { terminal: "x" }));
attempt("sync", () => Bun.spawnSync(["ls"], { terminal: {} } as any));
let inline = "";
const own = spawn(["sh", "-c", "echo hi; exit 3"], {
  terminal: { data: (self: any, chunk: Uint8Array) => void (inline += new TextDecoder().decode(chunk)) },
});
console.log(await own.exited);
while (!inline.includes("\n")) await Bun.sleep(1);
console.log(JSON.stringify(inline), own.terminal.closed);
attempt("again", () => spawn(["ls"], { terminal: own.terminal }));
own.terminal.close();
