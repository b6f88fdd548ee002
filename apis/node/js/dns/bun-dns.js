// Bun.dns: the functions node:dns stands on, with promises.
"use strict";

const errors = require("node/errors");
const checks = require("node/dns/checks");
const { resolverError } = require("node/dns/codes");
const { shared } = require("node/dns/servers");
const { Object, Promise } = globalThis;

// What the resolver says where no server has answered, and where nobody knows.
const TRY_AGAIN = -3;
const UNKNOWN = -2;

const FAMILIES = { "IPv4": 4, "IPv6": 6, "any": 0 };

/** The addresses of a name as the system's resolver gives them. */
async function addressesOf(hostname, family, hints) {
  let found = await ops.dnsLookup(hostname, family, hints);
  if (typeof found === "number" && (hints & checks.ADDRCONFIG) !== 0) {
    // Only the machine's own addresses are set up: they do not count, though names mean them.
    found = await ops.dnsLookup(hostname, family, hints & ~checks.ADDRCONFIG);
  }
  // Always this machine, whatever the resolver knows (RFC 6761 section 6.3).
  if (typeof found === "number" && hostname.toLowerCase() === "localhost") {
    found = [family === 6 ? "::1" : "127.0.0.1"];
  }
  if (typeof found === "number") throw resolverError(found, "getaddrinfo", hostname);
  return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
}

async function serviceOf(address, port) {
  const told = await ops.dnsLookupService(address, port);
  if (typeof told === "number") {
    // An address whose name no server tells has none.
    const number = told === TRY_AGAIN ? UNKNOWN : told;
    throw resolverError(number, "getnameinfo", `${address}|${port}`);
  }
  return told;
}

function expectHostname(hostname) {
  if (typeof hostname === "string") return;
  throw errors.makeError("TypeError", "ERR_INVALID_ARG_TYPE", "hostname must be a string");
}

// Servers come as texts, or as family, address and port.
function serverText(server) {
  if (typeof server === "string") return server;
  const [family, address, port] = server;
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

const counts = { cacheHitsCompleted: 0, cacheHitsInflight: 0, cacheMisses: 0, errors: 0 };

async function lookup(hostname, options = {}) {
  expectHostname(hostname);
  const family = FAMILIES[options?.family] ?? options?.family ?? 0;
  counts.cacheMisses++;
  try {
    const found = await addressesOf(hostname, family, options?.hints ?? options?.flags ?? 0);
    return found.map((each) => ({ ...each, ttl: 0 }));
  } catch (error) {
    counts.errors++;
    throw error;
  }
}

const asked = {
  lookup(hostname) { return lookup(hostname, arguments[1]); },
  resolve(hostname, rrtype = "A") { return shared.resolve(hostname, rrtype); },
  resolveSrv(hostname) { return shared.resolve(hostname, "SRV"); },
  resolveTxt(hostname) { return shared.resolve(hostname, "TXT"); },
  resolveSoa(hostname) { return shared.resolve(hostname, "SOA"); },
  resolveNaptr(hostname) { return shared.resolve(hostname, "NAPTR"); },
  resolveMx(hostname) { return shared.resolve(hostname, "MX"); },
  resolveCaa(hostname) { return shared.resolve(hostname, "CAA"); },
  resolveNs(hostname) { return shared.resolve(hostname, "NS"); },
  resolvePtr(hostname) { return shared.resolve(hostname, "PTR"); },
  resolveCname(hostname) { return shared.resolve(hostname, "CNAME"); },
  resolveAny(hostname) { return shared.resolve(hostname, "ANY"); },
  getServers() { return shared.getServers(); },
  setServers(servers) { shared.setServers(servers.map(serverText)); },
  reverse(address) { return shared.reverse(address); },
  lookupService(address, port) {
    const number = checks.validateService(address, port);
    return serviceOf(address, number);
  },
  /** Has the system's resolver look a name up, so that it may know it next time. */
  prefetch(hostname) {
    expectHostname(hostname);
    addressesOf(hostname, 0, 0).then(undefined, () => undefined);
  },
  getCacheStats() {
    const { cacheHitsCompleted, cacheHitsInflight, cacheMisses, errors: failed } = counts;
    return {
      cacheHitsCompleted, cacheHitsInflight, cacheMisses, size: 0, errors: failed,
      totalCount: cacheMisses,
    };
  },
};

const dns = {
  ...asked, ADDRCONFIG: checks.ADDRCONFIG, ALL: checks.ALL, V4MAPPED: checks.V4MAPPED,
};
for (const name of Object.keys(dns)) {
  Object.defineProperty(dns, name, { configurable: false });
  if (typeof dns[name] !== "function" || name === "prefetch" || name === "getCacheStats") continue;
  Object.defineProperty(dns[name], "length", { value: 2, configurable: true });
}

module.exports = { dns, addressesOf, serviceOf };
