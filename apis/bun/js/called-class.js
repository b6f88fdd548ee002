"use strict";
// The error of a class that was called without `new`, in Bun's words. The engine's own names no
// class, but its first frame is the class's constructor. Fails never: what it cannot tell stays.

const { Object, RegExp, Set } = globalThis;
const { defineProperty, hasOwn } = Object;
const { exec } = RegExp.prototype;
const { call } = Function.prototype;
const execute = call.bind(exec);

const FIRST_FRAME = /^([^@\n]*)@(dx:)?(\w*)/;

// Families whose classes are native in Bun.
const NATIVE = new Set(["web", "fetch", "html", "runtime"]);

// Classes that no program constructs.
const ABSTRACT = new Set([
  "AbortSignal", "CryptoKey", "Performance", "PerformanceEntry", "PerformanceMeasure",
  "PerformanceObserverEntryList", "PerformanceResourceTiming", "PerformanceServerTiming",
  "PerformanceTiming", "ReadableByteStreamController", "ReadableStreamBYOBRequest",
  "ReadableStreamDefaultController", "SubtleCrypto", "TransformStreamDefaultController",
  "WritableStreamDefaultController",
]);

// Classes that Bun's generator of classes makes, which has words of its own.
const GENERATED = new Set([
  "BlockList", "BuildMessage", "Crypto", "ResolveMessage", "Request", "Response", "SocketAddress",
  "SourceMap", "TextDecoder", "X509Certificate",
]);

// Classes of the language that the engine lacks.
const DISPOSABLE = new Set(["AsyncDisposableStack", "DisposableStack"]);

// Whether a class is one of those the runtime provides.
function isProvided(name) {
  return hasOwn(globalThis, name) || GENERATED.has(name);
}

function nativeText(name) {
  if (ABSTRACT.has(name)) return "Illegal constructor";
  if (GENERATED.has(name)) return `${name} constructor cannot be invoked without 'new'`;
  if (name === "Dirent") return "Dirent constructor cannot be called as a function";
  return `Use \`new ${name}(...)\` instead of \`${name}(...)\``;
}

/** Gives an error of the engine's the words, and the code, that Bun's has. */
function translate(error, stack) {
  const frame = execute(FIRST_FRAME, stack);
  if (frame === null || frame[1] === "") return;
  const [, name, isPrelude, family] = frame;
  // Classes that are written without a constructor have one of the engine's, at no place.
  const isOwn = isPrelude !== undefined || (family === "" && isProvided(name));
  const isNative = family === "" || NATIVE.has(family) || ABSTRACT.has(name) ||
    GENERATED.has(name) || name === "Dirent";
  if (DISPOSABLE.has(name) && isOwn) {
    error.message = `calling ${name} constructor without new is invalid`;
  } else if (isOwn && isNative) {
    error.message = nativeText(name);
    defineProperty(error, "code", {
      value: "ERR_ILLEGAL_CONSTRUCTOR", writable: true, enumerable: false, configurable: true,
    });
  } else {
    error.message = `Cannot call a class constructor ${name} without |new|`;
  }
}

module.exports = { translate };
