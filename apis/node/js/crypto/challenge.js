// Certificate: signed public keys and challenges (SPKAC).
"use strict";

const { Buffer } = require("node/buffer");
const input = require("node/crypto/key-input");
const { Object } = globalThis;

function readChallenge(spkac, encoding) {
  const text = Buffer.from(input.bytesOf(spkac, "spkac", encoding)).toString("latin1");
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
