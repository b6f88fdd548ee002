// Contexts of node:tls: what they refuse, whom they come to trust, and what sockets tell of them.
import tls from "node:tls";
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";

const folder = `${import.meta.dir}/../../../web/tests/programs/support/tls`;
const pem = (name: string) => readFileSync(`${folder}/${name}`);
const ca = pem("ca.crt");
const identity = { cert: pem("local.crt"), key: pem("local.key") };

function attempt(name: string, run: () => unknown) {
  try {
    console.log(name, run());
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
}

const made = (options: unknown) => () => typeof tls.createSecureContext(options as never);
attempt("an unknown cipher", made({ ciphers: "no-such-cipher" }));
attempt("an unknown cipher of a connection", () => tls.connect({ port: 1, ciphers: "no-such-cipher" }));
for (const key of [true, { pem: identity.key }, [true], 5]) attempt("key", made({ ...identity, key }));
for (const cert of [true, { pem: identity.cert }, [identity.cert, false]]) attempt("cert", made({ ...identity, cert }));
for (const listed of [true, {}, [5], "x", identity.key, false]) attempt("ca", made({ ca: listed }));
for (const sessionTimeout of [-1, 1.5, 2 ** 31, "a", 0]) attempt("timeout", made({ sessionTimeout }));
attempt("a bundle", made({ pfx: "nothing" }));
attempt("check", () => tls.connect({ port: 1, checkServerIdentity: undefined } as never));
attempt("an emitter", () => new tls.TLSSocket(new EventEmitter() as never));
attempt("ticket keys", () => tls.createServer().setTicketKeys(new Uint8Array(1) as never));
attempt("half open", () => new tls.TLSSocket(undefined as never, { allowHalfOpen: true } as never).allowHalfOpen);

const [trusting, other] = [tls.createSecureContext({ ca: [] }), tls.createSecureContext({ ca: [] })];
(trusting.context as { addCACert(certificate: Buffer): void }).addCACert(ca);
attempt("no authority", () => (other.context as { addCACert(certificate: string): void }).addCACert("x"));

const server = tls.createServer({ ...identity, SNICallback: (name, callback) => callback(null, name === "wrong" ? {} as never : undefined) });
server.on("tlsClientError", (error, { servername }) => servername === "wrong" && console.log(error.name, error.message));
server.on("secureConnection", (socket) => {
  socket.on("error", () => {});
  socket.resume();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as { port: number };

for (const secureContext of [trusting, other]) {
  const accepted = once(server, "secureConnection");
  const socket = tls.connect({ port, host: "localhost", secureContext });
  await once(socket, "secureConnect").catch((error) => console.log(error.code));
  if (socket.authorized) {
    const [peer] = await accepted;
    for (const length of [-3, 0, 1.5]) attempt("material", () => peer.exportKeyingMaterial(length, "a"));
    console.log(socket.write(Buffer.alloc(1 << 20)), socket.writableLength);
    console.log((socket as never as { ssl: { verifyError(): unknown } }).ssl.verifyError());
    const { X509Certificate } = await import("node:crypto");
    console.log(socket.getPeerX509Certificate()?.subject === new X509Certificate(identity.cert).subject);
  }
  socket.destroy();
  if (!socket.closed) await once(socket, "close");
  console.log((socket as never as { ssl: unknown }).ssl, socket.bufferSize);
}
const refused = tls.connect({ port, host: "localhost", servername: "wrong", ca });
console.log((await once(refused, "error"))[0].code);
server.close();
