// Random bytes in every encoding: cut anywhere, they decode to the same text; what is malformed is
// an error where that is asked for and a mark otherwise; what UTF-8 encodes decodes back. The
// digests are compared with Bun's. FUZZ_SEED and FUZZ_ROUNDS make a longer search of it.
let state = Number(process.env.FUZZ_SEED ?? 1) >>> 0 || 1;
const rounds = Number(process.env.FUZZ_ROUNDS ?? 60);

function below(limit: number) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

const ENCODINGS = [
  "utf-8", "utf-16le", "utf-16be", "windows-1252", "ibm866", "iso-8859-2", "iso-8859-6",
  "iso-8859-8-i", "iso-8859-16", "koi8-r", "koi8-u", "macintosh", "windows-874", "windows-1250",
  "windows-1257", "x-mac-cyrillic", "gbk", "gb18030", "big5", "euc-jp", "iso-2022-jp",
  "shift_jis", "euc-kr", "x-user-defined",
];
// What makes and breaks sequences: lead and trail bytes, escapes, marks of byte order.
const BYTES = [
  0x00, 0x1b, 0x24, 0x28, 0x42, 0x4a, 0x30, 0x40, 0x5c, 0x7e, 0x7f, 0x80, 0x81, 0x8e, 0x8f, 0xa0,
  0xa1, 0xbb, 0xbf, 0xc0, 0xc2, 0xd8, 0xdc, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf8, 0xfe, 0xff, 0x41,
];

function bytes() {
  const made = new Uint8Array(below(40));
  for (let index = 0; index < made.length; index++) {
    made[index] = below(3) === 0 ? below(256) : BYTES[below(BYTES.length)]!;
  }
  return made;
}

let failures = 0;
function expect(holds: boolean, what: string) {
  if (!holds && ++failures < 20) console.log("broken:", what);
}

function inPieces(encoding: string, input: Uint8Array, options: TextDecoderOptions) {
  const decoder = new TextDecoder(encoding as any, options);
  let text = "";
  let at = 0;
  while (at < input.length) {
    const end = Math.min(input.length, at + 1 + below(5));
    text += decoder.decode(input.subarray(at, end), { stream: true });
    at = end;
  }
  return text + decoder.decode();
}

function outcome(act: () => string) {
  try {
    return act();
  } catch (error: any) {
    return `${error.name} ${error.code}`;
  }
}

for (const encoding of ENCODINGS) {
  let digest = 0;
  for (let round = 0; round < rounds; round++) {
    const input = bytes();
    for (const fatal of [false, true]) {
      for (const ignoreBOM of [false, true]) {
        const options = { fatal, ignoreBOM };
        const whole = outcome(() => new TextDecoder(encoding as any, options).decode(input));
        const pieces = outcome(() => inPieces(encoding, input, options));
        expect(whole === pieces, `${encoding} ${input} ${JSON.stringify(options)}`);
        for (let index = 0; index < whole.length; index++) {
          digest = (Math.imul(digest, 31) + whole.charCodeAt(index)) | 0;
        }
      }
    }
    if (encoding !== "utf-8") continue;
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(input);
    const encoded = new TextEncoder().encode(text);
    const again = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(encoded);
    expect(text === again, `${input} encoded`);
    const room = new Uint8Array(below(60));
    const { read, written } = new TextEncoder().encodeInto(text, room);
    expect(`${room.subarray(0, written)}` === `${encoded.subarray(0, written)}`, `${input} into`);
    expect(new TextEncoder().encode(text.slice(0, read)).length === written, `${input} read`);
  }
  console.log(encoding, digest);
}

// Forms: what is written reads back.
const NAMES = ["a", "b c", "\"", "\r\n", "ü", "%22", ";", "=", "", "😀"];
for (let round = 0; round < rounds; round++) {
  const form = new FormData();
  const kept: [string, string][] = [];
  for (let left = below(5); left > 0; left--) {
    const name = NAMES[below(NAMES.length)]!;
    const value = new TextDecoder("latin1").decode(bytes()).replace(/\r\n?|\n/g, "\r\n");
    if (name === "") continue;
    if (below(2) === 0) form.append(name, value);
    else form.append(name, new Blob([value]), "file \"x\".bin");
    kept.push([name, value]);
  }
  const read = await new Response(form).formData();
  const values: [string, string][] = [];
  for (const [name, value] of read) {
    values.push([name, typeof value === "string" ? value : await value.text()]);
  }
  const plain = (pairs: [string, string][]) => JSON.stringify(pairs.map(([, value]) => value));
  expect(plain(kept) === plain(values), `form ${JSON.stringify(kept)}`);
  // Any bytes are a form or refused.
  const body = new Uint8Array([...bytes(), ...new TextEncoder().encode("--x\r\n"), ...bytes()]);
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  const any = await new Response(body, { headers }).formData().then(() => "ok", (e) => e.name);
  expect(any === "ok" || any === "TypeError", `any bytes: ${any}`);
}
console.log("rounds", rounds, "failures", failures);
