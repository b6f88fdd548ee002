// Lines, levels, children, serializers, redaction and destinations of pino.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import pino from "pino";

const lines: string[] = [];
const sink = new Writable({
  write(chunk, _encoding, done) {
    lines.push(chunk.toString());
    done();
  },
});
const logger = pino(
  {
    base: { app: "test" },
    timestamp: () => `,"time":0`,
    level: "trace",
    redact: ["password", "user.*.secret"],
    serializers: { err: pino.stdSerializers.err, size: (value) => value * 2 },
    formatters: { level: (label) => ({ level: label }) },
  },
  sink,
);
logger.info("hello %s %d %j", "world", 3, { a: 1 });
logger.warn({ password: "x", user: { a: { secret: 1 } }, size: 4 }, "hidden");
const child = logger.child({ part: "child" }, { level: "error" });
child.info("not shown");
child.fatal({ nested: { deep: [1, "two", null] }, quote: "\"\n\u2028" });
const failure = Object.assign(new TypeError("broken"), { code: "E_BROKEN", stack: "stack" });
logger.error(failure, "with an error");
logger.trace({ big: 12n, undef: undefined, nan: Number.NaN }, "odd");
console.log(lines.join(""));
console.log(logger.isLevelEnabled("debug"), child.level, pino.levels.values, child.bindings());

const directory = mkdtempSync(join(tmpdir(), "dx-pino-"));
const file = join(directory, "out", "log.txt");
const destination = pino.destination({ dest: file, sync: false, mkdir: true });
const toFile = pino({ base: null, timestamp: false }, destination);
for (let at = 0; at < 500; at++) toFile.info({ at }, "line");
await new Promise<void>((resolve) => destination.on("ready", resolve));
destination.flushSync();
const written = readFileSync(file, "utf8").trim().split("\n");
console.log(written.length, written.find((line) => line.includes("\"at\":7,")), new Set(written).size);
destination.end();
rmSync(directory, { recursive: true });
