"use strict";
// What `verbose` prints: request and response as they are on the wire, to standard error.

// `flags` (apis/web/src/fetch/start.rs): HTTP/2 is offered, to the exclusion of others or not.
const OFFERS_HTTP2 = 2048 | 4096;

const shell = (text) => text.replace(/["\\$`]/g, "\\$&");

function curl(exchange, lines) {
  const { options, target } = exchange;
  let command = `curl --http1.1 "${shell(target.href)}"`;
  if (options.method !== "GET") command += ` -X ${options.method}`;
  for (const line of lines) {
    command += ` -H "${shell(line)}"`;
    if (line.startsWith("Accept-Encoding:")) command += " --compressed";
  }
  return `${command}\n`;
}

function lengthOf(content) {
  if (content === null) return 0;
  return typeof content === "string"
    ? require("web/encoding").encodeUtf8(content).length
    : content.length;
}

/// Prints a request. `head` lacks the length, which native code adds.
function request(exchange, head, content, flags) {
  const lines = head.split("\r\n").slice(1, -1);
  const hasLength = (flags & 32) !== 0 || lengthOf(content) > 0;
  if (hasLength) lines.push(`Content-Length: ${lengthOf(content)}`);
  const { options, target } = exchange;
  const command = options.verbose === "curl" ? curl(exchange, lines) : "";
  const fields = lines.map((line) => ` ${line}\n`).join("");
  const version = (flags & OFFERS_HTTP2) === 0 ? "HTTP/1.1" : "HTTP/2";
  ops.fetchLog(`${command} ${version} ${options.method} ${target.href}\n${fields}`);
}

/// Prints the head of a response.
function response(status, statusText, flat) {
  let text = `< ${status} ${statusText}\n`;
  for (let index = 0; index < flat.length; index += 2) {
    text += `< ${flat[index]}: ${flat[index + 1]}\n`;
  }
  ops.fetchLog(`${text}\n`);
}

module.exports = { request, response };
