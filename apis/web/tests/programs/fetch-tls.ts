// fetch and Bun.serve over TLS: whom a client trusts, and what it says of those it does not.
const pem = (name: string) => Bun.file(`${import.meta.dir}/support/tls/${name}`).text();
const ca = await pem("ca.crt");
const identity = async (name: string) => ({ cert: await pem(`${name}.crt`), key: await pem(`${name}.key`) });
const plain = (text: unknown) => String(text).replace(/:\d{4,5}\b/g, ":PORT");

async function show(name: string, run: () => Promise<Response>) {
  try {
    const response = await run();
    console.log(name, response.status, plain(response.url), plain(await response.text()));
  } catch (error) {
    const { name: kind, code, message, path } = error as any;
    console.log(name, "failed:", kind, code, plain(message), plain(path));
  }
}

for (const name of ["self", "local", "other", "expired"]) {
  const own = await identity(name);
  const server = Bun.serve({ port: 0, tls: own, fetch: (request) => new Response(request.url) });
  console.log(name, server.protocol, plain(server.url));
  const url = `https://localhost:${server.port}/`;
  const by = (tls: any, target = url) => () => fetch(target, { tls });
  await show("standard", () => fetch(url));
  await show("any", by({ rejectUnauthorized: false }));
  await show("authority", by({ ca }));
  await show("authorities", by({ ca: [await pem("self.crt"), ca] }));
  await show("itself", by({ ca: own.cert }));
  await show("by address", by({ ca }, url.replace("localhost", "127.0.0.1")));
  await show("by another name", by({ ca, serverName: "other.test" }));
  await show("in the clear", () => fetch(url.replace("https", "http")));
  const big = "x".repeat(1_000_000);
  const echo = await fetch(url, { method: "POST", body: big, tls: { rejectUnauthorized: false } });
  console.log(plain(await echo.text()));
  server.stop(true);
}

const clear = Bun.serve({ port: 0, fetch: () => new Response("clear") });
await show("nobody speaks TLS", () => fetch(`https://localhost:${clear.port}/`));
clear.stop(true);

// Large content both ways, many at once.
const local = await identity("local");
const echo = Bun.serve({ port: 0, tls: local, fetch: async (request) => new Response(await request.bytes()) });
const url = `https://localhost:${echo.port}/`;
const bytes = new Uint8Array(3_000_000).map((_, index) => index % 253);
const back = await (await fetch(url, { method: "POST", body: bytes, tls: { ca } })).bytes();
console.log(back.length, back.every((byte, index) => byte === index % 253));
const many = await Promise.all(Array.from({ length: 50 }, async (_, index) => {
  const response = await fetch(url, { method: "POST", body: `${index}`, tls: { ca } });
  return (await response.text()) === `${index}`;
}));
console.log(many.every(Boolean));
echo.stop(true);

// Clients that show a certificate.
const mutual = Bun.serve({
  port: 0,
  tls: { ...local, ca, requestCert: true, rejectUnauthorized: true },
  fetch: () => new Response("mutual"),
});
await show("mutual", async () => {
  return fetch(`https://localhost:${mutual.port}/`, { tls: { ca, ...(await identity("other")) } });
});
await show("one-sided", () => fetch(`https://localhost:${mutual.port}/`, { tls: { ca } }));
mutual.stop(true);

// Several names.
const names = Bun.serve({
  port: 0,
  tls: [{ serverName: "localhost", ...local }, { serverName: "other.test", ...(await identity("other")) }],
  fetch: () => new Response("named"),
});
await show("first name", () => fetch(`https://localhost:${names.port}/`, { tls: { ca } }));
await show("second name", () =>
  fetch(`https://localhost:${names.port}/`, { tls: { ca, serverName: "other.test" } }));
names.stop(true);

// Options that cannot be used.
for (const tls of [{ ca: "no PEM" }, { ca: 5 }, { rejectUnauthorized: "x" }, { passphrase: 5 }, { serverName: 5 },
  { checkServerIdentity: 5 }, { cert: local.cert, key: (await identity("self")).key }]) {
  await show(Object.keys(tls).join(), () => fetch("https://localhost:1/", { tls } as any));
}
for (const tls of [{ cert: "no", key: "PEM" }, { cert: local.cert, key: (await identity("self")).key }, 5, {}, []]) {
  try {
    const server = Bun.serve({ port: 0, tls, fetch: () => new Response() } as any);
    console.log(server.protocol);
    server.stop(true);
  } catch (error) {
    const { name, code, message } = error as any;
    console.log(name, code, message);
  }
}

// Sockets of the file system.
const unix = `/tmp/dx-fetch-${process.pid}.sock`;
const there = Bun.serve({ unix, fetch: (request, server) => new Response(`${request.url} ${server.requestIP(request)}`) });
console.log(there.port, there.hostname, String(there.url) === `unix://${unix}`, there.address === unix);
await show("socket", () => fetch("http://a.test/x", { unix }));
try {
  Bun.serve({ unix, fetch: () => new Response() });
} catch (error) {
  console.log((error as any).code, String(error).replace(unix, "PATH"));
}
await there.stop(true);
console.log(await Bun.file(unix).exists());
try {
  Bun.serve({ unix, hostname: "a", fetch: () => new Response() });
} catch (error) {
  console.log((error as any).message);
}
