// Joined buffers: memory of their own, of the length of all parts, whichever way they are joined.
const lengths = [0, 1, 31, 32, 33, 1000, 1024, 5000];
let state = 1;
const parts: Uint8Array[] = [];
for (let index = 0; index < 600; index++) {
  state = (state * 48271) % 2147483647;
  const length = lengths[state % 8];
  const part = index % 3 === 0 ? new Uint8Array(length) : Buffer.alloc(length);
  parts.push(part.fill(index % 256));
}
const sumOf = (bytes: Uint8Array) =>
  bytes.reduce((sum, byte, at) => (sum * 31 + byte + at) | 0, 7);

for (const count of [0, 1, 2, 20, 100, 600]) {
  const list = parts.slice(0, count);
  const joined = Buffer.concat(list);
  const expected = list.flatMap((part) => [...part]);
  const total = expected.length;
  const own = joined.byteOffset === 0 && joined.buffer.byteLength === total;
  console.log(count, joined.length === total, own);
  console.log(sumOf(joined), joined.equals(Uint8Array.from(expected)));
  const again = Buffer.concat(list);
  joined.fill(255);
  console.log(sumOf(again), list.every((part, at) => part.every((byte) => byte === at % 256)));
  for (const length of [total + 10, Math.max(0, total - 10), total]) {
    console.log(length === Buffer.concat(list, length).length, sumOf(Buffer.concat(list, length)));
  }
}

// What was joined outlives its parts, and is given away alone.
const first = Buffer.concat([Buffer.alloc(50000, 1), Buffer.alloc(50000, 2)]);
const second = Buffer.concat([first, first]);
structuredClone(first.buffer, { transfer: [first.buffer] });
console.log(first.length, second.length, second[0], second[99999], second[199999]);
