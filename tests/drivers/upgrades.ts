// A message at once after each upgrade, in the clear and through TLS: the head of the answer may
// arrive before the system tells that the request was sent.

const folder = `${import.meta.dir}/../../apis/web/tests/programs/support/tls/`;
const [cert, key, ca] = await Promise.all(
  ["local.crt", "local.key", "ca.crt"].map((name) => Bun.file(folder + name).text()),
);

async function roundTrip(url: string): Promise<number> {
  const socket = new WebSocket(url, { tls: { ca } } as any);
  const length = await new Promise<number>((resolve, reject) => {
    socket.onopen = () => socket.send("z".repeat(10_000));
    socket.onmessage = (event) => resolve(event.data.length);
    socket.onerror = (event: any) => reject(new Error(event.message));
  });
  const closed = new Promise((resolve) => (socket.onclose = resolve));
  socket.close();
  await closed;
  return length;
}

for (const tls of [undefined, { cert, key }]) {
  const server = Bun.serve({
    port: 0,
    tls,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no")),
    websocket: { perMessageDeflate: true, message: (socket, text) => void socket.send(text, true) },
  });
  const url = `${tls === undefined ? "ws" : "wss"}://localhost:${server.port}/`;
  let echoed = 0;
  for (let round = 0; round < 20; round += 1) echoed += await roundTrip(url);
  console.log(tls === undefined ? "ws" : "wss", echoed);
  await server.stop(true);
}
