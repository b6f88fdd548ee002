"use strict";
// The Streams Standard, and what the runtime's own code uses of it. The classes are loaded one by
// one, when first asked for.

const MODULES = {
  "web/streams/readable-stream": ["ReadableStream"],
  "web/streams/readers": ["ReadableStreamDefaultReader", "ReadableStreamBYOBReader"],
  "web/streams/readable-controller": ["ReadableStreamDefaultController"],
  "web/streams/byte-faces": ["ReadableByteStreamController", "ReadableStreamBYOBRequest"],
  "web/streams/writable-stream": [
    "WritableStream", "WritableStreamDefaultWriter", "WritableStreamDefaultController",
  ],
  "web/streams/transform-stream": [
    "TransformStream", "TransformStreamDefaultController", "createTransform",
  ],
  "web/streams/strategies": ["ByteLengthQueuingStrategy", "CountQueuingStrategy"],
  "web/streams/native": [
    "createNativeReadable", "readableFromChunks", "readableToArrayBuffer", "readableToBlob",
    "readableToBytes", "readableToText", "isReadableStream", "isReadableLocked", "isDisturbed",
    "pumpReadable", "readerOfWhole", "cancelReadable",
  ],
};

for (const [module_, names] of Object.entries(MODULES)) {
  for (const name of names) {
    Object.defineProperty(exports, name, {
      get: () => require(module_)[name],
      enumerable: true,
      configurable: true,
    });
  }
}
