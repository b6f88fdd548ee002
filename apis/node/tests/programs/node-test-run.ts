// run() of node:test: the events of files that pass, fail, exit and hold no tests.
import { AssertionError } from "node:assert";
import { join } from "node:path";
import { run } from "node:test";

const folder = join(import.meta.dirname, "node-test-files");
const plain = (text: string) => text.replaceAll(folder, "<folder>").replace(/ \[[\d.]+m?s\]/g, "");

function shown(name: string, value: any): any {
  if (name.startsWith("duration")) return typeof value;
  if (typeof value === "string") return plain(value).replace(/(duration_ms) [\d.]+/, "$1 some");
  // Of a file that is cancelled Bun says whether it has passed behind its error.
  if (name === "details") return { ...value, passed: undefined, hasPassed: value.passed };
  if (!(value instanceof Error)) return value;
  const { name: kind, message, code, failureType, cause } = value as any;
  return { kind, message: plain(message).split("\n")[0], code, failureType, cause };
}

// What a file's process says of itself is not the same each time.
const isShown = ({ type, data }: any) => type !== "test:stderr" && !data.message?.startsWith("bun test");

async function follow(options: any) {
  for await (const event of run(options)) if (isShown(event)) console.log(JSON.stringify(event, shown));
}

await follow({ files: [join(folder, "mixed.js")], env: { ...process.env, NO_COLOR: "1" } });
console.log("--- exits, plain");
await follow({
  files: ["exits.js", "./plain.js"],
  cwd: folder,
  env: { ...process.env, GIVEN: "given" },
  setup: (stream: any) => console.log("setup", stream.constructor.name, stream.readableObjectMode),
});
console.log("--- aborted");
await follow({ files: ["never.js"], cwd: folder, signal: AbortSignal.abort() });

console.log("--- heard");
const stream = run({ files: [join(folder, "plain.js")] });
stream.on("test:pass", (data) => console.log("passed", plain(data.name)));
stream.resume();
await new Promise((resolve) => stream.on("end", resolve));

for (const options of [
  undefined, null, { files: "x" }, { files: [], timeout: -1 }, { files: [], signal: 5 }, { files: [], isolation: "x" },
  { files: [], shard: { index: 3, total: 2 } }, { files: [], shard: { index: 1, total: 1 } }, { files: [], watch: true },
  { files: [], only: true }, { files: [], testNamePatterns: [5] }, { files: [], testNamePatterns: "x" },
  { files: [], concurrency: 0 }, { files: [], concurrency: 2 }, { files: [], coverage: true }, { files: [], setup: 5 },
  { files: [], globPatterns: ["x"] }, { globPatterns: ["x"] }, { files: [], execArgv: [5] }, { files: [], isolation: "none" },
  { files: [], forceExit: true }, { files: [], globalSetupPath: "x" }, { files: [], testSkipPatterns: /x/ }, { files: [], cwd: 5 },
]) {
  try {
    run(options as any).resume();
    console.log("accepted", options);
  } catch (error: any) {
    console.log(error.name, error.code, error.message, error instanceof AssertionError);
  }
}
