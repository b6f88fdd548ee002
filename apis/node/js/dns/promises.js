// node:dns/promises.
"use strict";

const errors = require("node/errors");
const checks = require("node/dns/checks");
const { CODES } = require("node/dns/codes");
const { Channel } = require("node/dns/servers");
const { isIP } = require("node/net/families");
const { dns } = require("node/dns/bun-dns");
const { Object, Promise } = globalThis;

const SORTERS = {
  ipv4first: (left, right) => left.family - right.family,
  ipv6first: (left, right) => right.family - left.family,
};

/** The answer of a lookup that needs no resolver, or undefined. */
function known(hostname, options) {
  if (!hostname) {
    checks.warnOfEmptyName(hostname);
    return options.all ? [] : { address: null, family: 4 };
  }
  const family = isIP(hostname);
  if (family === 0) return undefined;
  const found = { address: hostname, family };
  return options.all ? [found] : found;
}

/** What the resolver says, in the order asked for. */
function ask(hostname, options) {
  return dns.lookup(hostname, options).then((answer) => {
    const { all, order } = options;
    const found = answer.map(({ address, family }) => ({ address, family }));
    if (order !== "verbatim") found.sort(SORTERS[order]);
    return all ? found : found[0];
  });
}

function checkedOptions(hostname, options) {
  checks.validateHostname(hostname);
  if (typeof options === "number") checks.validateFamily(options);
  else if (options !== undefined && typeof options !== "object") {
    throw errors.ERR_INVALID_ARG_TYPE("options", ["integer", "object"], options);
  }
  return checks.lookupOptions(options);
}

function lookup(hostname, options) {
  const checked = checkedOptions(hostname, options);
  const answer = known(hostname, checked);
  return answer === undefined ? ask(hostname, checked) : Promise.resolve(answer);
}

async function service(address, port) {
  const [hostname, name] = await dns.lookupService(address, port);
  return { hostname, service: name };
}

const { lookupService } = { lookupService(address, port) {
  if (arguments.length !== 2) throw errors.ERR_MISSING_ARGS("address", "port");
  return service(address, checks.validateService(address, port));
} };

async function addresses(asking, options) {
  const found = await asking;
  return options?.ttl ? found : found.map(({ address }) => address);
}

function resolveAs(channel, hostname, rrtype) {
  const answer = channel.resolve(hostname, rrtype);
  const kind = rrtype.toUpperCase();
  return kind === "A" || kind === "AAAA" ? addresses(answer) : answer;
}

/** The functions of a channel, as both the module and a Resolver have them. */
function functionsOf(channelOf) {
  const plain = (name) => function (hostname) {
    checks.validateName(hostname);
    return channelOf(this)[name](hostname);
  };
  const functions = {
    resolve(hostname, rrtype) {
      checks.validateName(hostname);
      if (rrtype !== undefined && typeof rrtype !== "string") {
        throw errors.ERR_INVALID_ARG_TYPE("rrtype", "string", rrtype);
      }
      return resolveAs(channelOf(this), hostname, rrtype ?? "A");
    },
    resolve4(hostname, options) {
      checks.validateName(hostname);
      return addresses(channelOf(this).resolve(hostname, "A"), options);
    },
    resolve6(hostname, options) {
      checks.validateName(hostname);
      return addresses(channelOf(this).resolve(hostname, "AAAA"), options);
    },
  };
  for (const name of ["Any", "Srv", "Txt", "Soa", "Naptr", "Mx", "Caa", "Ns", "Ptr", "Cname"]) {
    functions[`resolve${name}`] = plain(`resolve${name}`);
    Object.defineProperty(functions[`resolve${name}`], "name", { value: `resolve${name}` });
  }
  functions.reverse = function reverse(address) { return channelOf(this).reverse(address); };
  return functions;
}

const ofModule = functionsOf(() => dns);

class Resolver {
  #channel;

  static channelOf(object) {
    return object !== undefined && #channel in object ? object.#channel : dns;
  }

  constructor(options = undefined) {
    this.#channel = new Channel(options);
    this._handle = this.#channel;
  }

  cancel() { this.#channel.cancel(); }
  getServers() { return this.#channel.getServers() || []; }
  setServers(servers) { this.#channel.setServers(servers); }

  setLocalAddress(first, second) {
    errors.validateString(first, "ipv4");
    if (second !== undefined) errors.validateString(second, "ipv6");
    this.#channel.setLocalAddress(first, second);
  }
}
const { channelOf } = Resolver;
delete Resolver.channelOf;
for (const [name, value] of Object.entries(functionsOf(channelOf))) {
  Object.defineProperty(Resolver.prototype, name, {
    value, writable: true, enumerable: false, configurable: true,
  });
}
Object.defineProperty(Resolver, "length", { value: 1 });

module.exports = {
  ...CODES,
  lookup,
  lookupService,
  ...ofModule,
  Resolver,
  getDefaultResultOrder: checks.getDefaultResultOrder,
  setDefaultResultOrder: checks.setDefaultResultOrder,
  getServers() { return dns.getServers(); },
  setServers(servers) { dns.setServers(servers); },
};
