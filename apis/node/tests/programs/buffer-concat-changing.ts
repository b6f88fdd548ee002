// Buffer.concat and Bun.concatArrayBuffers over lists whose getters change what they have given.
const SIZE = 65536;

function changing(first: Uint8Array | ArrayBuffer, change: () => void, next: unknown) {
  const list: unknown[] = [first];
  Object.defineProperty(list, 1, { enumerable: true, get() { change(); return next; } });
  list.length = 2;
  return list as never;
}
function detaching(first: Uint8Array | ArrayBuffer, next: unknown) {
  const memory = first instanceof ArrayBuffer ? first : first.buffer as ArrayBuffer;
  return changing(first, () => memory.transfer(), next);
}
function shrinking(first: (memory: ArrayBuffer) => Uint8Array | ArrayBuffer, next: unknown) {
  const memory = new ArrayBuffer(SIZE, { maxByteLength: SIZE });
  new Uint8Array(memory).fill(7);
  return changing(first(memory), () => memory.resize(16), next);
}
function show(run: () => Uint8Array | ArrayBuffer) {
  try {
    const made = run();
    const bytes = made instanceof ArrayBuffer ? new Uint8Array(made) : made;
    console.log(made.constructor.name, bytes.length, bytes.every((byte) => byte === 7));
  } catch (error) {
    console.log(error.name, error.message);
  }
}

const { concatArrayBuffers } = Bun;
const empty = () => new Uint8Array(0);
show(() => Buffer.concat(detaching(new Uint8Array(SIZE), empty())));
show(() => Buffer.concat(shrinking((memory) => new Uint8Array(memory), empty())));
show(() => concatArrayBuffers(detaching(new Uint8Array(SIZE), empty())));
show(() => concatArrayBuffers(detaching(new ArrayBuffer(SIZE), new ArrayBuffer(0))));
show(() => concatArrayBuffers(detaching(new ArrayBuffer(SIZE), empty()), Infinity, true));
show(() => concatArrayBuffers(shrinking((memory) => memory, new ArrayBuffer(0))));
show(() => concatArrayBuffers([new Uint8Array([7, 7, 7])], 2));
show(() => concatArrayBuffers([new Uint8Array([7, 7, 7])], 2, true));
show(() => concatArrayBuffers([new Uint8Array([7, 7, 7])], -1));
show(() => concatArrayBuffers([new DataView(new ArrayBuffer(3))]));
show(() => concatArrayBuffers([]));
for (const wrong of [1, null, "ab", [1], ["ab"], new Set([empty()]), { length: 0 }]) {
  show(() => concatArrayBuffers(wrong as never));
}

const large = Buffer.allocUnsafe(2 ** 26);
const list = new Array(1024).fill(large);
show(() => Buffer.concat(list));
show(() => concatArrayBuffers(list));
