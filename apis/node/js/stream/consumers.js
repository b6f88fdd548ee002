// node:stream/consumers: all of a stream at once, as bytes, text or an object. Any async iterable
// of strings and bytes will do; web streams are read natively.
"use strict";

const { isReadableStream } = require("node/stream/status");

const { JSON } = globalThis;

async function blob(stream) {
  if (isReadableStream(stream)) return globalThis.Bun.readableStreamToBlob(stream);
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new globalThis.Blob(chunks);
}

async function arrayBuffer(stream) {
  if (isReadableStream(stream)) return globalThis.Bun.readableStreamToArrayBuffer(stream);
  return (await blob(stream)).arrayBuffer();
}

async function bytes(stream) {
  if (isReadableStream(stream)) return globalThis.Bun.readableStreamToBytes(stream);
  return (await blob(stream)).bytes();
}

async function buffer(stream) {
  const { Buffer } = require("node/buffer");
  return Buffer.from(await arrayBuffer(stream));
}

async function text(stream) {
  if (isReadableStream(stream)) return globalThis.Bun.readableStreamToText(stream);
  const decoder = new globalThis.TextDecoder();
  let whole = "";
  for await (const chunk of stream) {
    whole += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  // What is left of a character that was cut short.
  return whole + decoder.decode(undefined, { stream: false });
}

async function json(stream) {
  if (isReadableStream(stream)) return globalThis.Bun.readableStreamToJSON(stream);
  return JSON.parse(await text(stream));
}

module.exports = { arrayBuffer, bytes, text, json, buffer, blob };
