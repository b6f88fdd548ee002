// SubtleCrypto: outputs that depend on nothing but the inputs.
const { subtle } = crypto;
const hex = (buffer: ArrayBuffer) => new Uint8Array(buffer).toHex();
const text = (value: string) => new TextEncoder().encode(value);
const secret = text("0123456789abcdef0123456789abcdef");
const data = text("The quick brown fox jumps over the lazy dog".repeat(3));
const raw = (name: any, usages: KeyUsage[]) => {
  return subtle.importKey("raw-secret" as any, secret, name, false, usages);
};

for (const name of ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256"]) {
  console.log(name, hex(await subtle.digest(name, data)));
}
for (const hash of ["SHA-1", "SHA-256", "SHA-512"]) {
  const key = await raw({ name: "HMAC", hash }, ["sign", "verify"]);
  const code = await subtle.sign("HMAC", key, data);
  console.log(hash, hex(code), await subtle.verify("HMAC", key, code, data));
  console.log(await subtle.verify("HMAC", key, code, secret));
}
const ciphers = {
  "AES-CBC": { iv: secret.subarray(0, 16) },
  "AES-CTR": { counter: secret.subarray(0, 16), length: 64 },
  "AES-GCM": { iv: secret.subarray(0, 12), additionalData: secret },
  "AES-CFB-8": { iv: secret.subarray(0, 16) },
  "ChaCha20-Poly1305": { iv: secret.subarray(0, 12) },
};
for (const [name, rest] of Object.entries(ciphers)) {
  const key = await raw(name, ["encrypt", "decrypt"]);
  const sealed = await subtle.encrypt({ name, ...rest }, key, data);
  const opened = await subtle.decrypt({ name, ...rest }, key, sealed);
  console.log(name, hex(sealed), hex(opened) === data.toHex());
}
const wrapping = await raw("AES-KW", ["wrapKey", "unwrapKey"]);
const wrapped = await subtle.importKey("raw", secret, "AES-GCM", true, ["encrypt"]);
console.log("AES-KW", hex(await subtle.wrapKey("raw", wrapped, wrapping, "AES-KW")));
const salt = text("salt");
const hkdf = await raw("HKDF", ["deriveBits"]);
const info = text("info");
const derived = { name: "HKDF", hash: "SHA-256", salt, info };
console.log("HKDF", hex(await subtle.deriveBits(derived, hkdf, 512)));
const pbkdf2 = await raw("PBKDF2", ["deriveBits"]);
const stretched = { name: "PBKDF2", hash: "SHA-512", salt, iterations: 1000 };
console.log("PBKDF2", hex(await subtle.deriveBits(stretched, pbkdf2, 256)));

const seed = { kty: "OKP", crv: "Ed25519", d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" };
const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const ed25519 = await subtle.importKey("jwk", { ...seed, x }, "Ed25519", true, ["sign"]);
console.log("Ed25519", hex(await subtle.sign("Ed25519", ed25519, data)));
console.log(hex(await subtle.exportKey("pkcs8", ed25519)));

// Large data goes to another thread; it comes back whole, whatever happens to the buffer since.
const large = new Uint8Array(3_000_000).fill(7);
const hashing = subtle.digest("SHA-256", large);
large.fill(0);
console.log(hex(await hashing));
for (const [name, algorithm] of Object.entries({
  "RSA-PSS": { name: "RSA-PSS", saltLength: 32 },
  "RSASSA-PKCS1-v1_5": { name: "RSASSA-PKCS1-v1_5" },
})) {
  const parameters = { name, modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = (await subtle.generateKey({ ...parameters, hash: "SHA-256" }, true, [
    "sign", "verify",
  ])) as CryptoKeyPair;
  const signature = await subtle.sign(algorithm, keys.privateKey, data);
  const jwk = await subtle.exportKey("jwk", keys.privateKey);
  const same = { name, hash: "SHA-256" };
  const again = await subtle.importKey("jwk", jwk, same, true, ["sign"]);
  const second = await subtle.sign(algorithm, again, data);
  console.log(name, await subtle.verify(algorithm, keys.publicKey, second, data));
  console.log(await subtle.verify(algorithm, keys.publicKey, signature, salt));
}
