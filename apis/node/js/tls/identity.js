// Whether a certificate is that of a host (RFC 6125), in Node's words.
"use strict";

const codes = require("node/error-codes");
const { isIP } = require("node/net/families");
const { canonicalAddress } = require("node/net/families");
const { Array, JSON, String } = globalThis;

const ADDRESS = "IP Address:";
const HOST = "DNS:";
// A JSON string at the start of a text (RFC 8259 section 7).
const QUOTED = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;
const UNUSABLE = /[^\u0021-\u007F]/u;

const withoutDot = (host) => host.replace(/[.]$/, "");
// Letters of ASCII only: names in other alphabets are not compared.
const labelsOf = (host) =>
  withoutDot(host).replace(/[A-Z]/g, (letter) => letter.toLowerCase()).split(".");

function matchesWildcard(label, pattern) {
  const parts = pattern.split("*");
  if (parts.length > 2) return false;
  const [before, after] = parts;
  return before.length + after.length <= label.length && label.startsWith(before) &&
    label.endsWith(after);
}

function matches(hostLabels, pattern) {
  if (!pattern) return false;
  const labels = labelsOf(pattern);
  if (labels.length !== hostLabels.length || labels.includes("")) return false;
  if (labels.some((label) => UNUSABLE.test(label))) return false;
  for (let index = labels.length - 1; index > 0; index--) {
    if (labels[index] !== hostLabels[index]) return false;
  }
  const [first] = labels;
  if (!first.includes("*") || first.includes("xn--")) return first === hostLabels[0];
  return labels.length > 2 && matchesWildcard(hostLabels[0], first);
}

// Names may be quoted, with separators inside.
function splitNames(text) {
  if (!text.includes("\"")) return text.split(", ");
  const names = [];
  let name = "";
  for (let at = 0; at < text.length;) {
    if (text[at] === "\"") {
      const match = QUOTED.exec(text.slice(at));
      if (match === null) throw codes.ERR_TLS_CERT_ALTNAME_FORMAT();
      name += JSON.parse(match[0]);
      at += match[0].length;
    } else if (text.startsWith(", ", at)) {
      names.push(name);
      name = "";
      at += 2;
    } else {
      name += text[at++];
    }
  }
  names.push(name);
  return names;
}

function hostReason(host, hosts, certificate) {
  const labels = labelsOf(host);
  const covers = (pattern) => matches(labels, pattern);
  if (hosts.length > 0) {
    if (hosts.some(covers)) return undefined;
    return `Host: ${host}. is not in the cert's altnames: ${certificate.subjectaltname}`;
  }
  const { CN: name } = certificate.subject;
  if (Array.isArray(name) ? name.some(covers) : name && covers(name)) return undefined;
  return `Host: ${host}. is not cert's CN: ${name}`;
}

/** The error of a certificate that is another's; undefined where it is the host's. */
function checkServerIdentity(hostname, cert) {
  const { subject, subjectaltname } = cert;
  const names = subjectaltname ? splitNames(subjectaltname) : [];
  const prefixed = (prefix) =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const hosts = prefixed(HOST);
  const addresses = prefixed(ADDRESS).map(canonicalAddress);
  const host = withoutDot(String(hostname));
  let reason;
  if (isIP(host)) {
    if (addresses.includes(canonicalAddress(host))) return undefined;
    reason = `IP: ${host} is not in the cert's list: ${addresses.join(", ")}`;
  } else if (hosts.length > 0 || subject?.CN) {
    reason = hostReason(host, hosts, cert);
  } else {
    reason = "Cert does not contain a DNS name";
  }
  return reason === undefined ? undefined : codes.ERR_TLS_CERT_ALTNAME_INVALID(reason, host, cert);
}

module.exports = { checkServerIdentity };
