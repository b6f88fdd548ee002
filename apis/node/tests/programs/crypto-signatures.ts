// Signatures, RSA encryption, agreements, primes and Argon2 of node:crypto.
import crypto from "node:crypto";
import { promisify } from "node:util";

function attempt(run: () => unknown) {
  try {
    return run();
  } catch (error) {
    return [error.name, error.code, error.message];
  }
}

const rsa = crypto.generateKeyPairSync("rsa", { modulusLength: 1024 });
const curve = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
const edwards = crypto.generateKeyPairSync("ed25519");
const data = Buffer.from("some data");
const { constants } = crypto;

for (const digest of ["sha1", "SHA256", "RSA-SHA512", "md5"]) {
  const signature = crypto.createSign(digest).update("some ").update("data").sign(rsa.privateKey);
  const pem = rsa.publicKey.export({ type: "spki", format: "pem" }) as string;
  console.log(digest, signature.length, crypto.createVerify(digest).update(data).verify(pem, signature),
    crypto.createVerify(digest).update("other").verify(pem, signature));
}
for (const padding of [constants.RSA_PKCS1_PADDING, constants.RSA_PKCS1_PSS_PADDING]) {
  const signature = crypto.sign("sha256", data, { key: rsa.privateKey, padding, saltLength: 20 });
  console.log(padding, crypto.verify("sha256", data, { key: rsa.publicKey, padding, saltLength: 20 }, signature),
    crypto.verify("sha256", data, { key: rsa.publicKey, padding, saltLength: 32 }, signature));
}
for (const dsaEncoding of ["der", "ieee-p1363"] as const) {
  const signature = crypto.sign("sha256", data, { key: curve.privateKey, dsaEncoding });
  console.log(dsaEncoding, dsaEncoding === "der" || signature.length,
    crypto.verify("sha256", data, { key: curve.publicKey, dsaEncoding }, signature));
}
const own = crypto.sign(null, data, edwards.privateKey);
console.log(own.length, crypto.verify(null, data, edwards.publicKey, own), crypto.verify(undefined, data, edwards.publicKey, own));
const later = await promisify(crypto.sign as never as Function)("sha256", data, rsa.privateKey);
console.log(await promisify(crypto.verify as never as Function)("sha256", data, rsa.publicKey, later));

for (const oaepHash of [undefined, "sha256"]) {
  const sealed = crypto.publicEncrypt({ key: rsa.publicKey, oaepHash, oaepLabel: Buffer.from("label") }, data);
  console.log(crypto.privateDecrypt({ key: rsa.privateKey, oaepHash, oaepLabel: Buffer.from("label") }, sealed).toString(),
    attempt(() => crypto.privateDecrypt({ key: rsa.privateKey, oaepHash }, sealed)));
}
console.log(crypto.publicDecrypt(rsa.publicKey, crypto.privateEncrypt(rsa.privateKey, data)).toString());

const alice = crypto.createECDH("prime256v1");
alice.setPrivateKey("11".repeat(32), "hex");
const bob = crypto.createECDH("prime256v1");
bob.generateKeys();
console.log(alice.getPublicKey("hex", "compressed"), alice.computeSecret(bob.getPublicKey()).equals(bob.computeSecret(alice.getPublicKey())),
  crypto.ECDH.convertKey(alice.getPublicKey(), "prime256v1", undefined, "hex", "compressed"));
const one = crypto.getDiffieHellman("modp14");
const other = crypto.createDiffieHellman(one.getPrime(), one.getGenerator());
one.generateKeys();
other.generateKeys();
console.log(one.computeSecret(other.getPublicKey()).equals(other.computeSecret(one.getPublicKey())), other.getGenerator("hex"), one.verifyError);
const [left, right] = [crypto.generateKeyPairSync("x25519"), crypto.generateKeyPairSync("x25519")];
console.log(crypto.diffieHellman({ privateKey: left.privateKey, publicKey: right.publicKey })
  .equals(crypto.diffieHellman({ privateKey: right.privateKey, publicKey: left.publicKey })));

console.log(crypto.generatePrimeSync(3, { bigint: true }) >= 4n, crypto.checkPrimeSync(97n), crypto.checkPrimeSync(Buffer.from([8])),
  (crypto.generatePrimeSync(32, { add: 12n, rem: 11n, bigint: true }) as never as bigint) % 12n);
const prime = await promisify(crypto.generatePrime as never as Function)(64, { bigint: true, safe: true });
console.log(await promisify(crypto.checkPrime as never as Function)((prime - 1n) / 2n));
const parameters = { message: "password", nonce: Buffer.alloc(16, 1), parallelism: 1, tagLength: 32, memory: 64, passes: 3 };
for (const kind of ["argon2d", "argon2i", "argon2id"] as const) console.log(kind, crypto.argon2Sync(kind, parameters).toString("hex"));

for (const run of [
  () => crypto.createSign("nope"),
  () => crypto.createSign("sha256").sign(undefined as never),
  () => crypto.createSign("sha256").sign("nothing"),
  () => crypto.createSign("sha256").update(5 as never),
  () => crypto.createVerify("sha256").verify(rsa.publicKey, 5 as never),
  () => crypto.sign("sha256", data, rsa.publicKey),
  () => crypto.sign("nope", data, rsa.privateKey),
  () => crypto.sign("sha256", data, edwards.privateKey),
  () => crypto.sign("sha256", data, { key: rsa.privateKey, padding: "x" as never }),
  () => crypto.sign("sha256", data, { key: curve.privateKey, dsaEncoding: "x" as never }),
  () => crypto.publicEncrypt(rsa.publicKey, Buffer.alloc(500)),
  () => crypto.privateDecrypt(rsa.privateKey, Buffer.alloc(128)),
  () => crypto.privateDecrypt({ key: rsa.privateKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.alloc(128)),
  () => crypto.createECDH("nope"),
  () => crypto.createECDH("prime256v1").getPublicKey(),
  () => bob.computeSecret(Buffer.alloc(65)),
  () => bob.setPrivateKey(Buffer.alloc(32)),
  () => crypto.getDiffieHellman("nope"),
  () => crypto.createDiffieHellman(0),
  () => other.computeSecret(Buffer.alloc(0)),
  () => crypto.diffieHellman({ privateKey: left.privateKey, publicKey: curve.publicKey }),
  () => crypto.generatePrimeSync(0),
  () => crypto.generatePrimeSync(32, { add: 2n ** 40n } as never),
  () => crypto.checkPrimeSync(-1n),
  () => crypto.argon2Sync("nope" as never, parameters),
  () => crypto.argon2Sync("argon2id", { ...parameters, nonce: Buffer.alloc(2) }),
]) console.log(attempt(run));
