"use strict";
// The head of a request as it is sent: the program's fields sorted by name, then those every
// request has unless the program named them.

const { rawEntries } = require("web/headers");

const ACCEPT = "Accept: */*\r\n";
const KEEP_ALIVE = "Connection: keep-alive\r\n";
const CODINGS = "Accept-Encoding: gzip, deflate, br, zstd\r\n";

// Never sent as the program wrote them: the framing is this side's.
const FRAMING = new Set(["content-length", "transfer-encoding"]);

// Of the command line, else the runtime's own.
let userAgent;

function ownUserAgent() {
  const { valueOf } = require("node/process-flags");
  userAgent ??= `User-Agent: ${valueOf("--user-agent") ?? globalThis.navigator.userAgent}\r\n`;
  return userAgent;
}

function compare(left, right) {
  return left.lower < right.lower ? -1 : 1;
}

function fieldsOf(headers) {
  const flat = rawEntries(headers);
  const fields = [];
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index];
    const lower = name.toLowerCase();
    if (!FRAMING.has(lower)) fields.push({ name, lower, value: flat[index + 1] });
  }
  return fields.sort(compare);
}

/// Request line and fields, without the framing fields and the empty line. `path` is the target
/// as it stands in the request line.
function headOf({ method, path, target, headers, keepAlive, decompress }) {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  const named = new Set();
  if (headers !== null) {
    for (const { name, lower, value } of fieldsOf(headers)) {
      named.add(lower);
      head += `${name}: ${value}\r\n`;
    }
  }
  if (target.authorization !== null && !named.has("authorization")) {
    head += `Authorization: ${target.authorization}\r\n`;
  }
  if (keepAlive && !named.has("connection")) head += KEEP_ALIVE;
  if (!named.has("user-agent")) head += ownUserAgent();
  if (!named.has("accept")) head += ACCEPT;
  if (!named.has("host")) head += `Host: ${target.host}\r\n`;
  if (decompress && !named.has("accept-encoding")) head += CODINGS;
  return head;
}

module.exports = { headOf };
