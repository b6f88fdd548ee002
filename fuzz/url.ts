// URLs made up from a seed: what each says goes to standard output, one line an input, to be
// compared between runtimes: `url.ts SEED COUNT`. What must hold in any of them is checked here:
// what an URL says parses back to itself, and setters never make what does not parse.
const [seed = "1", count = "20000"] = process.argv.slice(2);

let state = Number(seed) >>> 0;
function random(below: number) {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}
const pick = <T>(list: readonly T[]) => list[random(list.length)];

const SCHEMES = ["http", "https", "file", "ws", "wss", "ftp", "data", "javascript", "blob", "x-a+b.c", "HTTP", ""];
const PIECES = [
  ":", "/", "//", "\\", "?", "#", "@", ".", "..", "%2e", "%2E.", "%", "%00", "%zz", "%41", " ", "\t", "\n", "\r",
  "[", "]", "[::1]", "[1:2::3]", "[::1.2.3.4]", "127.0.0.1", "0x7f.1", "0300.1", "256", "4294967296", "1.2.3.4.5",
  "a", "A", "b.c", "xn--a", "xn--zca", "\u{df}", "\u{e9}", "\u{4f60}", "\u{ff0e}", "\u{1f600}", "\ud800", "\udc00",
  "\u{ad}", "\u{200d}", "\0", "\x7f", "|", "^", "<", ">", "\"", "'", "`", "{", "}", "=", "&", "+", ",", ";", "~",
  "C:", "C|", "/C|/", "80", "443", "65535", "65536", ":80", ":443", "user:pass@", "localhost", "example.com",
];
const SETTERS = ["href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"] as const;

function text(most: number) {
  let made = "";
  for (let left = random(most + 1); left > 0; left--) made += pick(PIECES);
  return made;
}
const input = () => (random(4) === 0 ? text(8) : `${pick(SCHEMES)}:${pick(["", "/", "//", "///", "\\\\"])}${text(8)}`);

const parts = (url: URL) =>
  [url.href, url.origin, ...SETTERS.slice(1).map((name) => url[name])].map((part) => part.toWellFormed());

let line = 0;
for (; line < Number(count); line++) {
  const given = input();
  const base = random(3) === 0 ? input() : undefined;
  const url = URL.parse(given, base);
  if (url === null) {
    console.log(line, JSON.stringify([given, base]), "none");
    continue;
  }
  const said = parts(url);
  const again = URL.parse(url.href);
  if (again === null || again.href !== url.href) console.log(line, "DOES NOT PARSE BACK", JSON.stringify([given, base, url.href]));
  const setter = pick(SETTERS);
  const value = setter === "href" ? input() : text(4);
  let after = "throws";
  try {
    url[setter] = value;
    after = url.href.toWellFormed();
    if (URL.parse(url.href)?.href !== url.href) console.log(line, "IS NOT ITSELF AFTER A SETTER", JSON.stringify([given, base, setter, value]));
  } catch {}
  console.log(line, JSON.stringify([given, base, said, setter, value, after, [...url.searchParams].length]));
}
