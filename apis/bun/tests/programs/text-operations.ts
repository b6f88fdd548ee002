// Texts that native operations read: in pieces, narrow and wide, and what they make of them.
const samples = [
  " YQ = =\n", "YQ", "YR", "Y", "YQ=", "YQ===", "=YQ=", "Y!==", "", "aGVs bG8=", "\u00e9",
  "\u2603", "YQ==YQ==", "====", "=", "/+8=", "-_8=",
];
const attempt = (action: () => unknown) => {
  try {
    return JSON.stringify(action());
  } catch (error) {
    return (error as Error).name;
  }
};
for (const text of samples) {
  console.log(JSON.stringify(text), attempt(() => atob(text)), attempt(() => btoa(text)));
}
for (let index = 0; index < 40; index++) {
  const tail = "a" + index + "\u2603";
  if (Bun.escapeHTML("p" + index + "<" + tail) !== `p${index}&lt;${tail}`) throw tail;
  const text = ("ab" + index).repeat(3) + "\u00e9";
  if (Buffer.from(text).toString() !== text) throw text;
}
const long = "abc".repeat(50_000) + Math.floor(2.5);
console.log(Bun.escapeHTML(long + "&").length, Bun.escapeHTML(`"'<>&`), Bun.escapeHTML("plain"));
console.log(Bun.hash(long + "x"), Bun.hash("\u00e9" + long), Bun.hash.crc32("a" + long));
const identifiers = new Set(Array.from({ length: 1000 }, () => crypto.randomUUID()));
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
console.log(identifiers.size, [...identifiers].every((one) => shape.test(one)));
const units = new Uint16Array(8);
crypto.getRandomValues(units.subarray(2, 4));
const floats = new Float64Array(2) as never;
console.log(units[0], units[7], attempt(() => crypto.getRandomValues(floats)));
const before = process.memoryUsage();
console.log(before.heapTotal > 0, before.heapUsed > 0, before.heapUsed <= before.rss);
