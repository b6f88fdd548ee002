// MessageChannel, MessagePort and BroadcastChannel: one line a case, equal in dx and in Bun.
import { show, showAsync } from "./support/report";

const any = (value: unknown) => value as any;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

await showAsync("a message", async () => {
  const { port1, port2 } = new MessageChannel();
  const seen: unknown[] = [];
  port1.onmessage = (event: any) =>
    seen.push(event.data, event.type, event.isTrusted, event.target === port1, event.ports.length);
  port2.postMessage({ a: [1] });
  seen.push("posted");
  await turn();
  port1.close();
  return seen;
});
await showAsync("messages wait for start", async () => {
  const { port1, port2 } = new MessageChannel();
  const seen: unknown[] = [];
  port2.postMessage(1);
  port2.postMessage(2);
  port1.addEventListener("message", (event: any) => seen.push(event.data));
  await turn();
  seen.push("start");
  port1.start();
  await turn();
  port1.close();
  return seen;
});
await showAsync("messages are copies", async () => {
  const { port1, port2 } = new MessageChannel();
  const original = { list: [1] };
  const got = new Promise((resolve) => (port1.onmessage = (event: any) => resolve(event.data)));
  port2.postMessage(original);
  original.list.push(2);
  const copy = await got;
  port1.close();
  return copy;
});
await showAsync("a port is transferred", async () => {
  const outer = new MessageChannel();
  const inner = new MessageChannel();
  const got = new Promise<any>((resolve) => (outer.port1.onmessage = resolve));
  outer.port2.postMessage({ port: inner.port1 }, [inner.port1]);
  const { data, ports } = await got;
  const answer = new Promise((resolve) => (inner.port2.onmessage = (event: any) => resolve(event.data)));
  data.port.postMessage("through");
  const text = await answer;
  outer.port1.close();
  inner.port2.close();
  return [ports.length, ports[0] === data.port, data.port === inner.port1, text];
});
await showAsync("a buffer is transferred", async () => {
  const { port1, port2 } = new MessageChannel();
  const buffer = new Uint8Array([1, 2]).buffer;
  const got = new Promise<any>((resolve) => (port1.onmessage = (event: any) => resolve(event.data)));
  port2.postMessage(buffer, { transfer: [buffer] });
  const arrived = await got;
  port1.close();
  return [buffer.byteLength, arrived];
});
await showAsync("nothing after close", async () => {
  const { port1, port2 } = new MessageChannel();
  const seen: unknown[] = [];
  port1.onmessage = (event: any) => seen.push(event.data);
  port1.close();
  port2.postMessage(1);
  await turn();
  return seen;
});
show("not cloneable", () => new MessageChannel().port1.postMessage(() => 1));
show("nothing to post", () => any(new MessageChannel().port1).postMessage());
show("port not transferred", () => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(port2);
});
show("port through itself", () => {
  const { port1 } = new MessageChannel();
  port1.postMessage(1, [port1]);
});
show("constructor", () => new (MessagePort as any)());
show("channel", () => {
  const channel = new MessageChannel();
  return [channel.port1 instanceof MessagePort, channel.port1 === channel.port1, channel.port1 instanceof EventTarget];
});
await showAsync("broadcast", async () => {
  const [first, second, other] = [new BroadcastChannel("n"), new BroadcastChannel("n"), new BroadcastChannel("o")];
  const seen: unknown[] = [];
  first.onmessage = (event: any) => seen.push("first", event.data);
  second.onmessage = (event: any) => seen.push("second", event.data);
  other.onmessage = (event: any) => seen.push("other", event.data);
  first.postMessage("hello");
  await turn();
  for (const channel of [first, second, other]) channel.close();
  return [seen, first.name];
});
show("broadcast closed", () => {
  const channel = new BroadcastChannel("n");
  channel.close();
  channel.postMessage(1);
});
show("broadcast without a name", () => new (BroadcastChannel as any)());
