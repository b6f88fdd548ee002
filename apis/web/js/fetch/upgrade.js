"use strict";
// A request that asks for another protocol: one exchange, whose connection is handed over by its
// number where the answer is 101.

const { Exchange } = require("fetch/exchange");
const { targetOf } = require("fetch/target");

class Upgrade extends Exchange {
  constructor(options, url, onAnswer, onFailed) {
    super(options, targetOf(url));
    this.onAnswer = onAnswer;
    this.reject = onFailed;
    this.upgrades = true;
  }

  start() {
    super.start(null, 0);
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
