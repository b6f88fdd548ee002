// Certificate: signed public keys and challenges (SPKAC).
"use strict";

const { Buffer } = require("node/buffer");
const input = require("node/crypto/key-input");
const { ERR_OUT_OF_RANGE } = require("node/errors");
const { Object } = globalThis;

const BYTES_MAX = 2 ** 31 - 1;

function readChallenge(spkac, encoding) {
  const bytes = input.bytesOf(spkac, "spkac", encoding);
  if (bytes.byteLength > BYTES_MAX) {
    throw ERR_OUT_OF_RANGE("spkac", `>= 0 and <= ${BYTES_MAX}`, bytes.byteLength);
  }
  const text = Buffer.from(bytes).toString("latin1");
  return ops.challengeRead(Buffer.from(text.replace(/[\r\n\0]+$/, ""), "base64"));
}

function Certificate() {
  if (!(this instanceof Certificate)) return new Certificate();
}

const members = {
  verifySpkac(spkac, encoding) { return readChallenge(spkac, encoding)?.[0] ?? false; },
  exportPublicKey(spkac, encoding) {
    const pem = readChallenge(spkac, encoding)?.[1];
    return pem === undefined ? "" : input.asBuffer(pem);
  },
  exportChallenge(spkac, encoding) {
    const challenge = readChallenge(spkac, encoding)?.[2];
    return challenge === undefined ? "" : input.asBuffer(challenge);
  },
};
Object.assign(Certificate, members);
for (const name of Object.keys(members)) {
  Object.defineProperty(Certificate.prototype, name, {
    value: members[name], writable: true, enumerable: true, configurable: true,
  });
}

module.exports = { Certificate };
