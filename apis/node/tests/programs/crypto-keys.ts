// Keys of node:crypto: made, written, read, compared and changed into one another.
import crypto from "node:crypto";
import { promisify } from "node:util";

function attempt(run: () => unknown) {
  try {
    return run();
  } catch (error) {
    return [error.name, error.code, error.message];
  }
}

const lines = (text: string | Buffer) => `${text}`.split("\n").filter((line) => line.startsWith("-----"));

const rsa = crypto.generateKeyPairSync("rsa", { modulusLength: 1024 });
console.log(rsa.publicKey.type, rsa.privateKey.asymmetricKeyType, rsa.privateKey.asymmetricKeyDetails);
for (const type of ["pkcs1", "spki"] as const) {
  const pem = rsa.publicKey.export({ type, format: "pem" }) as string;
  const der = rsa.publicKey.export({ type, format: "der" });
  console.log(lines(pem), crypto.createPublicKey(pem).equals(rsa.publicKey),
    crypto.createPublicKey({ key: der, format: "der", type }).equals(rsa.publicKey));
}
for (const type of ["pkcs1", "pkcs8"] as const) {
  const pem = rsa.privateKey.export({ type, format: "pem" }) as string;
  const sealed = rsa.privateKey.export({ type, format: "pem", cipher: "aes-256-cbc", passphrase: "open" }) as string;
  console.log(lines(pem), lines(sealed), crypto.createPrivateKey(pem).equals(rsa.privateKey),
    crypto.createPrivateKey({ key: sealed, passphrase: "open" }).equals(rsa.privateKey),
    attempt(() => crypto.createPrivateKey(sealed)),
    attempt(() => crypto.createPrivateKey({ key: sealed, passphrase: "shut" }))?.slice(0, 2));
}
const jwk = rsa.privateKey.export({ format: "jwk" });
console.log(Object.keys(jwk), crypto.createPrivateKey({ key: jwk, format: "jwk" }).equals(rsa.privateKey));

for (const namedCurve of ["prime256v1", "secp384r1", "secp521r1", "P-256", "secp224r1"]) {
  const { privateKey, publicKey } = crypto.generateKeyPairSync("ec", { namedCurve });
  console.log(namedCurve, privateKey.asymmetricKeyDetails, lines(privateKey.export({ type: "sec1", format: "pem" })),
    attempt(() => Object.keys(publicKey.export({ format: "jwk" }))), crypto.createPublicKey(privateKey).equals(publicKey));
}
for (const kind of ["ed25519", "x25519"] as const) {
  const { privateKey, publicKey } = crypto.generateKeyPairSync(kind as "ed25519");
  const again = crypto.createPrivateKey({ key: privateKey.export({ format: "jwk" }), format: "jwk" });
  console.log(kind, again.equals(privateKey), privateKey.equals(publicKey), publicKey.export({ format: "jwk" }).kty);
}
const pair = await promisify(crypto.generateKeyPair)("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-128-cbc", passphrase: "x" },
});
console.log(lines(pair.publicKey), lines(pair.privateKey));

const secret = crypto.createSecretKey(Buffer.from("secret"));
console.log(secret, secret.type, secret.symmetricKeySize, secret.export(), secret.export({ format: "jwk" }),
  secret.equals(crypto.createSecretKey("secret", "utf8")), crypto.generateKeySync("aes", { length: 256 }).symmetricKeySize);
const web = await crypto.subtle.importKey("raw", Buffer.from("secret"), { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
console.log(crypto.KeyObject.from(web).equals(secret), crypto.createHmac("sha256", secret).update("x").digest("hex"));
crypto.generateKey("hmac", { length: 64 }, (error, key) => console.log(error, key.symmetricKeySize));

for (const run of [
  () => crypto.createPrivateKey("nothing"),
  () => crypto.createPublicKey("nothing"),
  () => crypto.createPublicKey(rsa.publicKey as never),
  () => crypto.createPublicKey(5 as never),
  () => crypto.createPrivateKey(rsa.publicKey as never),
  () => crypto.createSecretKey(5 as never),
  () => crypto.generateKeyPairSync("nope" as never),
  () => crypto.generateKeyPairSync("rsa"),
  () => crypto.generateKeyPairSync("rsa", {} as never),
  () => crypto.generateKeyPairSync("ec", { namedCurve: "nope" }),
  () => crypto.generateKeySync("aes", { length: 100 as never }),
  () => crypto.generateKeySync("hmac", { length: 1 }),
  () => rsa.publicKey.export(),
  () => rsa.publicKey.export({ format: "pem", type: "pkcs8" as never }),
  () => rsa.privateKey.export({ format: "pem", type: "sec1" }),
  () => rsa.privateKey.export({ format: "pem", type: "pkcs8", cipher: "nope", passphrase: "a" }),
  () => crypto.createPrivateKey({ key: { kty: "nope" } as never, format: "jwk" }),
  () => new (crypto.KeyObject as never as new (type: string) => unknown)("nope"),
  () => secret.equals(5 as never),
  () => crypto.createPublicKey(secret as never),
]) console.log(attempt(run));
