// Messages of every form in one stream keep their order and their values, in bulk and across a
// port that moves on with messages waiting in it.
const echo = `
self.onmessage = ({ data, ports }) => {
  if (ports.length > 0) ports[0].onmessage = ({ data: received }) => postMessage(["port", received]);
  else postMessage(data);
};`;
const url = URL.createObjectURL(new Blob([echo], { type: "text/javascript" }));
const worker = new Worker(url);
const shown = (value: unknown) =>
  Object.is(value, -0) ? "-0" : typeof value === "bigint" ? `${value}n` : Bun.inspect(value);

let waiting = 0;
const received: unknown[] = [];
let finish: () => void;
worker.onmessage = ({ data, ports }) => {
  received.push(data);
  if (Object.isFrozen(ports) && received.length === waiting) finish();
};
async function exchange(values: unknown[], lists?: Transferable[][]) {
  received.length = 0;
  waiting = values.length;
  const done = new Promise<void>((resolve) => { finish = resolve; });
  values.forEach((value, index) => worker.postMessage(value, lists?.[index] ?? []));
  await done;
  return received.slice();
}

const forms = [
  undefined, null, true, false, 0, -0, 1.5, NaN, -Infinity, 2 ** 40, "", "plain", "h\u00e9", "\u4f60",
  "\ud800 alone", "x".repeat(100_000), 12n, { a: 1, b: { c: "two" } }, [1, , 3], new Date(5),
  new Map([[1, { z: 2 }]]), new Uint8Array([1, 2, 3]), { text: "y".repeat(9000) }, new Error("e").message,
];
for (const value of await exchange(forms)) console.log(shown(value).slice(0, 80));

const many = Array.from({ length: 1000 }, (_, index) =>
  [index, `text ${index}`, { index }, null, [index, { deep: [index] }], new Uint8Array([index])][index % 6]);
const back = await exchange(many);
console.log(Bun.deepEquals(back, many), back.length);

const moved = many.map((_, index) => new Uint8Array([index]).buffer);
const returned = await exchange(moved, moved.map((buffer) => [buffer]));
console.log(returned.every((buffer, index) => new Uint8Array(buffer as ArrayBuffer)[0] === index % 256));
console.log(moved.every((buffer) => buffer.byteLength === 0));

const { port1, port2 } = new MessageChannel();
received.length = 0;
waiting = 20;
const passed = new Promise<void>((resolve) => { finish = resolve; });
for (let index = 0; index < 10; index++) port1.postMessage(index % 2 === 0 ? index : { index });
worker.postMessage("listen", [port2]);
for (let index = 10; index < 20; index++) port1.postMessage(index % 2 === 0 ? index : { index });
await passed;
console.log(JSON.stringify(received));

const second = new Worker(URL.createObjectURL(new Blob([`
const { port1, port2 } = new MessageChannel();
for (let index = 0; index < 5; index++) port1.postMessage({ index });
postMessage("take it", [port2]);
port1.postMessage("behind");
`])));
const port = await new Promise<MessagePort>((resolve) => {
  second.onmessage = ({ ports }) => resolve(ports[0]);
});
await Bun.sleep(20);
// Moved on through a third thread with everything unread.
received.length = 0;
waiting = 6;
const all = new Promise<void>((resolve) => { finish = resolve; });
worker.postMessage("listen", [port]);
await all;
console.log(JSON.stringify(received));
worker.terminate();
second.terminate();
