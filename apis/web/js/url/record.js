"use strict";
// A parsed URL as one string with offsets into it: what a URL object holds. Getters are slices.
//
//   https://user:password@host:8080/path?query#fragment
//          |    |        |    |    |    |     |
//   protocolEnd |        |    |    |    |     hashStart (or the length)
//          usernameEnd   |    |    |    searchStart (or hashStart)
//                  hostStart  |    pathnameStart
//                         hostEnd

const { Parts } = require("web/url/parser");

class Record {
  constructor(
    href, protocolEnd, usernameEnd, hostStart, hostEnd, pathnameStart, searchStart, hashStart,
    hasHost, isOpaque,
  ) {
    this.href = href;
    /** After the scheme's colon. */
    this.protocolEnd = protocolEnd;
    this.usernameEnd = usernameEnd;
    /** After the `@`, if any. */
    this.hostStart = hostStart;
    this.hostEnd = hostEnd;
    this.pathnameStart = pathnameStart;
    this.searchStart = searchStart;
    this.hashStart = hashStart;
    this.hasHost = hasHost;
    this.isOpaque = isOpaque;
  }
  get scheme() { return this.href.slice(0, this.protocolEnd - 1); }
  get usernameStart() { return this.hasHost ? this.protocolEnd + 2 : this.protocolEnd; }
  get username() { return this.href.slice(this.usernameStart, this.usernameEnd); }
  get password() {
    return this.hostStart > this.usernameEnd + 1
      ? this.href.slice(this.usernameEnd + 1, this.hostStart - 1) : "";
  }
  get hostname() { return this.href.slice(this.hostStart, this.hostEnd); }
  get host() {
    return this.hasHost ? this.href.slice(this.hostStart, this.pathnameStart) : "";
  }
  get port() {
    return this.hasHost && this.pathnameStart > this.hostEnd
      ? this.href.slice(this.hostEnd + 1, this.pathnameStart) : "";
  }
  get pathname() { return this.href.slice(this.pathnameStart, this.searchStart); }
  get search() {
    return this.hashStart - this.searchStart > 1
      ? this.href.slice(this.searchStart, this.hashStart) : "";
  }
  get hash() {
    return this.href.length - this.hashStart > 1 ? this.href.slice(this.hashStart) : "";
  }
}

/** Serializes components. */
function recordOf(parts) {
  const { scheme, username, password, host, port } = parts;
  let href = scheme + ":";
  const protocolEnd = href.length;
  let usernameEnd = protocolEnd;
  let hostStart = protocolEnd;
  let hostEnd = protocolEnd;
  const hasHost = host !== null;
  if (hasHost) {
    href += "//" + username;
    usernameEnd = href.length;
    if (password !== "") href += ":" + password;
    if (username !== "" || password !== "") href += "@";
    hostStart = href.length;
    href += host;
    hostEnd = href.length;
    if (port !== null) href += ":" + port;
  } else if (parts.opaque === null && parts.path.length > 1 && parts.path[0] === "") {
    href += "/.";
  }
  const pathnameStart = href.length;
  href += parts.pathname();
  const searchStart = href.length;
  if (parts.query !== null) href += "?" + parts.query;
  const hashStart = href.length;
  if (parts.fragment !== null) href += "#" + parts.fragment;
  return new Record(
    href, protocolEnd, usernameEnd, hostStart, hostEnd, pathnameStart, searchStart, hashStart,
    hasHost, parts.opaque !== null,
  );
}

/** The components of a record. */
function partsOf(record) {
  const parts = new Parts();
  const { href, searchStart, hashStart } = record;
  parts.scheme = record.scheme;
  if (record.hasHost) {
    parts.username = record.username;
    parts.password = record.password;
    parts.host = record.hostname;
    const { port } = record;
    parts.port = port === "" ? null : Number(port);
  }
  const pathname = record.pathname;
  if (record.isOpaque) parts.opaque = pathname;
  else parts.path = pathname === "" ? [] : pathname.slice(1).split("/");
  if (hashStart > searchStart) parts.query = href.slice(searchStart + 1, hashStart);
  if (href.length > hashStart) parts.fragment = href.slice(hashStart + 1);
  return parts;
}

module.exports = { Record, recordOf, partsOf };
