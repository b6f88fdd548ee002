// fetch over HTTP/2 from servers that break their word: what a program is told, what is asked
// again, and that nothing stays behind.
import { readdirSync } from "node:fs";
import tls from "node:tls";

const pem = (name: string) => Bun.file(`${import.meta.dir}/support/tls/${name}`).text();
const ca = await pem("ca.crt");
const identity = { cert: await pem("local.crt"), key: await pem("local.key") };
const open = () => readdirSync("/proc/self/fd").length;

const DATA = 0, HEADERS = 1, RESET = 3, SETTINGS = 4, PUSH = 5, PING = 6, GOAWAY = 7, WINDOW = 8;
const END = 1, ALL = 4;

function frame(kind: number, flags: number, stream: number, payload: string | Buffer = "") {
  const body = Buffer.from(payload as any, "latin1");
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = kind;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}
const word = (...numbers: number[]) => {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, at) => bytes.writeUInt32BE(number, 4 * at));
  return bytes.toString("latin1");
};
const field = (name: string, value: string) =>
  `\x10${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`;
const OK = "\x88";

type Peer = { socket: tls.TLSSocket; connection: number; asked: number; say(...frames: Buffer[]): void };
type Behaviour = (peer: Peer, stream: number) => void;

// A server that knows of frames only that they have a head; what it does for each request, and
// what it has seen of resets.
async function serve(behaviour: Behaviour, settings = "") {
  const seen = { connections: 0, asked: 0, resets: [] as number[] };
  const server = tls.createServer({ ...identity, ALPNProtocols: ["h2"] }, (socket) => {
    const peer: Peer = {
      socket, connection: ++seen.connections, asked: 0, say: (...frames) => socket.write(Buffer.concat(frames)),
    };
    let input = Buffer.alloc(0);
    let greeted = false;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      input = Buffer.concat([input, chunk]);
      if (!greeted && input.length < 24) return;
      if (!greeted) {
        greeted = true;
        input = input.subarray(24);
        peer.say(frame(SETTINGS, 0, 0, settings));
      }
      while (input.length >= 9 && input.length >= 9 + input.readUIntBE(0, 3)) {
        const length = input.readUIntBE(0, 3);
        const [kind, flags, stream] = [input[3], input[4], input.readUInt32BE(5)];
        const payload = input.subarray(9, 9 + length);
        input = input.subarray(9 + length);
        if (kind === SETTINGS && (flags & 1) === 0) peer.say(frame(SETTINGS, 1, 0));
        if (kind === RESET) seen.resets.push(payload.readUInt32BE(0));
        if (kind !== HEADERS) continue;
        seen.asked++;
        peer.asked++;
        behaviour(peer, stream);
      }
    });
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return { server, seen, url: `https://localhost:${(server.address() as any).port}/` };
}

async function show(name: string, behaviour: Behaviour, init: any = {}, settings = "") {
  const { server, seen, url } = await serve(behaviour, settings);
  let outcome;
  try {
    const response = await fetch(url, { protocol: "http2", tls: { ca }, ...init });
    outcome = `${response.status} ${JSON.stringify(await response.text())}`;
  } catch (error) {
    const { name: kind, code } = error as any;
    outcome = `${kind} ${code}`;
  }
  console.log(`${name}: ${outcome}; ${seen.connections} connections, ${seen.asked} requests`);
  server.close();
  return seen;
}

const answer = (stream: number, text = "fine") => [frame(HEADERS, ALL, stream, OK), frame(DATA, END, stream, text)];
const stream = () => new ReadableStream({ start(it) { it.enqueue("content"); it.close(); } });

await show("an answer", (peer, id) => peer.say(...answer(id)));
await show("an interim response", (peer, id) => peer.say(frame(HEADERS, ALL, id, field(":status", "103")), ...answer(id)));
await show("trailers", (peer, id) => peer.say(
  frame(HEADERS, ALL, id, OK), frame(DATA, 0, id, "text"), frame(HEADERS, ALL | END, id, field("x", "y"))));
await show("padding", (peer, id) => peer.say(frame(HEADERS, ALL, id, OK), frame(DATA, 9, id, "\x05text\0\0\0\0\0")));
await show("pings and frames nobody knows", (peer, id) => peer.say(
  frame(PING, 0, 0, "12345678"), frame(0x77, 0xff, id, "what"), ...answer(id)));

// Requests a server has not looked at.
await show("refused once", (peer, id) => peer.asked === 1 ? peer.say(frame(RESET, 0, id, word(7))) : peer.say(...answer(id)));
await show("refused for ever", (peer, id) => peer.say(frame(RESET, 0, id, word(7))));
await show("refused, with a stream", (peer, id) => peer.say(frame(RESET, 0, id, word(7))), { method: "POST", body: stream() });
await show("sent away", (peer, id) => peer.connection === 1 ? peer.say(frame(GOAWAY, 0, 0, word(0, 0))) : peer.say(...answer(id)));
await show("sent away with the request", (peer, id) => peer.say(frame(GOAWAY, 0, 0, word(id, 0)), ...answer(id)));
await show("thrown out", (peer) => peer.say(frame(GOAWAY, 0, 0, word(0, 2))));

// Streams that end early.
await show("reset", (peer, id) => peer.say(frame(RESET, 0, id, word(2))));
await show("reset without an error", (peer, id) => peer.say(frame(RESET, 0, id, word(0))));
await show("reset in its content", (peer, id) => peer.say(
  frame(HEADERS, ALL, id, OK), frame(DATA, 0, id, "part"), frame(RESET, 0, id, word(0))));
await show("closed", (peer) => peer.socket.end());
await show("closed in its content", (peer, id) => {
  peer.say(frame(HEADERS, ALL, id, OK), frame(DATA, 0, id, "part"));
  peer.socket.end();
});
await show("less than announced", (peer, id) => peer.say(
  frame(HEADERS, ALL, id, OK + field("content-length", "9")), frame(DATA, END, id, "part")));
await show("nothing where something was announced", (peer, id) => peer.say(
  frame(HEADERS, ALL | END, id, OK + field("content-length", "9"))));

// Against the standard.
const faults: [string, (id: number) => Buffer[]][] = [
  ["content before the head", (id) => [frame(DATA, END, id, "early")]],
  ["content behind an interim response", (id) => [frame(HEADERS, ALL, id, field(":status", "100")), frame(DATA, END, id, "early")]],
  ["an interim response that ends", (id) => [frame(HEADERS, ALL | END, id, field(":status", "100"))]],
  ["no status", (id) => [frame(HEADERS, ALL | END, id, field("x", "y"))]],
  ["a field in upper case", (id) => [frame(HEADERS, ALL | END, id, OK + field("X", "y"))]],
  ["a field of the connection", (id) => [frame(HEADERS, ALL | END, id, OK + field("connection", "close"))]],
  ["trailers that do not end", (id) => [frame(HEADERS, ALL, id, OK), frame(HEADERS, ALL, id, field("x", "y"))]],
  ["content behind the end", (id) => [frame(HEADERS, ALL, id, OK), frame(DATA, END, id, "all"), frame(DATA, 0, id, "more")]],
  ["padding beyond the frame", (id) => [frame(HEADERS, ALL, id, OK), frame(DATA, 8, id, "\x09a")]],
  ["a frame too large", (id) => [frame(DATA, 0, id, Buffer.alloc(16_385))]],
  ["a ping too short", () => [frame(PING, 0, 0, "1234")]],
  ["a window of nothing", () => [frame(WINDOW, 0, 0, word(0))]],
  ["a window too wide", () => [frame(WINDOW, 0, 0, word(0x7fffffff))]],
  ["a stream's window too wide", (id) => [frame(WINDOW, 0, id, word(0x7fffffff))]],
  ["fields that cannot be read", (id) => [frame(HEADERS, ALL | END, id, "\x80")]],
  ["fields cut off by others", (id) => [frame(HEADERS, 0, id, OK), frame(PING, 0, 0, "12345678")]],
  ["a stream nobody opened", (id) => [frame(HEADERS, ALL | END, id + 2, OK)]],
  ["a push", (id) => [frame(PUSH, ALL, id, word(2) + OK)]],
  ["settings of a stream", (id) => [frame(SETTINGS, 0, id)]],
  ["a frame size too small", () => [frame(SETTINGS, 0, 0, "\0\x05" + word(1))]],
  ["a first window too wide", () => [frame(SETTINGS, 0, 0, "\0\x04" + word(0x80000000))]],
  ["what is no frame", () => [Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]],
];
for (const [name, frames] of faults) await show(name, (peer, id) => peer.say(...frames(id)));

// Servers that stall.
const aborted = () => ({ signal: AbortSignal.timeout(600) });
await show("silence", () => {}, aborted());
const halted = await show("silence in its content", (peer, id) => peer.say(frame(HEADERS, ALL, id, OK), frame(DATA, 0, id, "part")), aborted());
while (halted.resets.length === 0) await Bun.sleep(5);
console.log("resets", halted.resets.join());
await show("no window", () => {}, { method: "POST", body: "x".repeat(100), ...aborted() }, "\0\x04" + word(0));
await show("a window that opens", (peer, id) => {
  peer.say(frame(WINDOW, 0, id, word(60)));
  setTimeout(() => peer.say(frame(WINDOW, 0, id, word(60)), ...answer(id)), 20);
}, { method: "POST", body: "x".repeat(100) }, "\0\x04" + word(0));
await show("an answer before the content", (peer, id) => peer.say(...answer(id)), { method: "POST", body: new ReadableStream({}) });

// Nothing stays behind: neither of exchanges that failed nor of those that did not.
await Bun.sleep(1500);
Bun.gc(true);
const before = open();
const { server, seen, url } = await serve((peer, id) => {
  if (peer.asked % 5 === 0) return void peer.socket.destroy();
  if (peer.asked % 5 === 1) return peer.say(frame(RESET, 0, id, word(2)));
  if (peer.asked % 5 === 2) return peer.say(frame(DATA, 0, id, "garbage"));
  peer.say(...answer(id));
});
const outcomes = new Set<string>();
for (let round = 0; round < 100; round++) {
  await fetch(url, { protocol: "http2", tls: { ca } } as any).then(
    async (response) => outcomes.add(await response.text()), (error) => outcomes.add(error.code));
}
server.close();
await Bun.sleep(1500);
console.log([...outcomes].sort().join(), seen.asked, open() - before <= 2);
process.exit(0);
