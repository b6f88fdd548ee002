// node:dns: the functions of node:dns/promises with call-backs.
"use strict";

const errors = require("node/errors");
const checks = require("node/dns/checks");
const promises = require("node/dns-promises");
const { nextTick } = require("runtime/event-loop");
const { dns } = require("node/dns/bun-dns");
const { CODES } = require("node/dns/codes");
const { isIP } = require("node/net/families");
const { Object, Symbol } = globalThis;

const PROMISIFY = Symbol.for("nodejs.util.promisify.custom");

// A call-back is called in a tick of its own, so that what it throws is an uncaught exception and
// no rejection.
function settle(promise, callback, take) {
  promise.then(
    (value) => nextTick(take, [callback, value]),
    (error) => nextTick(callback, [error]),
  );
}

function take(callback, value) { callback(null, value); }
function takeAddress(callback, { address, family }) { callback(null, address, family); }
function takeService(callback, [hostname, service]) { callback(null, hostname, service); }

function lookup(hostname, options, callback) {
  checks.validateHostname(hostname);
  let given = options;
  let done = callback;
  if (typeof options === "function") {
    done = options;
    given = undefined;
  } else if (options !== undefined && typeof options !== "object") {
    checks.validateCallback(arguments.length === 2 ? options : callback);
    if (typeof options !== "number") {
      throw errors.ERR_INVALID_ARG_TYPE("options", ["integer", "object"], options);
    }
    checks.validateFamily(options);
  }
  checks.validateCallback(done);
  const { all } = checks.lookupOptions(given);
  if (!hostname) {
    checks.warnOfEmptyName(hostname);
    if (all) nextTick(done, [null, []]);
    else nextTick(done, [null, null, 4]);
    return {};
  }
  const family = isIP(hostname);
  if (family !== 0) {
    if (all) nextTick(done, [null, [{ address: hostname, family }]]);
    else nextTick(done, [null, hostname, family]);
    return {};
  }
  settle(promises.lookup(hostname, given), done, all ? take : takeAddress);
  return {};
}

function lookupService(address, port, callback) {
  if (arguments.length < 3) throw errors.ERR_MISSING_ARGS("address", "port", "callback");
  const number = checks.validateService(address, port);
  checks.validateCallback(callback);
  settle(dns.lookupService(address, number), callback, takeService);
}

/** The call-back functions of an object that has those with promises. */
function functionsOf(promised) {
  const plain = (name) => function (hostname, callback) {
    checks.validateName(hostname);
    checks.validateCallback(callback);
    settle(promised(this)[name](hostname), callback, take);
  };
  const withOptions = (name) => function (hostname, options, callback) {
    const done = typeof options === "function" ? options : callback;
    checks.validateName(hostname);
    checks.validateCallback(done);
    settle(promised(this)[name](hostname, done === options ? undefined : options), done, take);
  };
  const functions = {
    resolve(hostname, rrtype, callback) {
      const done = typeof rrtype === "function" ? rrtype : callback;
      const kind = typeof rrtype === "function" || rrtype === undefined ? "A" : rrtype;
      if (typeof kind !== "string") throw errors.ERR_INVALID_ARG_TYPE("rrtype", "string", rrtype);
      checks.validateName(hostname);
      checks.validateCallback(done);
      settle(promised(this).resolve(hostname, kind), done, take);
    },
    reverse(address, callback) {
      checks.validateCallback(callback);
      settle(promised(this).reverse(address), callback, take);
    },
    resolve4: withOptions("resolve4"),
    resolve6: withOptions("resolve6"),
  };
  for (const name of ["Any", "Cname", "Caa", "Mx", "Ns", "Ptr", "Soa", "Srv", "Txt", "Naptr"]) {
    functions[`resolve${name}`] = plain(`resolve${name}`);
  }
  for (const [name, value] of Object.entries(functions)) {
    Object.defineProperty(value, "name", { value: name });
  }
  return functions;
}

function Resolver(options) {
  if (!(this instanceof Resolver)) return new Resolver(options);
  const own = new promises.Resolver(options);
  this._handle = own._handle;
  channels.set(this, own);
}
const channels = new globalThis.WeakMap();

const METHODS =
  "cancel getServers resolve resolve4 resolve6 resolveAny resolveCname resolveMx resolveNaptr " +
  "resolveNs resolvePtr resolveSrv resolveCaa resolveTxt resolveSoa reverse setLocalAddress " +
  "setServers";

const resolverMethods = {
  cancel() { channels.get(this).cancel(); },
  getServers() { return channels.get(this).getServers(); },
  setServers(servers) { channels.get(this).setServers(servers); },
  setLocalAddress(first, second) { channels.get(this).setLocalAddress(first, second); },
  ...functionsOf((object) => channels.get(object) ?? promises),
};
for (const name of METHODS.split(" ")) {
  Object.defineProperty(Resolver.prototype, name, {
    value: resolverMethods[name], writable: true, enumerable: true, configurable: true,
  });
}

const functions = functionsOf(() => promises);
Object.assign(functions, { lookup, lookupService });
for (const [name, value] of Object.entries(functions)) {
  Object.defineProperty(value, PROMISIFY, {
    value: promises[name], writable: true, enumerable: true, configurable: true,
  });
}

module.exports = {
  ADDRCONFIG: checks.ADDRCONFIG,
  ALL: checks.ALL,
  V4MAPPED: checks.V4MAPPED,
  ...CODES,
  lookup,
  lookupService,
  Resolver,
  setServers: promises.setServers,
  setDefaultResultOrder: checks.setDefaultResultOrder,
  getDefaultResultOrder: checks.getDefaultResultOrder,
  ...functions,
  promises,
  getServers: promises.getServers,
};
