// Protocols by ALPN (RFC 7301), each behind its length.
"use strict";

const errors = require("node/errors");
const { Buffer } = require("node/buffer");
const { Array } = globalThis;

const NAME_BYTES_MAX = 255;

function encodeProtocols(protocols) {
  const parts = protocols.map((protocol, index) => {
    const bytes = Buffer.from(protocol);
    if (bytes.length <= NAME_BYTES_MAX) return Buffer.concat([Buffer.of(bytes.length), bytes]);
    const error = new RangeError(
      `The byte length of the protocol at index ${index} exceeds the maximum length. ` +
      `It must be <= ${NAME_BYTES_MAX}. Received ${bytes.length}`);
    error.code = "ERR_OUT_OF_RANGE";
    throw error;
  });
  return Buffer.concat(parts);
}

/** Puts protocols, as a list or as they are sent, into `out.ALPNProtocols`. */
function convertALPNProtocols(protocols, out) {
  if (Array.isArray(protocols)) {
    out.ALPNProtocols = encodeProtocols(protocols);
  } else if (ArrayBuffer.isView(protocols)) {
    const { buffer, byteOffset, byteLength } = protocols;
    out.ALPNProtocols = Buffer.from(buffer.slice(byteOffset, byteOffset + byteLength));
  } else if (typeof protocols === "string") {
    out.ALPNProtocols = encodeProtocols([protocols]);
  } else {
    throw errors.makeError("TypeError", "ERR_INVALID_ARG_TYPE",
      "TLSOptions.ALPNProtocols must be of type string, ArrayBuffer, or null");
  }
}

module.exports = { convertALPNProtocols, encodeProtocols };
