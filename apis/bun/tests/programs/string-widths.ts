// Bun.stringWidth: every code point by itself, and what joins them.
function sum(options?: { ambiguousIsNarrow: boolean }, from = 0, to = 0x110000) {
  let total = 0;
  for (let point = from; point < to; point++) {
    total = (total * 31 + Bun.stringWidth(String.fromCodePoint(point), options) + 1) >>> 0;
  }
  return total;
}
for (const [from, to] of [[0, 0x300], [0x300, 0x3000], [0x3000, 0x10000], [0x10000, 0x20000],
  [0x20000, 0x40000], [0xe0000, 0xe0200], [0x10ff00, 0x110000]]) {
  console.log(from.toString(16), sum(undefined, from, to),
    sum({ ambiguousIsNarrow: false }, from, to));
}
const texts = [
  "\ud83d", "\ude00", "\ud83d\ude00", "a\ud83d", "\ud83d\ud83d\ude00", "\u{1f468}\u200d\u{1f469}",
  "\u{1f44d}\u{1f3fd}", "\u{1f3fd}", "a\u{1f3fd}", "\u{1f1e6}", "\u{1f1e6}\u{1f1e7}",
  "\u{1f1e6}\u{1f1e7}\u{1f1e8}", "\u2764\ufe0f", "\u2764", "1\ufe0f\u20e3", "1\ufe0f", "\u20e3",
  "\xa9\ufe0f", "\xa9", "\u1100\u1161\u11a8", "\ud55c", "\u0e01\u0e33", "\u0928\u093f",
  "\u{1f3f4}\u{e0067}\u{e007f}", "\x1b[31mred\x1b[0m", "\ufdfa", "e\u0301", "\u200d\ufe0f",
  "\u3030\u200d\u{1f469}", "\u{1f9d1}\u{1f3fd}\u200d\u{1f4bb} works",
];
for (const text of texts) {
  console.log(JSON.stringify(text), Bun.stringWidth(text),
    Bun.stringWidth(text, { ambiguousIsNarrow: false }), Bun.stringWidth(`${text}x${text}`));
}
