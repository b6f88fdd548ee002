// Random texts as URLs, in every setter and as bases: none is an error of another kind than the
// documented one, and what a URL says of itself reads back as the same URL. FUZZ_SEED and
// FUZZ_ROUNDS make a longer search of it; FUZZ_SHOW=1 prints every case. (Bun's own parser puts a
// slash for the empty path of some URLs and takes hosts that the standard refuses, so what is
// printed by default says only whether all held.)
let state = Number(process.env.FUZZ_SEED ?? 1) >>> 0 || 1;
const rounds = Number(process.env.FUZZ_ROUNDS ?? 4000);
const shows = process.env.FUZZ_SHOW === "1";

function below(limit: number) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}
const one = (choices: string[]) => choices[below(choices.length)]!;

const SCHEMES = [
  "http:", "https:", "ws:", "file:", "ftp:", "data:", "javascript:", "blob:", "non-special:",
  "HTTP:", "a+b.c-1:", "1a:", ":", "", "", "", "mailto:", "http", "//", "\\\\",
];
const HOSTS = [
  "example.com", "EXAMPLE.com", "127.0.0.1", "0x7f.1", "256.1.1.1", "1.2.3", "0300.0250.1",
  "[::1]", "[1:2:3:4:5:6:7:8]", "[::ffff:1.2.3.4]", "[1::2::3]", "[:1]", "b%C3%BCcher.de",
  "bücher.de", "xn--bcher-kva.de", "xn--", "a b", "a_b", "a..b", "%41", "%zz", "ﬀ.com", "☃.net",
  "a<b", "a^b", "a|b", "localhost", "", "4294967296", "0x", "1.0x.", "a%00b", "faß.de", "日本.jp",
];
const PARTS = [
  "/", "\\", "?", "#", ":", "@", ".", "..", "%2e", "%2E%2e", "a", "b", "c:", "C|", "/C:/", " ",
  "\t", "\n", "%", "%4", "%41", "ü", "😀", "\ud800", "&", "=", "+", "'", "\"", "<", ">", "`", "{",
  "}", "|", "^", "~", "[", "]", ";", ",", "$", "!", "*", "(", ")", "80", "443", "65535", "65536",
  "user", "pass", "\0", "\x7f", "\u00ad", "\ufeff", "//", "./", "../", "?x=1", "#y",
];

function text(limit: number) {
  let made = "";
  for (let left = below(limit); left > 0; left--) made += one(PARTS);
  return made;
}

function url() {
  const kind = below(8);
  if (kind === 0) return text(8);
  const slashes = one(["//", "//", "//", "/", "", "\\\\", "///"]);
  const user = below(6) === 0 ? `${text(3)}@` : "";
  const port = below(4) === 0 ? `:${one(["80", "443", "0", "8080", "65536", "a", "", "00021"])}` : "";
  return one(SCHEMES) + slashes + user + one(HOSTS) + port + (below(3) === 0 ? "" : text(8));
}

let failures = 0;
const MEMBERS = [
  "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname",
  "search", "hash",
] as const;
const SETTERS = MEMBERS.filter((member) => member !== "origin");

function parsed(given: string, base?: string) {
  try {
    return new URL(given, base);
  } catch (error: any) {
    expect(error instanceof TypeError && error.code === "ERR_INVALID_URL", `${given}: ${error}`);
    return `${error.name} ${error.code}`;
  }
}
const shown = (found: URL | string) =>
  typeof found === "string" ? found : MEMBERS.map((member) => found[member]).join(" ");

function note(title: string, line: string) {
  if (shows) console.log(JSON.stringify(title), JSON.stringify(line));
}
function expect(holds: boolean, what: string) {
  if (!holds && ++failures < 20) console.log("broken:", JSON.stringify(what));
}

function check(found: URL, given: string) {
  const again = parsed(found.href);
  expect(typeof again !== "string" && again.href === found.href, `${given} reads back`);
  expect(found.href === found.toString() && found.href === found.toJSON(), `${given} as text`);
  const query = `${found.searchParams}`;
  expect(`${new URLSearchParams(query)}` === query, `${given} query`);
  note(`query of ${given}`, query);
}

for (let round = 0; round < rounds; round++) {
  const given = url();
  const base = below(3) === 0 ? url() : undefined;
  const found = parsed(given, base);
  note(`${given} on ${base}`, shown(found));
  expect(URL.canParse(given, base) === (typeof found !== "string"), `${given} can be parsed`);
  if (typeof found === "string") continue;
  check(found, given);
  const setter = SETTERS[below(SETTERS.length)]!;
  const value = below(3) === 0 ? one([...HOSTS, ...SCHEMES, "8080", ""]) : text(5);
  try {
    found[setter] = value;
  } catch (error: any) {
    expect(setter === "href" && error.code === "ERR_INVALID_URL", `${given}.${setter} = ${value}`);
  }
  note(`${given}.${setter} = ${value}`, shown(found));
  check(found, `${given}.${setter} = ${value}`);
}
console.log("rounds", rounds, "failures", failures);
