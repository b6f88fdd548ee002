// What goes into files comes out: whole, in parts, in order, through every face of node:fs.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "fs-content-"));
const at = (name: string) => path.join(root, name);
const check = (name: string, value: unknown) => console.log(name, value);

const text = "\u00fcml\u00e4ut \u{1f600} text";
for (const encoding of ["utf8", "utf16le", "latin1", "base64", "hex", "ascii"] as const) {
  fs.writeFileSync(at("encoded"), text, encoding);
  check(encoding, [fs.readFileSync(at("encoded")).length, fs.readFileSync(at("encoded"), encoding)]);
}
fs.writeFileSync(at("shorter"), "a long line of text");
fs.writeFileSync(at("shorter"), "short");
fs.appendFileSync(at("shorter"), "+more");
check("shorter", fs.readFileSync(at("shorter"), "utf8"));

const large = Buffer.alloc(3_000_000, "0123456789abcdef");
await fs.promises.writeFile(at("large"), large);
check("large", (await fs.promises.readFile(at("large"))).equals(large));
check("large sync", fs.readFileSync(at("large")).equals(large));
check("exactly the scratch", [65535, 65536, 65537].map((size) => {
  fs.writeFileSync(at("edge"), large.subarray(0, size));
  return fs.readFileSync(at("edge")).equals(large.subarray(0, size));
}));

const fd = fs.openSync(at("parts"), "w+");
check("write", [fs.writeSync(fd, "abc"), fs.writeSync(fd, Buffer.from("defgh"), 1, 3),
  fs.writeSync(fd, "XY", 1), fs.writevSync(fd, [Buffer.from("1"), Buffer.from("23")])]);
const buffer = Buffer.alloc(10);
check("read", [fs.readSync(fd, buffer, 0, 4, 0), buffer.toString("utf8", 0, 4),
  fs.readSync(fd, buffer, { position: 4 }), buffer.toString("utf8", 0, 5)]);
const parts = [Buffer.alloc(2), Buffer.alloc(100)];
check("readv", [fs.readvSync(fd, parts, 0), parts[0].toString(), parts[1].toString("utf8", 0, 7)]);
fs.ftruncateSync(fd, 4);
check("truncated", [fs.fstatSync(fd).size, fs.readFileSync(at("parts"), "utf8")]);
fs.closeSync(fd);

async function* pieces() {
  yield "one ";
  yield Buffer.from("two ");
  yield new Uint8Array([51]);
}
await fs.promises.writeFile(at("pieces"), pieces());
check("pieces", fs.readFileSync(at("pieces"), "utf8"));

check("promisified", await promisify(fs.read)(fs.openSync(at("pieces")), Buffer.alloc(3), 0, 3, 0));
check("exists", [await promisify(fs.exists)(at("pieces")), await promisify(fs.exists)(at("no"))]);

const handle = await fs.promises.open(at("handle"), "w+");
await handle.write("handle ");
await handle.writeFile("file\nline two\nline three");
await handle.appendFile("\nlast");
const lines: string[] = [];
for await (const line of (await fs.promises.open(at("handle"))).readLines()) lines.push(line);
check("lines", lines);
check("handle", [(await handle.stat()).size, (await handle.read(Buffer.alloc(6), 0, 6, 0)).bytesRead]);
await handle.close();
check("closed", [handle.fd, await handle.read().catch((error: any) => error.code)]);

const web = (await fs.promises.open(at("handle"))).readableWebStream({ autoClose: true });
check("web stream", await new Response(web).text());

const output = fs.createWriteStream(at("stream"), { highWaterMark: 1000 });
for (let index = 0; index < 2000; index++) output.write(`line ${index}\n`);
await new Promise<void>((resolve) => output.end(resolve));
const hashed = [];
for await (const chunk of fs.createReadStream(at("stream"), { highWaterMark: 777 })) hashed.push(chunk);
const whole = Buffer.concat(hashed).toString().split("\n");
check("stream", [whole.length, whole[1999], output.bytesWritten]);
const slice = fs.createReadStream(at("stream"), { start: 5, end: 12, encoding: "utf8" });
check("part of a stream", JSON.stringify((await slice.toArray()).join("")));

fs.rmSync(root, { recursive: true });
check("gone", fs.existsSync(root));
