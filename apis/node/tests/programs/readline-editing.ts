// node:readline on a terminal without a terminal: keys, what they write, history and completion.
import readline from "node:readline";
import { Readline } from "node:readline/promises";
import { PassThrough } from "node:stream";

const keys = {
  up: "\x1b[A", down: "\x1b[B", right: "\x1b[C", left: "\x1b[D", home: "\x1b[H", end: "\x1b[F",
  delete: "\x1b[3~", controlLeft: "\x1b[1;5D", controlRight: "\x1b[1;5C", metaB: "\x1bb",
  backspace: "\x7f", tab: "\t", enter: "\r",
};

function terminal(options: any = {}) {
  const input = new PassThrough();
  const output: any = new PassThrough();
  output.columns = 40;
  let written = "";
  output.on("data", (chunk: any) => { written += chunk; });
  const reader: any = readline.createInterface({ input, output, terminal: true, ...options });
  reader.on("line", (line: string) => console.log("line", JSON.stringify(line)));
  reader.on("history", (history: string[]) => console.log("history", history.join("|")));
  reader.on("close", () => console.log("close"));
  return { reader, input, shown: () => { const text = written; written = ""; return JSON.stringify(text); } };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 2));

{
  const { reader, input, shown } = terminal({ prompt: "$ " });
  reader.prompt();
  console.log(shown(), reader.getCursorPos());
  for (const text of ["hello world", keys.controlLeft, "big ", keys.home, "* ", keys.end, "!",
    keys.left, keys.backspace, keys.delete, "\x17", "\x15", "a b c", "\x0b", keys.metaB, "\x0b", "\x19",
    "\x1f", "\x1e", keys.enter, "second", keys.enter, keys.up, keys.up, keys.down, "\x01", "\x04",
    keys.enter]) {
    input.write(text);
    await settle();
    console.log(JSON.stringify(text), JSON.stringify(reader.line), reader.cursor, shown());
  }
  input.write("pasted\nlines\r\nrest");
  await settle();
  console.log(reader.line);
  reader.question("name? ", (answer: string) => console.log("answer", answer));
  input.write("me\r");
  await settle();
  console.log(shown(), reader.history);
  input.write("\x15\x04");
  await settle();
}
{
  const completer = (line: string) => [["alpha", "alpine", "beta"].filter((word) => word.startsWith(line)), line];
  const { reader, input, shown } = terminal({ completer });
  for (const text of ["a", keys.tab, keys.tab, keys.tab, "h", keys.tab]) {
    input.write(text);
    await settle();
    console.log(JSON.stringify(text), JSON.stringify(reader.line), shown());
  }
  reader.on("SIGINT", () => console.log("SIGINT"));
  input.write("\x03");
  await settle();
  reader.close();
  try { reader.prompt(); } catch (error: any) { console.log(error.code, error.message); }
}
{
  const input: any = new PassThrough();
  readline.emitKeypressEvents(input);
  input.on("keypress", (text: string, key: any) => console.log(JSON.stringify(text), JSON.stringify(key)));
  for (const text of ["a", "A", "\x1ba", "\x01", "\x1b[1;2A", "\x1bOc", "\x1b[24;5~", "\x1b[200~", "\x1b[Z",
    "é", "😀", "\x1b[[5~", "\x1b\x1b[A", " "]) input.write(text);
  await settle();
}
{
  const input = new PassThrough();
  const lines = readline.createInterface({ input, crlfDelay: Infinity });
  input.write("one\r");
  input.write("\ntwo\nthr");
  input.end("ee");
  for await (const line of lines) console.log("got", line);
}
{
  const output = new PassThrough();
  const cursor = new Readline(output);
  cursor.cursorTo(1).cursorTo(2, 3).moveCursor(-1, 2).clearLine(1).clearScreenDown();
  await cursor.commit();
  console.log(JSON.stringify(String(output.read())));
  for (const bad of [() => cursor.clearLine(5 as any), () => cursor.cursorTo("a" as any),
    () => readline.cursorTo(output, NaN), () => readline.cursorTo(output, "x" as any, 1)]) {
    try { bad(); } catch (error: any) { console.log(error.name, error.code, error.message); }
  }
}
