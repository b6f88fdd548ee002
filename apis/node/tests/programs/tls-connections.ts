// node:tls: what two sides agree on, whom they trust, and how they part.
import net from "node:net";
import tls from "node:tls";
import { once } from "node:events";
import { readFileSync } from "node:fs";

const folder = `${import.meta.dir}/../../../web/tests/programs/support/tls`;
const pem = (name: string) => readFileSync(`${folder}/${name}`);
const identity = (name: string) => ({ cert: pem(`${name}.crt`), key: pem(`${name}.key`) });
const ca = pem("ca.crt");

const said = (error: any) => [error.name, error.code, error.message, error.reason].map(String).join(" | ");

async function serve(options: tls.TlsOptions, onSecure: (socket: tls.TLSSocket) => void) {
  const failures: string[] = [];
  const server = tls.createServer(options, onSecure);
  server.on("tlsClientError", (error) => failures.push(said(error)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, failures, port: (server.address() as net.AddressInfo).port };
}

function visit(port: number, options: tls.ConnectionOptions) {
  return new Promise<void>((resolve) => {
    const socket = tls.connect({ port, host: "localhost", ...options });
    let text = "";
    socket.on("secureConnect", () => {
      const { authorized, authorizationError, alpnProtocol } = socket;
      console.log("  secure", authorized, String(authorizationError), alpnProtocol, socket.getProtocol());
      socket.write("ping");
    });
    socket.on("data", (chunk) => (text += chunk));
    socket.on("end", () => console.log("  end", text));
    socket.on("error", (error) => console.log("  error", said(error)));
    socket.on("close", (hadError) => (console.log("  close", hadError), resolve()));
  });
}

const echo = (socket: tls.TLSSocket) => {
  socket.on("error", () => {});
  socket.on("data", (chunk) => socket.end(`${chunk} ${socket.servername} ${socket.alpnProtocol}`));
};

for (const name of ["local", "self", "other", "expired"]) {
  const { server, port } = await serve(identity(name), echo);
  for (const [what, options] of Object.entries({
    "the authority": { ca },
    "nobody": {},
    "anybody": { rejectUnauthorized: false },
    "itself": { ca: identity(name).cert },
    "the program's own check": { ca, checkServerIdentity: () => undefined },
  })) {
    console.log(name, "trusting", what);
    await visit(port, options as tls.ConnectionOptions);
  }
  server.close();
  await once(server, "close");
}

console.log("protocols and names");
{
  const options = {
    ...identity("local"),
    ALPNProtocols: ["b", "a"],
    SNICallback: (name: string, done: any) =>
      setTimeout(() => done(null, name === "other.test" ? tls.createSecureContext(identity("other")) : null), 1),
  };
  const { server, port } = await serve(options, echo);
  await visit(port, { ca, ALPNProtocols: ["a", "b"] });
  await visit(port, { ca, servername: "other.test" });
  await visit(port, { ca, maxVersion: "TLSv1.2" });
  server.addContext("*.test", identity("other"));
  server.close();
}

console.log("clients that show themselves");
{
  const options = { ...identity("local"), ca, requestCert: true, rejectUnauthorized: false };
  const { server, port } = await serve(options, (socket) => {
    console.log("  client", socket.authorized, socket.authorizationError, socket.getPeerCertificate().subject?.CN);
    echo(socket);
  });
  await visit(port, { ca });
  await visit(port, { ca, ...identity("other"), checkServerIdentity: () => undefined });
  server.close();
}

console.log("those that speak something else");
{
  const { server, port, failures } = await serve(identity("local"), echo);
  const plain = net.connect(port, "127.0.0.1", () => plain.write("GET / HTTP/1.1\r\n\r\n"));
  plain.resume();
  plain.on("error", () => {});
  await once(plain, "close");
  const silent = net.connect(port, "127.0.0.1", () => silent.end());
  silent.resume();
  await once(silent, "close");
  await visit(port, { ca, maxVersion: "TLSv1.1", minVersion: "TLSv1" });
  console.log(failures.join("\n"));
  server.close();
}
{
  const server = net.createServer((socket) => socket.end("hello, this is no TLS")).listen(0);
  await once(server, "listening");
  await visit((server.address() as net.AddressInfo).port, { ca });
  server.close();
}

console.log("over another socket");
{
  const { server, port } = await serve(identity("local"), echo);
  const raw = net.connect(port, "127.0.0.1");
  await visit(0, { socket: raw, ca, servername: "localhost" });
  console.log(raw.destroyed);
  server.close();
}

console.log("much text");
{
  const { server, port } = await serve(identity("local"), (socket) => socket.pipe(socket));
  const socket = tls.connect({ port, ca, host: "localhost" });
  let bytes = 0;
  socket.on("data", (chunk) => (bytes += chunk.length));
  socket.end(Buffer.alloc(3_000_000, "x"));
  await once(socket, "end");
  console.log(bytes, socket.bytesWritten > 0);
  server.close();
}
