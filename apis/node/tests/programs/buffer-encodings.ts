// Buffer: text to bytes and back in every encoding, searches, fills and copies, over many inputs.
let seed = 7;
function next(limit: number) {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) % limit;
}
const encodings: BufferEncoding[] =
  ["utf8", "utf16le", "latin1", "ascii", "base64", "base64url", "hex"];
const atoms = [
  "a", "Zz", "09af", "=", "==", "+/", "-_", " ", "\n", "é", "ÿ", "€", "\u{1f600}", "\ud800",
  "\udc00", "\0", "deadBEEF", "aGVsbG8", "x".repeat(30), "é".repeat(20), "\u{1f600}".repeat(9), "%",
];

function text() {
  let made = "";
  for (let count = next(6); count > 0; count--) made += atoms[next(atoms.length)];
  return made;
}

let sum = 0;
function note(value: string) {
  for (let index = 0; index < value.length; index++) {
    sum = (Math.imul(sum, 31) + value.charCodeAt(index)) | 0;
  }
}

for (let round = 0; round < 600; round++) {
  const string = text();
  for (const encoding of encodings) {
    const bytes = Buffer.from(string, encoding);
    const back = encodings.map((other) => bytes.toString(other));
    const length = Buffer.byteLength(string, encoding);
    note(`${bytes.toString("hex")} ${length} ${back.join("|")}`);
    const into = Buffer.alloc(24, 1);
    const written = into.write(string, next(24), next(24), encoding);
    note(`${written} ${into.toString("hex")}`);
    if (round < 12) console.log(encoding, JSON.stringify(string), bytes, length, written, into);
    if (bytes.length > 0) {
      const filled = Buffer.alloc(40).fill(string, next(20), 20 + next(20), encoding);
      note(filled.toString("hex"));
    }
    const whole = Buffer.concat([bytes, into, bytes], next(200));
    const offset = next(80) - 40;
    const found = [
      whole.indexOf(string, offset, encoding), whole.lastIndexOf(string, offset, encoding),
      whole.indexOf(bytes, offset), whole.lastIndexOf(bytes, offset), whole.includes("a", offset),
      whole.indexOf(next(256), offset), whole.lastIndexOf(next(256), offset),
    ];
    note(found.join());
    const [start, end] = [next(60) - 10, next(60) - 10];
    note(whole.slice(start, end).toString("hex") + whole.toString(encoding, start, end));
    note(`${whole.copy(into, next(24), next(whole.length + 1), next(60))} ${into.toString("hex")}`);
    note(`${Buffer.compare(whole, into)} ${whole.equals(into)} ${bytes.compare(into, 3, 20)}`);
  }
  if (round % 50 === 0) console.log(round, sum);
}

const random = Buffer.alloc(3000);
for (let index = 0; index < random.length; index++) random[index] = next(256);
for (const encoding of encodings) note(random.toString(encoding));
console.log(sum, random.swap16().readUInt32LE(7), random.swap32()[9], random.subarray(8).swap64()[3]);
console.log(Buffer.from("héllo"), [Buffer.alloc(2)], { deep: { buffer: Buffer.alloc(60, 1) } });
console.log(structuredClone(Buffer.from("abc")), new Blob([Buffer.from("abc")]).size);
console.log(await new Response(Buffer.from("body")).text(), JSON.stringify(Buffer.from("json")));
console.log(Buffer.name, Buffer.length, Object.keys(Buffer).join());
console.log(Object.keys(Buffer.prototype).join());
console.log(Object.getPrototypeOf(Buffer) === Uint8Array, Buffer.from("a") instanceof Uint8Array);
console.log(Buffer.from(new Uint8Array([1, 2]).buffer).buffer.byteLength, Buffer.poolSize);
const shared = Buffer.from([1, 2, 3, 4]);
shared.slice(1, 3)[0] = 9;
console.log(shared, shared.subarray(2) instanceof Buffer, shared.map((byte) => byte + 1));
