// EventEmitterAsyncResource: an emitter whose listeners run in the async context it was made in.
"use strict";

const { EventEmitter, CAPTURE, emit } = require("node/events-core");
const { validateString } = require("node/errors");
const { AsyncResource } = require("node/async-hooks");

class EventEmitterReferencingAsyncResource extends AsyncResource {
  #eventEmitter;

  constructor(emitter, type, options) {
    super(type, options);
    this.#eventEmitter = emitter;
  }

  get eventEmitter() { return this.#eventEmitter; }
}

class EventEmitterAsyncResource extends EventEmitter {
  #asyncResource;

  constructor(options = undefined) {
    let name = options;
    let given = options;
    if (typeof options === "string") {
      given = undefined;
    } else {
      if (new.target === EventEmitterAsyncResource) validateString(options?.name, "options.name");
      name = options?.name || new.target.name;
    }
    super(given);
    this.#asyncResource = new EventEmitterReferencingAsyncResource(this, name, given);
    delete this.emit;
  }

  get asyncId() { return this.#asyncResource.asyncId(); }
  get triggerAsyncId() { return this.#asyncResource.triggerAsyncId(); }
  get asyncResource() { return this.#asyncResource; }

  emit(event, ...args) {
    const run = this[CAPTURE] ? require("node/events-tools").emitCapturing : emit;
    return this.#asyncResource.runInAsyncScope(run, this, event, ...args);
  }

  emitDestroy() { this.#asyncResource.emitDestroy(); }
}

globalThis.Object.defineProperty(EventEmitterAsyncResource, "length", { value: 1 });

module.exports = { EventEmitterAsyncResource };
