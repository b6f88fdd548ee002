// Bun.hash and its family at lengths around every block size, digests, passwords.
const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 131 + 7) & 255);
const lengths = [0, 1, 3, 4, 5, 8, 12, 13, 16, 17, 24, 25, 31, 32, 33, 48, 49, 64, 65, 96, 97, 129, 300, 1000];
for (const name of Object.keys(Bun.hash)) {
  const hash = (Bun.hash as any)[name];
  console.log(name, lengths.map((length) => hash(bytes(length)).toString(36)).join(" "));
  console.log(name, hash("h\u00e9llo"), hash("seeded", 0x1234567890abcdefn), hash("seeded", 77));
}
console.log(Bun.hash("text"), Bun.hash(new Blob(["text"]) as any), Bun.hash(5 as any));

const attempt = (run: () => unknown) => {
  try {
    console.log(run());
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
};
attempt(() => Bun.hash(undefined as any));
for (const algorithm of Bun.CryptoHasher.algorithms) {
  attempt(() => `${algorithm} ${new Bun.CryptoHasher(algorithm).update("a").update("bc").digest("hex")}`);
  attempt(() => Bun.CryptoHasher.hash(algorithm, "\u00e9", "base64"));
}
for (const algorithm of ["sha1", "sha256", "sha512", "md5", "blake2b512"] as const) {
  attempt(() => new Bun.CryptoHasher(algorithm, "key".repeat(60)).update("abc").digest("hex"));
}
const keyed = new Bun.CryptoHasher("sha256", "key").update("abc");
attempt(() => keyed.copy().update("d").digest("base64url"));
attempt(() => keyed.digest("hex"));
attempt(() => keyed.digest("hex"));
attempt(() => keyed.update("more"));
attempt(() => new Bun.CryptoHasher("nope" as any));
attempt(() => (Bun.CryptoHasher as any)("sha1"));
attempt(() => Bun.CryptoHasher.hash("md5", "abc", new Uint8Array(3) as any));
attempt(() => Bun.CryptoHasher.hash("md5", "abc", "nope" as any));
for (const name of ["MD4", "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA512_256"] as const) {
  attempt(() => `${name} ${Bun[name].hash("abc", "hex")} ${Bun[name].byteLength}`);
}
const once = new Bun.SHA256().update("abc");
attempt(() => once.digest());
attempt(() => once.digest());
attempt(() => Bun.sha("abc", "hex"));

const { password } = Bun;
const cheap = { algorithm: "argon2id", memoryCost: 64, timeCost: 1 } as const;
for (const options of [cheap, { algorithm: "bcrypt", cost: 4 }, { ...cheap, algorithm: "argon2d" }] as any[]) {
  const hash = await password.hash("s3cret", options);
  console.log(hash.split("$").slice(0, options.algorithm === "bcrypt" ? 3 : 4));
  console.log(await password.verify("s3cret", hash), await password.verify("other", hash));
  console.log(password.verifySync("s3cret", password.hashSync("s3cret", options)));
}
attempt(() => password.hashSync(""));
attempt(() => password.hashSync("a", "nope" as any));
attempt(() => password.hashSync("a", { algorithm: "bcrypt", cost: 99 }));
attempt(() => password.verifySync("a", "nope"));
attempt(() => password.verifySync("", "nope"));
attempt(() => password.verifySync("a", "$argon2id$x"));
