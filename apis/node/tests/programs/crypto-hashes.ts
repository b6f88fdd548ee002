// Hashes, HMACs, random values and derived keys of node:crypto: results, streams and errors.
import crypto from "node:crypto";
import { pipeline } from "node:stream/promises";

function attempt(run: () => unknown) {
  try {
    return run();
  } catch (error) {
    return [error.name, error.code, error.message];
  }
}

for (const name of crypto.getHashes()) {
  console.log(name, crypto.createHash(name).update("hello").update(Buffer.from(" world")).digest("hex"));
}
console.log(crypto.createHash("RSA-SHA256").update("a").digest("base64"), crypto.hash("sha1", "a"));
console.log(crypto.createHmac("sha256", "key").update("data", "latin1").digest("base64url"));
console.log(crypto.createHash("md5").update("616263", "hex").copy().digest().length);
console.log(crypto.createHash("shake128", { outputLength: 5 }).update("x").digest("hex"));
const hash = crypto.createHash("sha512");
await pipeline([Buffer.from("one"), Buffer.from("two")], hash);
console.log(hash.read().toString("hex"));
for (const run of [
  () => crypto.createHash("nope"),
  () => crypto.createHash(5 as never),
  () => crypto.createHash("SHA256").update(5 as never),
  () => { const once = crypto.createHash("md5"); once.digest(); return once.digest(); },
  () => { const once = crypto.createHmac("sha1", "k"); once.digest(); return once.digest("hex"); },
  () => crypto.createHmac("nope", "a"),
  () => crypto.createHmac("sha1", undefined as never),
  () => crypto.createHash("sha256", { outputLength: 5 }).digest("hex"),
  () => crypto.createHash("sha1").update("a", "hex"),
  () => crypto.randomInt(5, 1),
  () => crypto.randomInt("a" as never),
  () => crypto.randomInt(0, 2 ** 50),
  () => crypto.randomBytes(-1),
  () => crypto.randomBytes("a" as never),
  () => crypto.randomFillSync("a" as never),
  () => crypto.randomFillSync(new Uint8Array(2), 5),
  () => crypto.timingSafeEqual(Buffer.from("a"), Buffer.from("ab")),
  () => crypto.timingSafeEqual(Buffer.from("ab"), new Uint8Array([97, 98])),
  () => crypto.pbkdf2Sync("p", "s", 1, 10, "nope"),
  () => crypto.scryptSync("p", "s", 16, { N: 3 }),
  () => crypto.hkdfSync("nope", "k", "s", "i", 16),
  () => crypto.pbkdf2("p", "s", 1, 10, "sha1", undefined as never),
]) console.log(attempt(run));
console.log(crypto.pbkdf2Sync("p", "s", 3, 10, "sha1"), crypto.scryptSync("p", "s", 16, { cost: 1024 }));
console.log(crypto.hkdfSync("sha256", "k", "s", "i", 16));
console.log(await new Promise((resolve) => crypto.scrypt("p", "s", 8, (_, key) => resolve(key))));
console.log(await new Promise((resolve) => crypto.pbkdf2("p", "s", 2, 8, "sha512", (_, key) => resolve(key))));
const numbers = Array.from({ length: 500 }, () => crypto.randomInt(3, 9));
console.log([...new Set(numbers)].sort(), crypto.randomBytes(8).length, crypto.randomUUID().length);
console.log(await new Promise((resolve) => crypto.randomFill(new Uint16Array(4), 1, (_, view) => resolve(view[0]))));
console.log(crypto.webcrypto === globalThis.crypto, crypto.subtle === globalThis.crypto.subtle, crypto.Hash("sha1").digest("hex"));
