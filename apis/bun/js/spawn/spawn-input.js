"use strict";
// What a child reads from memory or from a stream: fed into its pipe, which is closed behind it.
// A child that stops reading ends the feeding; nobody is told.

async function feedStream(stream, sink) {
  try {
    await require("web/streams").pumpReadable(stream, {
      write: (chunk) => sink.write(chunk),
    });
  } catch {
    // The child or the source is gone: there is nothing left to feed.
  }
  await sink.end();
}

async function feedBlob(blob, sink) {
  try {
    await sink.write(await blob.bytes());
  } catch {
    // As above.
  }
  await sink.end();
}

/// Feeds what `slot` holds into `sink`; what the program sees as the child's stdin.
function feed(slot, sink) {
  const { kind, value } = slot;
  if (kind === "stream") {
    feedStream(value, sink).catch(() => {});
    return value;
  }
  if (kind === "blob") {
    feedBlob(value, sink).catch(() => {});
    return undefined;
  }
  const written = sink.write(value);
  if (typeof written === "number") sink.end();
  else Promise.resolve(written).then(() => sink.end(), () => sink.end());
  return undefined;
}

/// Ends the feeding of a child that has exited: its pipe is closed, its stream cancelled.
function endFeeding(slot, sink) {
  require("bun/spawn-sink").abandon(sink);
  if (slot.kind !== "stream") return;
  require("web/streams").cancelReadable(slot.value, undefined).catch(() => {});
}

module.exports = { feed, endFeeding };
