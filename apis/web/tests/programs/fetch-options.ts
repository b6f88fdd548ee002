// Options of fetch that change what is sent: compress, protocol, tls.passphrase, an https proxy.
const FORMATS: Record<string, string> = { gzip: "gzip", deflate: "deflate", br: "brotli", zstd: "zstd" };

function undo(coding: string, data: Uint8Array) {
  const stream = new Blob([data]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream(FORMATS[coding] as any))).text();
}

const plain = (text: unknown) => String(text).replace(/localhost:\d+/g, "HOST");

using server = Bun.serve({
  port: 0,
  async fetch(request) {
    const coding = request.headers.get("content-encoding");
    const data = await request.bytes();
    const length = request.headers.get("content-length");
    const isKnown = coding !== null && FORMATS[coding] !== undefined;
    const whole = isKnown ? await undo(coding, data) : new TextDecoder().decode(data);
    return Response.json([coding, length === String(data.length), whole.length, whole.slice(0, 5)]);
  },
});

async function show(label: string, init: object, url: unknown = server.url) {
  try {
    const response = await fetch(String(url), { method: "POST", ...init } as any);
    console.log(label, response.status, JSON.stringify(await response.json()));
  } catch (error: any) {
    console.log(label, error.constructor.name, error.code, plain(error.message));
  }
}

const body = "hello ".repeat(5000);
const options = [
  "gzip", "deflate", "br", "zstd", "brotli", "identity", "GZIP", "", true, false, null, undefined, 5,
  {}, { encoding: "gzip" }, { encoding: "gzip", level: 1 }, { encoding: "zstd", level: 19 },
  { encoding: "other" }, { level: 1 }, ["gzip"],
];
for (const compress of options) await show(`compress ${JSON.stringify(compress)}`, { body, compress });
const compress = "gzip";
await show("a short body", { body: "hi", compress });
await show("an empty body", { body: "", compress });
await show("no body", { compress });
await show("a Blob", { body: new Blob([body]), compress });
await show("bytes", { body: new TextEncoder().encode(body), compress });
await show("parameters", { body: new URLSearchParams({ a: body }), compress });
await show("coded already", { body, compress, headers: { "content-encoding": "x" } });
await show("with a length", { body, compress, headers: { "content-length": "5" } });

for (const protocol of ["http1.1", "h1", "http2", "h2", "http3", "h3", "x", "", null, 5, {}]) {
  await show(`protocol ${JSON.stringify(protocol)}`, { body: "x", protocol });
}

const pem = (name: string) => Bun.file(`${import.meta.dir}/support/tls/${name}`).text();
const ca = await pem("ca.crt");
const own = { cert: await pem("local.crt"), key: await pem("local.key") };
using secure = Bun.serve({
  port: 0,
  tls: { ...own, ca, requestCert: true, rejectUnauthorized: true },
  fetch: () => Response.json("who you are is known"),
});
const encrypted = { cert: own.cert, key: await pem("local.encrypted.key"), ca };
await show("with its passphrase", { tls: { ...encrypted, passphrase: "secret" } }, secure.url);
await show("with the open key", { tls: { ...own, ca } }, secure.url);

using proxy = Bun.serve({
  port: 0,
  tls: own,
  fetch: (request) => Response.json([request.method, plain(request.url)]),
});
const through = { url: String(proxy.url) };
await show("through an https proxy", { body: "x", proxy: through, tls: { ca } }, "http://other.test/");
await show("through a proxy not trusted", { body: "x", proxy: through }, "http://other.test/");
