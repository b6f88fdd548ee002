// node:dns without a network: names this machine knows, literal addresses, and what is refused.
import dns from "node:dns";
import { promisify } from "node:util";

const shown = async (label: string, action: () => unknown) => {
  try {
    console.log(label, await action());
  } catch (error: any) {
    console.log(label, error.name, error.code, error.syscall, error.hostname, error.message);
  }
};
await shown("literal", () => dns.promises.lookup("::1"));
await shown("literal, all", () => dns.promises.lookup("127.0.0.1", { all: true }));
await shown("localhost", () => dns.promises.lookup("localhost", 4));
await shown("promisified", () => promisify(dns.lookup)("localhost", { family: 4 }));
await shown("invalid", () => promisify((name: string, done: any) => dns.lookup(name, done))("name.invalid"));
await shown("service", () => promisify(dns.lookupService)("127.0.0.1", 80));
await shown("hints", () => dns.promises.lookup("localhost", { hints: 1 }));
await shown("family", () => dns.promises.lookup("localhost", { family: 5 }));
await shown("port", () => dns.promises.lookupService("127.0.0.1", -1));

const resolver = new dns.Resolver({ timeout: 50, tries: 1 });
resolver.setServers(["127.0.0.1:5", "[::1]:53", "1.2.3.4:99"]);
console.log(resolver.getServers().at(0), resolver.getServers().at(-1));
resolver.setServers(["127.0.0.1:5"]);
const kinds = ["A", "AAAA", "MX", "TXT", "SRV", "SOA", "NS", "CNAME", "NAPTR", "PTR", "CAA", "ANY"];
const refusals = kinds.map((kind) => new Promise<any>((resolve) => {
  resolver.resolve("name.invalid", kind, resolve as any);
}));
for (const { code, errno, syscall, message } of await Promise.all(refusals)) {
  console.log(code, errno, syscall, message);
}
await shown("kind", () => dns.promises.resolve("name.invalid", "NOTHING"));
for (const bad of [() => resolver.setServers(["x"]), () => resolver.setServers([1] as any),
  () => new dns.Resolver({ timeout: -5 }), () => dns.setDefaultResultOrder("x" as any),
  () => dns.lookup("x", undefined as any), () => resolver.resolve4(1 as any, () => {})]) {
  await shown("refused", bad);
}
console.log(dns.getDefaultResultOrder(), dns.promises === require("node:dns/promises"));
