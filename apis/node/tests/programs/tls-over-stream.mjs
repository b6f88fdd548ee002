// What packages reach for below a TLS socket over a stream.
import { PassThrough } from "node:stream";
import { TLSSocket } from "node:tls";

const socket = new TLSSocket(new PassThrough());
console.log(socket._handle._parentWrap === socket);
console.log(socket._handle._parentWrap.constructor === TLSSocket);
socket.destroy();
