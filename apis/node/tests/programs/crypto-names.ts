// Names of digests, keys that are copied to other threads, and streams of ciphers.
import crypto from "node:crypto";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";

const attempt = (run: () => unknown) => {
  try {
    return run();
  } catch {
    return undefined;
  }
};
for (const name of [
  "md5", "RSA-MD5", "rsa-md5", "md5WithRSAEncryption", "SHA-1", "sha128", "sha1WithRSAEncryption", "SHA1WithRSAEncryption",
  "rsa-sha256", "RSA-SHA512", "sha-512/224", "sha-512_256", "sha512/256", "rsa-sha3-256", "sha-3-256", "shake128", "rmd160", "nope",
]) {
  console.log(name, attempt(() => crypto.createHash(name).update("a").digest("hex").slice(0, 8)),
    attempt(() => crypto.createHmac(name, "k").update("a").digest("hex").slice(0, 8)),
    attempt(() => crypto.pbkdf2Sync("a", "b", 1, 4, name).toString("hex")));
}

const { port1, port2 } = new MessageChannel();
const { privateKey, publicKey } = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
for (const key of [crypto.createSecretKey(Buffer.from("secret")), privateKey, publicKey]) {
  port1.postMessage(key);
  const moved = receiveMessageOnPort(port2).message;
  console.log(moved.type, moved.equals(key), structuredClone(key).equals(key), moved.asymmetricKeyType);
}
port1.close();

const bytes = Buffer.alloc(16, 7);
const cipher = crypto.createCipheriv("aes-128-cbc", bytes, bytes);
cipher.end("a text of more than one block");
const opener = crypto.createDecipheriv("aes-128-cbc", bytes, bytes);
let opened = "";
for await (const part of cipher.pipe(opener)) opened += part;
console.log(opened);

const { publicKey: web } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
(web.algorithm as { name: string }).name = "changed";
web.usages.push("sign");
console.log(web.algorithm, web.usages, await crypto.subtle.exportKey("raw", web).then((raw) => raw.byteLength));
const spki = publicKey.export({ format: "der", type: "spki" });
for (const algorithm of [{ name: "RSA-PSS", hash: "SHA-256" }, { name: "ECDSA", namedCurve: "P-384" }, "Ed25519"]) {
  await crypto.subtle.importKey("spki", spki, algorithm as never, true, ["verify"]).catch((error) => console.log(error.name, error.message));
}
for (const length of [0, 8, 30, 32]) {
  await crypto.subtle.importKey("raw", new Uint8Array(4), { name: "HMAC", hash: "SHA-256", length }, true, ["sign"])
    .then((key) => console.log(key.algorithm), (error) => console.log(error.name, error.message));
}

for (const [digest, secret, info] of [["sha256", "", ""], ["md4", "k", "i"]]) {
  console.log(digest, Buffer.from(crypto.hkdfSync(digest, secret, "", info, 8)).toString("hex"));
}
console.log(crypto.hash("sha128", "a"), crypto.hash("sha-512_224", "a"));
