// Channels: name servers, patience, and the questions under way. One is everybody's; a Resolver
// has its own.
"use strict";

const errors = require("node/errors");
const { isIP, addressBytes } = require("node/net/families");
const { dnsError } = require("node/dns/codes");
const { parseServers, resolverOptions } = require("node/dns/checks");
const records = require("node/dns/records");
const { Object, Set } = globalThis;

const PATIENCE_MS = 5000;

// The kinds that can be asked for, and what asking is called in errors.
const SYSCALLS = {
  A: "queryA", AAAA: "queryAaaa", ANY: "queryAny", CAA: "queryCaa", CNAME: "queryCname",
  MX: "queryMx", NAPTR: "queryNaptr", NS: "queryNs", PTR: "queryPtr", SOA: "querySoa",
  SRV: "querySrv", TXT: "queryTxt", TLSA: "queryTlsa",
};
const LISTED = Object.keys(SYSCALLS).filter((kind) => kind !== "TLSA").join(", ");

const ONION = /(?:^|\.)onion\.?$/i;

let lastNumber = 0;

function kindOf(rrtype) {
  const kind = rrtype.toUpperCase();
  if (Object.hasOwn(SYSCALLS, kind)) return kind;
  const message =
    `The property "record" is invalid. Expected one of: ${LISTED}, received ` +
    errors.specificType(rrtype);
  throw errors.makeError("TypeError", "ERR_INVALID_ARG_VALUE", message);
}

// The name that reverse lookups ask for (RFC 1035 section 3.5, RFC 3596 section 2.5).
function reverseName(address) {
  const bytes = [...addressBytes(address)];
  if (bytes.length === 4) return `${bytes.reverse().join(".")}.in-addr.arpa`;
  const digits = bytes.flatMap((byte) => [byte >> 4, byte & 15]).reverse();
  return `${digits.map((digit) => digit.toString(16)).join(".")}.ip6.arpa`;
}

function namesInHostsFile(address) {
  let text;
  try {
    text = require("node/fs").readFileSync("/etc/hosts", "latin1");
  } catch {
    return [];
  }
  const names = new Set();
  for (const line of text.split("\n")) {
    const [first, ...rest] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (first === address) for (const name of rest) names.add(name);
  }
  return [...names];
}

class Channel {
  #number = ++lastNumber;
  #servers;
  #settings;
  #local = "";
  #pending = 0;

  constructor(options) {
    this.#settings = resolverOptions(options);
  }

  getServers() {
    this.#servers ??= ops.dnsSystemServers();
    return [...this.#servers];
  }

  setServers(servers) {
    const parsed = parseServers(servers);
    if (this.#pending > 0) {
      throw errors.makeError(
        "Error", "ERR_DNS_SET_SERVERS_FAILED",
        "Failed to set servers: there are pending queries");
    }
    this.#servers = parsed;
  }

  cancel() { ops.dnsCancel(this.#number); }

  setLocalAddress(first, second) {
    const families = [first, second].filter((each) => each !== undefined).map((address) => {
      const family = isIP(address);
      if (family !== 0) return family;
      throw errors.makeError(
        "TypeError", "ERR_INVALID_IP_ADDRESS", `Invalid IP address: "${address}"`);
    });
    if (families.length === 2 && families[0] === families[1]) {
      const message = `Cannot specify two IPv${families[0]} addresses.`;
      throw errors.makeError("TypeError", "ERR_INVALID_ARG_TYPE", message);
    }
    this.#local = second === undefined ? socketText(first) :
      `${socketText(first)},${socketText(second)}`;
  }

  async #ask(name, kind) {
    // Such names are never asked for (RFC 7686 section 2).
    if (ONION.test(name)) return "ENOTFOUND";
    const { timeout, tries } = this.#settings;
    this.#pending++;
    try {
      return await ops.dnsQuery(
        name, kind, this.getServers().join(","), timeout < 0 ? PATIENCE_MS : timeout, tries,
        this.#number, this.#local);
    } finally {
      this.#pending--;
    }
  }

  /** The records of one kind. */
  resolve(hostname, rrtype) {
    const kind = kindOf(rrtype);
    return this.#resolve(hostname, kind);
  }

  async #resolve(hostname, kind) {
    const found = await this.#ask(hostname, kind);
    if (typeof found === "string") throw dnsError(found, SYSCALLS[kind], hostname);
    if (kind === "ANY") return records.ofAllKinds(found);
    const matching = records.ofKind(kind, found);
    if (matching === undefined || matching.length === 0) {
      throw dnsError("ENODATA", SYSCALLS[kind], hostname);
    }
    return matching;
  }

  /** The names of an address. */
  async reverse(address) {
    if (isIP(address) === 0) throw dnsError("ENOTIMP", "getHostByAddr", address);
    const known = namesInHostsFile(address);
    if (known.length > 0) return known;
    const found = await this.#ask(reverseName(address), "PTR");
    if (typeof found === "string") throw dnsError(found, "getHostByAddr", address);
    const names = records.ofKind("PTR", found);
    if (names.length === 0) throw dnsError("ENOTFOUND", "getHostByAddr", address);
    return names;
  }
}

const KINDS = {
  resolveAny: "ANY", resolveCaa: "CAA", resolveCname: "CNAME", resolveMx: "MX",
  resolveNaptr: "NAPTR", resolveNs: "NS", resolvePtr: "PTR", resolveSoa: "SOA",
  resolveSrv: "SRV", resolveTxt: "TXT",
};
for (const [name, kind] of Object.entries(KINDS)) {
  const { [name]: value } = { [name](hostname) { return this.resolve(hostname, kind); } };
  Object.defineProperty(Channel.prototype, name, {
    value, writable: true, enumerable: false, configurable: true,
  });
}
Object.defineProperty(Channel, "name", { value: "DNSResolver" });

// An address to send from, at any port.
function socketText(address) {
  return isIP(address) === 6 ? `[${address}]:0` : `${address}:0`;
}

module.exports = { Channel, shared: new Channel() };
