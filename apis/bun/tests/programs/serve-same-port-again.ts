// A port is free as soon as its server is stopped, for a server of the same turn too.
const start = (port: number, text: string) => Bun.serve({ port, fetch: () => new Response(text) });

let server = start(0, "first");
const { port } = server;
const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();

console.log(await ask());
for (const force of [true, false]) {
  server.stop(force);
  server = start(port!, `after stop(${force})`);
  console.log(await ask());
}
const ending = server.stop(true);
server = start(port!, "while the last one ends");
await ending;
console.log(await ask());
try {
  start(port!, "not two at once");
} catch (error: any) {
  console.log(error.code);
}
await server.stop(true);
