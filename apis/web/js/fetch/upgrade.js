"use strict";
// A request that asks for another protocol: one exchange, whose connection is handed over by its
// number where the answer is 101.

const { rawEntries } = require("web/headers");
const { Exchange } = require("fetch/exchange");
const { targetOf } = require("fetch/target");

class Upgrade extends Exchange {
  constructor(options, url, onAnswer, onFailed) {
    super(options, targetOf(url));
    this.onAnswer = onAnswer;
    this.reject = onFailed;
    this.upgrades = true;
    this.tunnels = true;
  }

  start() {
    super.start(null, 0);
  }

  // Only what the handshake needs, and the program's own fields behind it.
  headOf(path) {
    const { headers } = this.options;
    const { host, authorization } = this.target;
    let head = `GET ${path} HTTP/1.1\r\n`;
    if (!headers.has("host")) head += `Host: ${host}\r\n`;
    if (authorization !== null && !headers.has("authorization")) {
      head += `Authorization: ${authorization}\r\n`;
    }
    const flat = rawEntries(headers);
    for (let index = 0; index < flat.length; index += 2) {
      head += `${flat[index]}: ${flat[index + 1]}\r\n`;
    }
    return head;
  }

  respond(status, _statusText, headers, content) {
    if (typeof content === "number" && status !== 101) ops.fetchDiscard(this.number);
    this.settled = true;
    this.onAnswer(status, headers);
  }

  cancel() {
    this.settled = true;
    ops.fetchGiveUp(this.number);
  }
}

module.exports = { Upgrade };
