// The names of what goes wrong with names, and the errors made of them.
"use strict";

const { Object } = globalThis;

// In the order in which node:dns lists them.
const CODES = {
  NODATA: "ENODATA",
  FORMERR: "EFORMERR",
  SERVFAIL: "ESERVFAIL",
  NOTFOUND: "ENOTFOUND",
  NOTIMP: "ENOTIMP",
  REFUSED: "EREFUSED",
  BADQUERY: "EBADQUERY",
  BADNAME: "EBADNAME",
  BADFAMILY: "EBADFAMILY",
  BADRESP: "EBADRESP",
  CONNREFUSED: "ECONNREFUSED",
  TIMEOUT: "ETIMEOUT",
  EOF: "EOF",
  FILE: "EFILE",
  NOMEM: "ENOMEM",
  DESTRUCTION: "EDESTRUCTION",
  BADSTR: "EBADSTR",
  BADFLAGS: "EBADFLAGS",
  NONAME: "ENONAME",
  BADHINTS: "EBADHINTS",
  NOTINITIALIZED: "ENOTINITIALIZED",
  LOADIPHLPAPI: "ELOADIPHLPAPI",
  ADDRGETNETWORKPARAMS: "EADDRGETNETWORKPARAMS",
  CANCELLED: "ECANCELLED",
};

// A code's number is its place in c-ares' list, which begins at one.
const NAMES = Object.values(CODES);

// What the system's resolver calls them; the rest is a server's failure.
const RESOLVER_CODES = {
  "-2": "ENOTFOUND",
  "-3": "ETIMEOUT",
  "-4": "ESERVFAIL",
  "-5": "ENOTFOUND",
  "-6": "EBADFAMILY",
  "-10": "ENOMEM",
};

function dnsError(code, syscall, hostname) {
  const error = new Error(`${syscall} ${code} ${hostname}`);
  return Object.assign(error, {
    code, syscall, hostname, errno: NAMES.indexOf(code) + 1, name: "DNSException",
  });
}

/** The error of the system's resolver by its number. */
function resolverError(number, syscall, hostname) {
  const code = RESOLVER_CODES[number] ?? "ESERVFAIL";
  const { errno, name, message } = dnsError(code, syscall, hostname);
  return Object.assign(new Error(message), { code, syscall, errno, name, hostname });
}

module.exports = { CODES, dnsError, resolverError };
