// The diagnostics channels of node:http2: `http2.client.stream.*` and `http2.server.stream.*`.
//
// Messages are made only where somebody listens: whoever subscribed has loaded the channels.
"use strict";

const { loadedModule } = require("runtime/prelude");
const { Array, String } = globalThis;

/** Publishes what `message` makes on a channel of one side's streams. */
function tell(isServer, event, message) {
  const channels = loadedModule("node/diagnostics-channel");
  if (channels === undefined) return;
  const channel = channels.channel(`http2.${isServer ? "server" : "client"}.stream.${event}`);
  if (channel.hasSubscribers) channel.publish(message());
}

/** Tells of a stream that has come to be, and again once its exchange has begun. */
function tellWithHeaders(isServer, event, stream, headers) {
  tell(isServer, event, () => ({ stream, headers: asObject(headers) }));
}

/** Headers given as a list of names and values, by their names. */
function asObject(headers) {
  if (!Array.isArray(headers)) return headers;
  const object = { __proto__: null };
  for (let index = 0; index < headers.length; index += 2) {
    const name = String(headers[index]);
    const value = headers[index + 1];
    object[name] = name in object ? [object[name], value].flat() : value;
  }
  return object;
}

module.exports = { asObject, tell, tellWithHeaders };
