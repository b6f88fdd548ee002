// The cluster's own messages over the channel of a forked process: each carries a number, and a
// reply names the number it answers.
"use strict";

const { Map } = globalThis;

const COMMAND = "NODE_CLUSTER";

let lastNumber = 0;
const replies = new Map();

/** Sends `message` to `target` (a child, or the own process); `reply` hears of the answer. */
function send(target, message, handle, reply) {
  if (!target.connected) return false;
  const full = { cmd: COMMAND, ...message, seq: ++lastNumber };
  if (reply !== undefined) replies.set(full.seq, reply);
  return target.send(full, handle, undefined, () => {});
}

/** Has `receive` hear of the cluster's messages to `target` that answer none. */
function listen(target, receive) {
  target.on("internalMessage", (message, handle) => {
    if (message.cmd !== COMMAND) return;
    const reply = message.ack === undefined ? undefined : replies.get(message.ack);
    if (reply === undefined) {
      receive(message, handle);
      return;
    }
    replies.delete(message.ack);
    reply(message, handle);
  });
}

module.exports = { send, listen };
