// Broadcasts come in the order in which they were sent, whatever the channel they came over.
const first = new BroadcastChannel("one");
const second = new BroadcastChannel("two");
const seen: string[] = [];
const { promise: all, resolve: tell } = Promise.withResolvers<string>();
const hear = (from: string) => (event: MessageEvent) => {
  seen.push(`${from} ${event.data}`);
  if (seen.length < 600) return;
  const expected = Array.from({ length: 300 }, (_, index) => [`one ${index}`, `two ${index}`]);
  tell(`${seen.length} ${Bun.deepEquals(seen, expected.flat())}`);
  first.close();
  second.close();
  teller.terminate();
};
first.onmessage = hear("one");
second.onmessage = hear("two");
const source = `
  const first = new BroadcastChannel("one"), second = new BroadcastChannel("two");
  for (let index = 0; index < 300; index++) {
    first.postMessage(index);
    second.postMessage(index);
  }`;
const teller = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));

// A port that closed while nobody listened tells whoever listens later.
const { port1, port2 } = new MessageChannel();
port2.close();
const { promise: closed, resolve: close } = Promise.withResolvers<string>();
setTimeout(() => port1.addEventListener("close", () => close("closed")), 10);

console.log(await closed);
console.log(await all);
