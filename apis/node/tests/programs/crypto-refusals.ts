// What node:crypto refuses, and in which words; hashes as streams and in pieces.
import crypto from "node:crypto";

function attempt(name: string, run: () => unknown) {
  try {
    console.log(name, run());
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
}

for (const generator of [0, 1, 2, 3, 5, 13.37, "g", Buffer.alloc(0), Buffer.of(2), true] as never[]) {
  attempt(`generator ${generator}`, () => crypto.createDiffieHellman("abcd", "hex", generator).verifyError);
}
for (const size of [-1, 0, 1, 2, 10001, 13.37]) attempt(`size ${size}`, () => crypto.createDiffieHellman(size));
for (const prime of ["00", "01", "04", "03", "07", "0b", "17"]) {
  attempt(`prime ${prime}`, () => crypto.createDiffieHellman(prime, "hex", 2).verifyError);
}
attempt("a size and a text", () => crypto.createDiffieHellman(64, "g" as never));
console.log([2, 5, 3].map((generator) => {
  const prime = BigInt(`0x${crypto.createDiffieHellman(64, generator).getPrime("hex")}`);
  return [prime % 24n, prime % 10n, prime % 12n][[2, 5, 3].indexOf(generator)];
}));
attempt("group", () => crypto.DiffieHellman.prototype.getPrime.call({} as never));

const { privateKey } = crypto.generateKeyPairSync("rsa", {
  modulusLength: 512,
  privateKeyEncoding: { type: "pkcs8", format: "der", cipher: "aes-128-cbc", passphrase: "a" },
  publicKeyEncoding: { type: "pkcs1", format: "der" },
});
const given: [Buffer, string, string?][] = [
  [privateKey, "pkcs8"], [privateKey, "pkcs8", "b"], [Buffer.alloc(0), "spki"],
  ...["pkcs8", "pkcs1", "sec1"].flatMap((type) =>
    ["", "30", "3000", "0000000000", "3082ffff"].map((hex) => [Buffer.from(hex, "hex"), type] as [Buffer, string])),
];
for (const [key, type, passphrase] of given) {
  attempt(`${type} ${Math.min(key.length, 9)}`, () => crypto.createPrivateKey({ key, format: "der", type: type as never, passphrase }));
}
attempt("spki", () => crypto.createPublicKey({ key: Buffer.of(48), format: "der", type: "spki" }));
attempt("explicit", () => crypto.generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" }));
for (const modulusLength of [0, 255, 256, 511, 513]) {
  attempt(`rsa ${modulusLength}`, () => crypto.generateKeyPairSync("rsa", { modulusLength }).publicKey.asymmetricKeyDetails);
}
for (const publicExponent of [0, 1, 3, 4]) {
  attempt(`exponent ${publicExponent}`, () =>
    crypto.generateKeyPairSync("rsa", { modulusLength: 512, publicExponent }).publicKey.asymmetricKeyDetails);
}

attempt("pbkdf2 of nothing", () => crypto.pbkdf2Sync("p", "s", 1, 0, "sha256"));
attempt("pbkdf2 in no round", () => crypto.pbkdf2Sync("p", "s", 0, 1, "sha256"));
attempt("pbkdf2 of a number", () => crypto.pbkdf2Sync(5 as never, "s", 1, 1, "sha256"));
attempt("pbkdf2 with shake", () => crypto.pbkdf2Sync("p", "s", 1, 1, "shake128"));
attempt("pbkdf2 with md4", () => crypto.pbkdf2Sync("p", "s", 1, 8, "md4").toString("hex"));
attempt("hkdf with much info", () => crypto.hkdfSync("unknown", "a", "", Buffer.alloc(1025), 10));
attempt("hkdf of much", () => crypto.hkdfSync("sha1", "a", "", "", 20 * 256));
attempt("hkdf of nothing", () => crypto.hkdfSync("sha1", "a", "b", "", 0));
for (const [algorithm, usage] of [["HMAC", "sign"], ["AES-GCM", "encrypt"]] as const) {
  for (const jwk of [null, { kty: "RSA" }, { kty: "oct" }]) {
    const made = crypto.subtle.importKey("jwk", jwk as never, { name: algorithm, hash: "SHA-256" }, true, [usage]);
    await made.catch((error) => console.log(error.name, error.message));
  }
}
await crypto.subtle.digest("SHA-256", new SharedArrayBuffer(4) as never).catch((error) => console.log(error.message));
for (const options of [
  { N: 1 }, { N: 3 }, { N: 0 }, { N: 2, r: 0 }, { N: 65536, r: 1 }, { N: 2 ** 20 }, { maxmem: 0 }, { maxmem: -1 },
  { N: "a" }, { N: null }, { N: 2, p: 2 ** 30, r: 8 }, 5,
] as never[]) attempt(`scrypt ${JSON.stringify(options)}`, () => crypto.scryptSync("p", "s", 1, options).toString("hex"));

const cipher = (isOpening: boolean) => {
  const name = isOpening ? "createDecipheriv" : "createCipheriv";
  return crypto[name]("aes-128-cbc", Buffer.alloc(16), Buffer.alloc(16)).setAutoPadding(false);
};
for (const isOpening of [false, true]) attempt("part of a block", () => [cipher(isOpening).update("abc"), 0].length);
attempt("another encoding", () => [cipher(false).update("test", "utf8", "utf8"), cipher(false).final("bad" as never)]);
attempt("too long a number", () => crypto.checkPrimeSync(Buffer.alloc(2 ** 20, 255)));
attempt("alone", () => (0, globalThis.crypto.randomUUID)());

const hash = crypto.createHash("sha256", { encoding: "hex" } as never);
hash.write("one");
hash.end("two");
console.log(hash.read(), hash.digest("hex"), crypto.createHash("sha256").update("one").update("two").digest("hex"));
const halves = crypto.createHash("md5").update("\ud83d").update("\ude00");
console.log(halves.copy().digest("hex"), halves.update(Buffer.alloc(5000)).update("x".repeat(9000)).digest("hex"));
console.log(crypto.createHmac("sha1", "k").update("a").update(Buffer.from("b")).digest("base64"));
for (const encoding of ["nope", null, 5] as never[]) console.log(crypto.createHash("md5").update("a", encoding).digest(encoding));
