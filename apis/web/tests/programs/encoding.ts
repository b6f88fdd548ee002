// TextEncoder, TextDecoder, their streams, atob and btoa: one line a case, equal in dx and in Bun.
import { show, showAsync } from "./support/report";

const any = (value: unknown) => value as any;
const bytes = (...values: number[]) => new Uint8Array(values);
const encoder = new TextEncoder();

for (const text of ["", "abc", "\u00e9", "\u20ac\ud83d\ude00", "\ud800", "a\udc00b", "x".repeat(300) + "\u00e9"]) {
  show(`encode ${JSON.stringify(text.slice(0, 10))}`, () => [...encoder.encode(text)].join(","));
}
show("encode others", () => [any(encoder).encode(), any(encoder).encode(undefined), any(encoder).encode(5)].map((b) => b.length));
show("encode null", () => new TextDecoder().decode(encoder.encode(any(null))));
show("encode symbol", () => encoder.encode(any(Symbol("x"))));
show("encodeInto", () => [
  encoder.encodeInto("x\ud800\u20ac", bytes(0, 0, 0, 0, 0, 0, 0, 0, 0)),
  encoder.encodeInto("\u20ac", bytes(0, 0)),
  encoder.encodeInto("ab\u20ac", bytes(0, 0, 0, 0)),
  encoder.encodeInto("abc", bytes(0, 0)),
]);
show("encodeInto brand", () => encoder.encodeInto("x", any(5)));
show("encodeInto one argument", () => any(encoder).encodeInto("x"));
show("encoder brand", () => TextEncoder.prototype.encode.call({}));

for (const label of ["utf-8", " UTF8\n", "unicode-1-1-utf-8", "latin1", "ascii", "utf-16", "utf-16be", "sjis",
  "shift_jis", "euc-jp", "iso-2022-jp", "gbk", "gb18030", "big5", "euc-kr", "koi8-r", "windows-1252", "x-user-defined",
  "macintosh", "ibm866", "iso-8859-8-i", "replacement", "utf-7", "", "utf-32"]) {
  show(`label ${JSON.stringify(label)}`, () => new TextDecoder(label).encoding);
}
const samples: [string, number[]][] = [
  ["utf-8", [0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80]],
  ["utf-8", [0xef, 0xbb, 0xbf, 0x61]],
  ["utf-8", [0xc3, 0x28, 0xe2, 0x82, 0xff, 0xed, 0xa0, 0x80, 0xf0, 0x9f]],
  ["utf-16le", [0xff, 0xfe, 0x61, 0x00, 0x3d, 0xd8, 0x00, 0xde]],
  ["utf-16le", [0x00, 0xd8, 0x61]],
  ["utf-16be", [0x00, 0x61, 0xd8]],
  ["latin1", [0x80, 0x9f, 0xe9, 0xff]],
  ["shift_jis", [0x82, 0xa0, 0x83, 0x41, 0xff]],
  ["euc-jp", [0xa4, 0xa2, 0x8e, 0xb1]],
  ["iso-2022-jp", [0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42, 0x41]],
  ["gb18030", [0xc4, 0xe3, 0x81, 0x30, 0x81, 0x30]],
  ["big5", [0xa7, 0x41, 0x80]],
  ["euc-kr", [0xb0, 0xa1]],
  ["koi8-r", [0xc1, 0xc2]],
  ["x-user-defined", [0x41, 0x80, 0xff]],
];
samples.forEach(([label, data], index) => {
  show(`decode ${label} ${index}`, () => new TextDecoder(label).decode(bytes(...data)));
  show(`decode ${label} ${index} fatal`, () => new TextDecoder(label, { fatal: true }).decode(bytes(...data)));
  show(`decode ${label} ${index} ignoreBOM`, () =>
    [...new TextDecoder(label, { ignoreBOM: true }).decode(bytes(...data))].length,
  );
  show(`decode ${label} ${index} byte by byte`, () => {
    const decoder = new TextDecoder(label);
    let text = "";
    for (const byte of data) text += decoder.decode(bytes(byte), { stream: true });
    return text + decoder.decode();
  });
});
show("decoder options", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return [decoder.encoding, decoder.fatal, decoder.ignoreBOM];
});
show("options not an object", () => new TextDecoder("utf-8", any(5)));
show("decode nothing", () => [new TextDecoder().decode(), new TextDecoder().decode(undefined)]);
show("decode a buffer", () => new TextDecoder().decode(encoder.encode("hi").buffer));
show("decode a view", () => new TextDecoder().decode(new DataView(encoder.encode("hello").buffer, 1, 3)));
show("decode a number", () => new TextDecoder().decode(any(5)));
show("decode a string", () => new TextDecoder().decode(any("x")));
show("decoder reused after fatal error", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    decoder.decode(bytes(0xff), { stream: true });
  } catch {}
  return decoder.decode(bytes(0x61));
});
show("long text", () => {
  const text = "\u00e9 and more ".repeat(5000);
  return new TextDecoder().decode(encoder.encode(text)) === text;
});

for (const text of ["", "YQ==", "YQ", " Y\tQ = = ", "YQ=", "Y", "!", "YWJj", "YR==", "=", "YQ===", "\u00e9"]) {
  show(`atob ${JSON.stringify(text)}`, () => atob(text));
}
show("atob null", () => atob(any(null)));
show("atob nothing", () => any(atob)());
show("btoa", () => [btoa(""), btoa("a"), btoa("\u00ff\u0000"), btoa(any(12))]);
show("btoa wide", () => btoa("\u0100"));
show("btoa nothing", () => any(btoa)());

await showAsync("TextEncoderStream", async () => {
  const { readable, writable } = new TextEncoderStream();
  const writer = writable.getWriter();
  for (const chunk of ["a\ud83d", "\ude00b", "", "\ud800"]) void writer.write(chunk);
  void writer.close();
  const chunks: number[][] = [];
  for await (const chunk of any(readable)) chunks.push([...chunk]);
  return chunks;
});
await showAsync("TextDecoderStream", async () => {
  const { readable, writable } = new TextDecoderStream();
  const writer = writable.getWriter();
  for (const chunk of [[0xf0, 0x9f], [0x98], [0x80, 0x61], [0xe2]]) void writer.write(bytes(...chunk));
  void writer.close();
  const chunks: string[] = [];
  for await (const chunk of any(readable)) chunks.push(chunk);
  return chunks;
});
await showAsync("TextDecoderStream fatal", async () => {
  const stream = new TextDecoderStream("utf-8", { fatal: true });
  const writer = stream.writable.getWriter();
  writer.write(bytes(0xff)).catch(() => {});
  return stream.readable.getReader().read();
});
await showAsync("TextDecoderStream, not bytes", async () => {
  const stream = new TextDecoderStream();
  const writer = stream.writable.getWriter();
  writer.write(any(5)).catch(() => {});
  return stream.readable.getReader().read();
});
show("TextDecoderStream properties", () => {
  const stream = new TextDecoderStream("latin1", { ignoreBOM: true });
  return [stream.encoding, stream.fatal, stream.ignoreBOM];
});
show("TextDecoderStream label", () => new TextDecoderStream("xx"));
