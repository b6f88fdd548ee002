"use strict";
// ReadableByteStreamController and ReadableStreamBYOBRequest as programs see them: argument and
// brand checks, then the byte controller.

const bytes = require("web/streams/readable-byte-controller");
const { READABLE } = require("web/streams/readable-core");
const {
  illegalConstructor, invalidArgumentType, invalidState, invalidThisType, missingArguments,
} = require("web/errors");
const { defineInterface, defineInspection } = require("web/interface");

const INTERNAL = Symbol("internal");
const isView = ArrayBuffer.isView;
let coreOf;
let requestState;

class ReadableByteStreamController {
  #core;
  constructor(token, controller) {
    if (token !== INTERNAL) throw illegalConstructor();
    this.#core = controller;
  }
  get byobRequest() {
    const controller = check(this);
    if (controller.byobRequest === null && controller.pendingPulls.length > 0) {
      const view = bytes.pendingView(controller);
      const request = new ReadableStreamBYOBRequest(INTERNAL, controller, view);
      controller.byobRequest = { request, invalidate: () => requestState.invalidate(request) };
    }
    return controller.byobRequest === null ? null : controller.byobRequest.request;
  }
  get desiredSize() { return bytes.desiredSize(check(this)); }
  close() {
    const controller = check(this);
    requireOpen(controller);
    bytes.closeController(controller);
  }
  enqueue(chunk) {
    const controller = check(this);
    if (!isView(chunk)) {
      const expected = "an instance of Buffer, TypedArray, or DataView";
      throw invalidArgumentType("buffer", expected, chunk);
    }
    if (chunk.byteLength === 0 || chunk.buffer.byteLength === 0) {
      throw invalidState("chunk ArrayBuffer is zero-length or detached");
    }
    requireOpen(controller);
    bytes.enqueue(controller, chunk);
  }
  error(reason = undefined) { bytes.fail(check(this), reason); }

  static { coreOf = (face) => (#core in face ? face.#core : undefined); }
}

function check(face) {
  const controller = typeof face === "object" && face !== null ? coreOf(face) : undefined;
  if (controller === undefined) throw invalidThisType("ReadableByteStreamController");
  return controller;
}

function requireOpen(controller) {
  if (controller.closeRequested || controller.stream.state !== READABLE) {
    throw invalidState("Controller is already closed");
  }
}

function faceOf(controller) {
  return (controller.face ??= new ReadableByteStreamController(INTERNAL, controller));
}

class ReadableStreamBYOBRequest {
  #controller;
  #view;
  constructor(token, controller, view) {
    if (token !== INTERNAL) throw illegalConstructor();
    this.#controller = controller;
    this.#view = view;
  }
  get view() { return requestState.check(this).#view; }
  respond(bytesWritten) {
    const { controller, view } = requestState.live(this);
    if (arguments.length === 0) throw missingArguments();
    const count = Math.trunc(Number(bytesWritten)) || 0;
    if (!(count >= 0 && count <= Number.MAX_SAFE_INTEGER)) {
      throw new TypeError(`Value ${count} is outside the range [0, ${Number.MAX_SAFE_INTEGER}]`);
    }
    if (view.buffer.detached) {
      throw invalidState("Cannot respond with a view whose ArrayBuffer is detached");
    }
    bytes.respond(controller, count);
  }
  respondWithNewView(view) {
    const { controller } = requestState.live(this);
    if (!isView(view)) {
      throw invalidArgumentType("view", "an instance of Buffer, TypedArray, or DataView", view);
    }
    if (view.buffer.detached) {
      throw invalidState("Cannot respond with a view whose ArrayBuffer is detached");
    }
    bytes.respondWithView(controller, view);
  }

  static {
    requestState = {
      check(request) {
        if (typeof request === "object" && request !== null && #view in request) return request;
        throw invalidThisType("ReadableStreamBYOBRequest");
      },
      live(request) {
        requestState.check(request);
        if (request.#controller === undefined) {
          throw invalidState("This BYOB request has been invalidated");
        }
        return { controller: request.#controller, view: request.#view };
      },
      invalidate(request) {
        request.#controller = undefined;
        request.#view = null;
      },
    };
  }
}

for (const face of [ReadableByteStreamController, ReadableStreamBYOBRequest]) {
  defineInterface(face);
  Object.defineProperty(face, "length", { value: 0 });
}
defineInspection(ReadableByteStreamController, () => ({}));
defineInspection(ReadableStreamBYOBRequest, (request) => ({ view: request.view }));

module.exports = { ReadableByteStreamController, ReadableStreamBYOBRequest, faceOf };
