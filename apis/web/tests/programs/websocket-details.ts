// What a WebSocket says of itself, and what it makes of odd values.
using server = Bun.serve({
  port: 0,
  fetch: (request, own) => (own.upgrade(request) ? undefined : new Response("no")),
  websocket: { message: (socket, text) => void socket.send(text) },
});
const address = `ws://localhost:${server.port}/`;
const opened = () => new Promise<WebSocket>((resolve) => {
  const socket = new WebSocket(address);
  socket.onopen = () => resolve(socket);
});
const answer = (socket: WebSocket) =>
  new Promise<any>((resolve) => (socket.onmessage = ({ data }) => resolve(data)));

const socket = await opened();
console.log(Bun.inspect(socket).replaceAll(`${server.port}`, "PORT"));
for (const type of ["uint8array", "other", "arraybuffer", "blob", "nodebuffer"]) {
  socket.binaryType = type as never;
  console.log(type, socket.binaryType);
}
for (const value of [undefined, null, 5, "text"]) {
  socket.send(value as never);
  console.log(await answer(socket));
}
for (const wrong of [() => (WebSocket as any)(address), () => new WebSocket(`${address}#part`)]) {
  try {
    wrong();
  } catch (error: any) {
    console.log(error.name, error.code, error.message.replaceAll(`${server.port}`, "PORT"));
  }
}
class Own extends WebSocket {}
const made = new Own(address);
console.log(made instanceof WebSocket, made.constructor === Own);
made.close();
const closed = new Promise((resolve) => (socket.onclose = resolve));
socket.close();
await closed;
socket.send("late");
socket.send(new Uint8Array(3));
console.log(socket.bufferedAmount);
