// Every version of uuid, parsing and validation.
import { MAX, NIL, parse, stringify, v1, v3, v4, v5, v6, v7, validate, version } from "uuid";

const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
console.log(NIL, MAX, v3("example.org", dns), v5("example.org", dns), v5("x", v5.URL));
const random = Uint8Array.from({ length: 16 }, (_, at) => at * 7);
const options = { random, msecs: 1_700_000_000_000, nsecs: 5, clockseq: 0x1234, node: random.slice(0, 6), seq: 9 };
console.log(v1(options), v4({ random }), v6(options), v7(options));
const made = [v1(), v3("a", dns), v4(), v5("a", dns), v6(), v7()];
console.log(made.map((id) => validate(id) && version(id)));
console.log(new Set(Array.from({ length: 1000 }, () => v4())).size, v7() < v7());
console.log(parse(dns), stringify(parse(dns)));
for (const bad of ["", "6ba7b810", 7]) {
  try {
    parse(bad as string);
  } catch (error) {
    console.log(error.name, error.message);
  }
}
