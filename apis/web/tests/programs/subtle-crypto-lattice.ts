// ML-DSA and ML-KEM: keys from fixed seeds in every format, and what is refused.
const { subtle } = crypto;
const hex = (data: ArrayBuffer) => Buffer.from(data).toString("hex");

async function digest(data: ArrayBuffer) {
  return `${data.byteLength} ${hex(await subtle.digest("SHA-256", data)).slice(0, 32)}`;
}

async function attempt(label: string, run: () => unknown) {
  try {
    console.log(label, await run());
  } catch (error: any) {
    console.log(label, error.constructor.name, error.name, error.code, error.message);
  }
}

const FORMATS = ["raw", "raw-public", "raw-seed", "raw-secret", "spki", "pkcs8", "jwk"] as const;

async function exports(keys: Record<string, CryptoKey>) {
  for (const [side, key] of Object.entries(keys)) {
    for (const format of FORMATS) {
      await attempt(`export ${side} ${format}`, async () => {
        const made = await subtle.exportKey(format as any, key);
        return made instanceof ArrayBuffer ? digest(made) : JSON.stringify(made).length;
      });
    }
  }
}

async function imports(name: string, own: KeyUsage[], other: KeyUsage[]) {
  const seed = new Uint8Array(name.startsWith("ML-DSA") ? 32 : 64).fill(7);
  const attemptImport = (label: string, format: any, data: any, usages: KeyUsage[]) =>
    attempt(`import ${label}`, () => subtle.importKey(format, data, name, true, usages));
  const privateKey = await subtle.importKey("raw-seed" as any, seed, name, true, own);
  const publicKey = await (subtle as any).getPublicKey(privateKey, other);
  await exports({ privateKey, publicKey });
  const pkcs8 = await subtle.exportKey("pkcs8", privateKey);
  const spki = await subtle.exportKey("spki", publicKey);
  const jwk = await subtle.exportKey("jwk", privateKey) as any;
  await attemptImport("a short seed", "raw-seed", seed.subarray(1), own);
  await attemptImport("without usages", "raw-seed", seed, []);
  await attemptImport("with the other usages", "raw-seed", seed, other);
  await attemptImport("pkcs8", "pkcs8", pkcs8, own);
  await attemptImport("pkcs8 and more", "pkcs8", Buffer.concat([Buffer.from(pkcs8), seed]), own);
  await attemptImport("spki", "spki", spki, other);
  await attemptImport("spki as pkcs8", "pkcs8", spki, own);
  await attemptImport("raw", "raw", seed, other);
  await attemptImport("jwk", "jwk", jwk, own);
  await attemptImport("jwk of another type", "jwk", { ...jwk, kty: "OKP" }, own);
  await attemptImport("jwk of another algorithm", "jwk", { ...jwk, alg: "ML-DSA-1" }, own);
  await attemptImport("jwk of no algorithm", "jwk", { ...jwk, alg: undefined }, own);
  await attemptImport("jwk with another public key", "jwk", { ...jwk, pub: `AAAA${jwk.pub.slice(4)}` }, own);
  await attemptImport("jwk for another use", "jwk", { ...jwk, use: "other" }, own);
  return { privateKey, publicKey };
}

for (const name of ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]) {
  console.log(`-- ${name}`);
  const { privateKey, publicKey } = await imports(name, ["sign"], ["verify"]);
  const data = new Uint8Array(10);
  const context = new Uint8Array(5);
  const signature = await subtle.sign({ name, context } as any, privateKey, data);
  const verify = (algorithm: any) => subtle.verify(algorithm, publicKey, signature, data);
  console.log(signature.byteLength, await verify({ name, context }), await verify(name));
  await attempt("a context too long", () => verify({ name, context: new Uint8Array(256) }));
  await attempt("no bytes as context", () => verify({ name, context: "text" }));
  await attempt("a short signature", () => subtle.verify(name, publicKey, data, data));
  await attempt("sign with a public key", () => subtle.sign(name, publicKey, data));
}

for (const name of ["ML-KEM-768", "ML-KEM-1024"]) {
  console.log(`-- ${name}`);
  const { privateKey, publicKey } = await imports(
    name,
    ["decapsulateBits", "decapsulateKey"] as any,
    ["encapsulateBits", "encapsulateKey"] as any,
  );
  const kem = subtle as any;
  const sent = await kem.encapsulateBits(name, publicKey);
  const got = await kem.decapsulateBits(name, privateKey, sent.ciphertext);
  console.log(Object.keys(sent), sent.ciphertext.byteLength, hex(got) === hex(sent.sharedKey));
  const aes = { name: "AES-GCM", length: 256 };
  const wrapped = await kem.encapsulateKey(name, publicKey, aes, true, ["encrypt"]);
  const unwrapped = await kem.decapsulateKey(name, privateKey, wrapped.ciphertext, aes, true, ["decrypt"]);
  console.log(wrapped.sharedKey, unwrapped);
  const both = [wrapped.sharedKey, unwrapped].map((key) => subtle.exportKey("raw", key).then(hex));
  const [first, second] = await Promise.all(both);
  console.log(first === second);
  await attempt("a short ciphertext", () => kem.decapsulateBits(name, privateKey, new Uint8Array(4)));
  await attempt("with the private key", () => kem.encapsulateBits(name, privateKey));
  await attempt("no ciphertext", () => kem.decapsulateBits(name, privateKey));
  await attempt("a text as ciphertext", () => kem.decapsulateBits(name, privateKey, "text"));
  await attempt("no usages", () => kem.encapsulateKey(name, publicKey, aes, true, []));
  await attempt("of another set", () => kem.encapsulateBits(name === "ML-KEM-768" ? "ML-KEM-1024" : "ML-KEM-768", publicKey));
  await attempt("of another family", () => kem.encapsulateBits("ECDSA", publicKey));
}
for (const name of ["ML-DSA-65", "ML-KEM-768", "ML-KEM-512"]) {
  await attempt(`generate ${name} without usages`, () => subtle.generateKey(name, true, []));
  await attempt(`generate ${name} to encrypt`, () => subtle.generateKey(name, true, ["encrypt"]));
}
