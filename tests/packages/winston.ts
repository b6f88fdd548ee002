// Formats, transports, levels and files of winston.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import winston from "winston";

const lines: string[] = [];
const sink = new Writable({
  write(chunk, _encoding, done) {
    lines.push(String(chunk));
    done();
  },
});
const { combine, errors, json, label, printf, splat, colorize } = winston.format;
const directory = mkdtempSync(join(tmpdir(), "dx-winston-"));
const file = join(directory, "all.log");
const logger = winston.createLogger({
  level: "debug",
  format: combine(errors({ stack: false }), splat(), json()),
  defaultMeta: { service: "test" },
  transports: [
    new winston.transports.Stream({
      stream: sink,
      format: combine(label({ label: "L" }), printf((i) => `${i.level} [${i.label}] ${i.message}`)),
    }),
    new winston.transports.File({ filename: file }),
    new winston.transports.Stream({ stream: sink, level: "warn", format: combine(colorize(), winston.format.simple()) }),
  ],
});
logger.info("plain");
logger.debug("number %d and %s", 7, "text", { extra: true });
logger.warn("careful", { code: 3 });
logger.error(new RangeError("out"));
logger.silly("never");
logger.child({ request: 9 }).info("child");
console.log(logger.isDebugEnabled(), logger.levels);
const finished = new Promise((resolve) => logger.on("finish", resolve));
logger.end();
await finished;
await new Promise((resolve) => setTimeout(resolve, 50));
console.log(lines.map((line) => JSON.stringify(line)).join("\n"));
console.log(readFileSync(file, "utf8").trim());
rmSync(directory, { recursive: true });
