"use strict";
// WebAssembly with the functions of its web interface, compileStreaming and instantiateStreaming
// (WebAssembly Web API), added to the engine's object when a program first asks for it. The
// engine compiles whole modules, so the body is read to its end first.
//
// The engine compiles on threads of its own, of which the event loop knows nothing: what has been
// begun keeps the loop alive until it is done.

const { WebAssembly } = require("runtime/engine-globals");
const { describeReceived, withCode } = require("web/errors");

const { setInterval, clearInterval } = require("runtime/timers");
const { defineProperty, getOwnPropertyDescriptor } = Object;
const { apply } = Reflect;

const LONGEST_TIMER = 0x7fff_ffff;

/** The same promise, for which the event loop stays. */
function awaited(promise) {
  const stay = setInterval(() => {}, LONGEST_TIMER);
  const leave = () => clearInterval(stay);
  promise.then(leave, leave);
  return promise;
}

const engine = { compile: WebAssembly.compile, instantiate: WebAssembly.instantiate };
const { compile, instantiate } = {
  compile(_bytes) { return awaited(apply(engine.compile, WebAssembly, arguments)); },
  instantiate(_bytes) { return awaited(apply(engine.instantiate, WebAssembly, arguments)); },
};

const refused = (message) =>
  withCode(new TypeError(`WebAssembly response ${message}`), "ERR_WEBASSEMBLY_RESPONSE");

/** The bytes of a response that says it is WebAssembly. */
async function bytesOf(source) {
  const response = await source;
  const { Response } = require("web/response");
  if (!(response instanceof Response)) {
    const message =
      'The "source" argument must be an instance of Response or an Promise resolving to ' +
      `Response. ${describeReceived(response)}`;
    throw withCode(new TypeError(message), "ERR_INVALID_ARG_TYPE");
  }
  const type = response.headers.get("content-type");
  if (type?.toLowerCase() !== "application/wasm") {
    throw refused(`has unsupported MIME type '${type}'`);
  }
  if (!response.ok) throw refused(`has status code ${response.status}`);
  if (response.bodyUsed || response.body?.locked) throw refused("body has already been used");
  return response.body === null ? new Uint8Array(0) : contentOf(response.body);
}

/** All chunks of a stream as one, which only bytes may be. */
async function contentOf(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    const isView = ArrayBuffer.isView(chunk);
    if (!isView && !(chunk instanceof ArrayBuffer)) {
      throw withCode(
        new TypeError("chunk must be an ArrayBufferView or an ArrayBuffer"),
        "ERR_INVALID_ARG_TYPE",
      );
    }
    if ((isView ? chunk.buffer : chunk).detached) {
      throw new TypeError(
        "Underlying ArrayBuffer has been detached from the view or out-of-bounds",
      );
    }
    chunks.push(require("web/blob").copyBytes(chunk));
  }
  return chunks.length === 0 ? new Uint8Array(0) : require("web/blob").concatenate(chunks);
}

async function compileStream(source) {
  return compile(await bytesOf(source));
}

async function instantiateStream(source, imports) {
  if (imports !== undefined && (imports === null || typeof imports !== "object")) {
    throw new TypeError(
      "second argument to WebAssembly.instantiateStreaming must be undefined or an Object",
    );
  }
  return instantiate(await bytesOf(source), imports);
}

const streaming = {
  compileStreaming(source) { return compileStream(source); },
  instantiateStreaming(source) { return instantiateStream(source, arguments[1]); },
};

const members = { compile, instantiate, ...streaming };
for (const name of Object.keys(members)) {
  const descriptor = getOwnPropertyDescriptor(WebAssembly, name);
  const enumerable = descriptor === undefined || descriptor.enumerable;
  const value = members[name];
  defineProperty(WebAssembly, name, { value, writable: true, enumerable, configurable: true });
}

module.exports = { WebAssembly };
