// node:url's old parser, querystring, punycode and string_decoder over many made-up inputs.
import url from "node:url";
import qs from "node:querystring";
import pc from "node:punycode";
import { StringDecoder } from "node:string_decoder";

let seed = 99;
function next(limit: number) {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) % limit;
}
function pick(atoms: any[], most: number) {
  const made: any[] = [];
  for (let count = next(most); count > 0; count--) made.push(atoms[next(atoms.length)]);
  return made;
}
const show = (value: unknown) => JSON.stringify(value);
function attempt(action: () => any) {
  try {
    const value = action();
    if (value === null || typeof value !== "object") return show(value);
    const query = value.query && typeof value.query === "object" ? { ...value.query } : value.query;
    return show({ ...value, query });
  } catch (error: any) {
    return `! ${error.name} ${error.code} ${error.message}`;
  }
}

let sum = 0;
let count = 0;
function note(...values: unknown[]) {
  const text = values.join(" ");
  for (let index = 0; index < text.length; index++) {
    sum = (Math.imul(sum, 31) + text.charCodeAt(index)) | 0;
  }
  if (count++ % 64 === 0) console.log(sum, text);
}

const parts = [
  "http:", "https:", "mailto:", "javascript:", "x:", "file:", "//", "/", "/", "..", ".", "a", "b",
  "host.com", "user:pw@", "u%20@", ":80", "?q=1", "?a=b&a=c", "#h", "é", "[::1]", " ", "\\", "{",
  "'", ";", "%", "@", "?", "#", "HOST", "ftp:", "../../c", "./d",
];
for (let round = 0; round < 1500; round++) {
  const [first, second] = [pick(parts, 7).join(""), pick(parts, 5).join("")];
  const flags = [!!next(2), !!next(2)];
  note(
    show([first, second, flags]), attempt(() => (url as any).parse(first, ...flags)),
    attempt(() => url.resolve(first, second)), attempt(() => url.format(first)),
  );
}
const pairs = [
  "a", "b", "=", "&", "%20", "+", "%", "%zz", "é", "%C3%A9", "%E0", "x", "==", "&&", ";", ":", "1",
];
for (let round = 0; round < 1000; round++) {
  const text = pick(pairs, 9).join("");
  note(
    show(text), show(qs.parse(text)), show(qs.parse(text, ";", ":")),
    show(qs.parse(text, "&", "=", { maxKeys: next(3) })), attempt(() => qs.escape(text)),
    attempt(() => qs.stringify(qs.parse(text))), attempt(() => qs.unescape(text)),
  );
}
const letters = [
  "a", "Z", "-", "é", "ü", "中", "文", "\u{1f600}", "0", "9", ".", "xn--", "@", "\u3002", "ß",
];
for (let round = 0; round < 800; round++) {
  const text = pick(letters, 8).join("");
  note(
    show(text), attempt(() => pc.encode(text)), attempt(() => pc.decode(pc.encode(text))),
    attempt(() => pc.decode(text)), attempt(() => pc.toASCII(text)),
    attempt(() => pc.toUnicode(text)), attempt(() => url.domainToASCII(text)),
    attempt(() => url.domainToUnicode(text)),
  );
}
const encodings: BufferEncoding[] = ["utf8", "base64", "base64url", "hex", "latin1", "ascii"];
const bytes = [
  0x61, 0x7f, 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xd8, 0x3d,
];
for (let round = 0; round < 1500; round++) {
  const encoding = encodings[next(encodings.length)];
  const decoder: any = new StringDecoder(encoding);
  const seen: unknown[] = [encoding];
  for (let left = next(6); left > 0; left--) {
    const chunk = pick(bytes, 7);
    seen.push(chunk, decoder.write(Buffer.from(chunk)), decoder.lastNeed, decoder.lastTotal);
  }
  const last = pick(bytes, 4);
  seen.push(next(2) ? decoder.end() : decoder.end(Buffer.from(last)), decoder.lastNeed);
  note(show(seen));
}
console.log(url.parse("http://u:p@h.com:8/p?a=1#h"), new StringDecoder("UTF-8").encoding);
const address = new URL("http://a:b@[::1]:81/x?y#z");
console.log(url.urlToHttpOptions(address), url.format({ pathname: "x?" }));
const shown = { unicode: true, fragment: false, search: false };
console.log(url.format(new URL("http://ü.com/a?b#c"), shown));

const attempts: Array<() => unknown> = [
  () => url.fileURLToPath("file:///a%20b/%E2%82%AC"), () => url.fileURLToPath("http://a"),
  () => url.fileURLToPath("file://host/a"), () => url.fileURLToPath("file:///a%2fb"),
  () => url.fileURLToPath(1 as never), () => url.fileURLToPath("file:///C:/a", { windows: true }),
  () => url.pathToFileURL("/a b#?%\\\n").href, () => url.pathToFileURL(1 as never),
  () => url.pathToFileURL("C:\\a\\b", { windows: true }).href, () => url.fileURLToPath("foo"),
  () => (url as any).fileURLToPathBuffer("file:///a%FF"), () => url.parse(1 as never),
  () => url.fileURLToPath("file://srv/share/f", { windows: true }),
  () => url.fileURLToPath("file:///a/b", { windows: true }), () => url.format(1 as never),
  () => url.pathToFileURL("\\\\srv\\share\\f", { windows: true }).href,
  () => url.pathToFileURL("\\\\srv", { windows: true }), () => new StringDecoder("x" as never),
  () => new StringDecoder().write(1 as never), () => (new StringDecoder() as any).write(),
  () => qs.escape("\ud800"),
  () => qs.stringify({ a: [1, "b", true, null, NaN, 1n, {}], b: "ü&=" } as never),
  () => qs.parse("a=b%20c", undefined, undefined, { decodeURIComponent: (text) => `<${text}>` }),
];
for (const action of attempts) {
  try {
    console.log(action());
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
