// Ciphers of node:crypto: every one of them, in pieces, authenticated, as streams, and their errors.
import crypto from "node:crypto";
import { pipeline } from "node:stream/promises";

function attempt(run: () => unknown) {
  try {
    return run();
  } catch (error) {
    return [error.name, error.code, error.message];
  }
}

const text = "The quick brown fox jumps over the lazy dog";
const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, index) => index * 7 % 256));

for (const name of crypto.getCiphers()) {
  const info = crypto.getCipherInfo(name);
  const iv = info.ivLength ? bytes(info.ivLength) : null;
  const cipher = crypto.createCipheriv(name as never, bytes(info.keyLength), iv);
  const sealed = cipher.update(text, "utf8", "hex") + cipher.final("hex");
  const opener = crypto.createDecipheriv(name as never, bytes(info.keyLength), iv);
  if (info.mode === "gcm") opener.setAuthTag((cipher as never as { getAuthTag(): Buffer }).getAuthTag());
  const opened = opener.update(sealed, "hex", "utf8") + opener.final("utf8");
  console.log(name, info, sealed, opened === text);
}

const gcm = crypto.createCipheriv("aes-256-gcm", bytes(32), bytes(12), { authTagLength: 12 });
gcm.setAAD(Buffer.from("header"));
const body = Buffer.concat([gcm.update("one"), gcm.update("two"), gcm.final()]);
console.log(body.toString("hex"), gcm.getAuthTag().toString("hex"));
const wrong = crypto.createDecipheriv("aes-256-gcm", bytes(32), bytes(12));
wrong.setAuthTag(bytes(16));
wrong.update(body);

const stream = crypto.createCipheriv("aes-128-cbc", bytes(16), bytes(16));
await pipeline([Buffer.from("a".repeat(20)), Buffer.from("b".repeat(20))], stream);
console.log((stream.read() as Buffer).toString("base64"));

const padded = crypto.createCipheriv("aes-128-cbc", bytes(16), bytes(16));
console.log(padded.setAutoPadding(false) === padded, padded.update(bytes(32)).length, padded.final().length);

const halves = crypto.createDecipheriv("aes-128-ctr", bytes(16), bytes(16));
const letters = crypto.createCipheriv("aes-128-ctr", bytes(16), bytes(16)).update("\u00e9\u20ac");
console.log([...letters].map((byte) => halves.update(Buffer.of(byte), undefined, "utf8")));

const broken = (run: (cipher: crypto.Decipher) => unknown) => attempt(() => {
  const cipher = crypto.createDecipheriv("aes-128-cbc", bytes(16), bytes(16));
  return run(cipher);
});
for (const answer of [
  broken((cipher) => { cipher.update(""); return cipher.final(); }),
  broken((cipher) => [cipher.update(bytes(15)), cipher.final()]),
  broken((cipher) => [cipher.update(bytes(16)), cipher.final()]),
  attempt(() => wrong.final()),
  attempt(() => gcm.update("late")),
  attempt(() => gcm.setAAD(Buffer.from("late"))),
  attempt(() => crypto.createCipheriv("nope", bytes(16), bytes(16))),
  attempt(() => crypto.createCipheriv("aes-128-cbc", bytes(15), bytes(16))),
  attempt(() => crypto.createCipheriv("aes-128-cbc", bytes(16), bytes(15))),
  attempt(() => crypto.createCipheriv("aes-128-cbc", bytes(16), null)),
  attempt(() => crypto.createCipheriv("aes-128-cbc", 5 as never, bytes(16))),
  attempt(() => crypto.createCipheriv("aes-128-cbc", bytes(16), 5 as never)),
  attempt(() => crypto.createCipheriv(5 as never, bytes(16), bytes(16))),
  attempt(() => crypto.createCipheriv("aes-128-gcm", bytes(16), bytes(12), { authTagLength: 3 })),
  attempt(() => crypto.createCipheriv("aes-128-gcm", bytes(16), bytes(0))),
  attempt(() => crypto.createDecipheriv("aes-128-gcm", bytes(16), bytes(12)).setAuthTag(bytes(5))),
  attempt(() => crypto.getCipherInfo(true as never)),
  attempt(() => crypto.getCipherInfo("aes-128-cbc", { keyLength: 12 })),
  attempt(() => crypto.getCipherInfo("aes-128-gcm", { ivLength: 16 })),
  broken((cipher) => cipher.update(5 as never)),
]) console.log(answer);
