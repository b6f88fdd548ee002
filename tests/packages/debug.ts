// Names, wildcards, formatters, own log functions and extension of debug.
import debug from "debug";

const lines: string[] = [];
debug.log = (...words: unknown[]) => lines.push(words.join(" "));
debug.enable("app:*,-app:quiet");
const log = debug("app:main");
const quiet = debug("app:quiet");
debug.formatters.h = (value: Buffer) => value.toString("hex");
log("text %s %d %o %O %j %h %%", "s", 5, { a: [1] }, { b: 2 }, { c: 3 }, Buffer.from("hi"));
quiet("not shown");
log.extend("sub")("extended");
log(new Error("failed").message);
console.log(log.enabled, quiet.enabled, debug.enabled("app:any"), debug.enabled("other"), debug.names);
console.log(lines.map((line) => line.replace(/^\S+T\S+Z /, "TIME ").replace(/\+\d+ms/, "+Nms")));
console.log(debug.disable(), log.enabled, typeof debug.humanize(90_000), debug.humanize(90_000));
