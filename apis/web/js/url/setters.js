"use strict";
// The setters of URL: each takes a record and a value, and answers the changed record, or
// `undefined` where the value is not acceptable and nothing changes.

const {
  isSpecialScheme, DEFAULT_PORTS, parseSegments, setQuery, setPort, portColon, removeNewlines,
  endOf, AUTHORITY_END, SPECIAL_AUTHORITY_END,
} = require("web/url/parser");
const { parseHost } = require("web/url/host");
const { FRAGMENT_SET, USERINFO_SET, percentEncode } = require("web/url/percent");
const { recordOf, partsOf } = require("web/url/record");

function setProtocol(record, value) {
  const match = /^([a-zA-Z][a-zA-Z0-9+\-.]*)(?::|$)/.exec(removeNewlines(value));
  if (match === null) return undefined;
  const scheme = match[1].toLowerCase();
  const parts = partsOf(record);
  if (isSpecialScheme(parts.scheme) !== isSpecialScheme(scheme)) return undefined;
  if (scheme === "file" && (parts.hasCredentials || parts.port !== null)) return undefined;
  if (parts.scheme === "file" && parts.host === "") return undefined;
  parts.scheme = scheme;
  if (parts.port !== null && parts.port === DEFAULT_PORTS[scheme]) parts.port = null;
  return recordOf(parts);
}

function setUsername(record, value) {
  const parts = partsOf(record);
  if (parts.cannotHavePort) return undefined;
  parts.username = percentEncode(value, USERINFO_SET);
  return recordOf(parts);
}

function setPassword(record, value) {
  const parts = partsOf(record);
  if (parts.cannotHavePort) return undefined;
  parts.password = percentEncode(value, USERINFO_SET);
  return recordOf(parts);
}

function setFileHost(parts, text) {
  if (text === "") {
    parts.host = "";
    return recordOf(parts);
  }
  const host = parseHost(text, true);
  if (host === undefined) return undefined;
  parts.host = host === "localhost" ? "" : host;
  return recordOf(parts);
}

function setHostParts(record, value, withPort) {
  const parts = partsOf(record);
  if (parts.opaque !== null) return undefined;
  const { isSpecial } = parts;
  const text = removeNewlines(value);
  const end = endOf(text, isSpecial ? SPECIAL_AUTHORITY_END : AUTHORITY_END);
  const hostAndPort = text.slice(0, end);
  if (parts.scheme === "file") return setFileHost(parts, hostAndPort);
  const colon = portColon(hostAndPort);
  if (colon === 0 || (colon > 0 && !withPort)) return undefined;
  const hostText = colon < 0 ? hostAndPort : hostAndPort.slice(0, colon);
  if (hostText === "" && (isSpecial || parts.hasCredentials || parts.port !== null)) {
    return undefined;
  }
  const host = hostText === "" ? "" : parseHost(hostText, isSpecial);
  if (host === undefined) return undefined;
  parts.host = host;
  // What follows the digits is ignored, and so is a port that is too large.
  if (colon > 0) setPort(parts, /^[0-9]*/.exec(hostAndPort.slice(colon + 1))[0]);
  return recordOf(parts);
}

const setHost = (record, value) => setHostParts(record, value, true);
const setHostname = (record, value) => setHostParts(record, value, false);

function setPortValue(record, value) {
  const parts = partsOf(record);
  if (parts.cannotHavePort) return undefined;
  if (value === "") {
    parts.port = null;
    return recordOf(parts);
  }
  const digits = /^[0-9]*/.exec(removeNewlines(value))[0];
  if (digits === "" || !setPort(parts, digits)) return undefined;
  return recordOf(parts);
}

function setPathname(record, value) {
  const parts = partsOf(record);
  if (parts.opaque !== null) return undefined;
  const text = removeNewlines(value);
  parts.path = [];
  const startsWithSlash = text[0] === "/" || (parts.isSpecial && text[0] === "\\");
  // Inside a path, the signs of query and fragment are ordinary characters.
  if (parts.isSpecial || text !== "") {
    parseSegments(parts, startsWithSlash ? text.slice(1) : text);
    parts.path = parts.path.map((segment) => segment.replace(/#/g, "%23"));
  } else if (parts.host === null) {
    parts.path.push("");
  }
  return recordOf(parts);
}

function setSearch(record, value) {
  const parts = partsOf(record);
  if (value === "") parts.query = null;
  else setQuery(parts, removeNewlines(value[0] === "?" ? value.slice(1) : value));
  return recordOf(parts);
}

function setHash(record, value) {
  const parts = partsOf(record);
  const text = value[0] === "#" ? value.slice(1) : value;
  parts.fragment = value === "" ? null : percentEncode(removeNewlines(text), FRAGMENT_SET);
  return recordOf(parts);
}

module.exports = {
  setProtocol, setUsername, setPassword, setHost, setHostname, setPort: setPortValue, setPathname,
  setSearch, setHash,
};
