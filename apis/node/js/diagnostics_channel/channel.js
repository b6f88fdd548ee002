// The channels of node:diagnostics_channel. A channel without subscribers or stores is a Channel,
// whose methods do nothing; the first one makes it an ActiveChannel, by prototype. Channels that
// nobody holds and nobody subscribes to may be collected: they are found by weak references.
"use strict";

const { Array, FinalizationRegistry, Map, Object, Reflect, WeakRef } = globalThis;
const { expectFunction, invalidType } = require("node/errors");

const getPrototypeOf = Object.getPrototypeOf;
const nextTick = (callback) => globalThis.process.nextTick(callback);

// ---- Names -----------------------------------------------------------------------------------

// A weak reference that holds its channel firmly while the channel is in use.
class ChannelReference {
  #weak;
  #strong;
  #uses = 0;

  constructor(channel) {
    this.#weak = new WeakRef(channel);
  }

  get() { return this.#weak.deref(); }

  use() {
    if (++this.#uses === 1) this.#strong = this.#weak.deref();
  }

  release() {
    if (--this.#uses === 0) this.#strong = undefined;
  }
}

const references = new Map();
const collected = new FinalizationRegistry((name) => {
  if (references.get(name)?.get() === undefined) references.delete(name);
});

function remember(channel) {
  references.set(channel.name, new ChannelReference(channel));
  collected.register(channel, channel.name);
}

// ---- Channels --------------------------------------------------------------------------------

function activate(channel) {
  Object.setPrototypeOf(channel, ActiveChannel.prototype);
  channel._subscribers = [];
  channel._stores = new Map();
}

function deactivateIfUnused(channel) {
  if (channel._subscribers.length > 0 || channel._stores.size > 0) return;
  Object.setPrototypeOf(channel, Channel.prototype);
  channel._subscribers = undefined;
  channel._stores = undefined;
}

// A subscriber's failure is the program's, not the publisher's.
function reportLater(error) {
  nextTick(() => globalThis.reportError(error));
}

function inStore(store, transform, data, next) {
  return () => {
    let context = data;
    if (transform !== undefined) {
      try {
        context = transform(data);
      } catch (error) {
        reportLater(error);
        return next();
      }
    }
    return store.run(context, next);
  };
}

class ActiveChannel {
  _subscribers;
  _stores;
  name;

  subscribe(subscription) {
    expectFunction(subscription, "subscription");
    // A new list, so that one being published to stays as it is.
    this._subscribers = [...this._subscribers, subscription];
    references.get(this.name)?.use();
  }

  unsubscribe(subscription) {
    const index = this._subscribers.indexOf(subscription);
    if (index < 0) return false;
    this._subscribers = this._subscribers.toSpliced(index, 1);
    references.get(this.name)?.release();
    deactivateIfUnused(this);
    return true;
  }

  bindStore(store, transform) {
    if (!this._stores.has(store)) references.get(this.name)?.use();
    this._stores.set(store, transform);
  }

  unbindStore(store) {
    if (!this._stores.delete(store)) return false;
    references.get(this.name)?.release();
    deactivateIfUnused(this);
    return true;
  }

  get hasSubscribers() { return true; }

  publish(data) {
    const subscribers = this._subscribers;
    if (subscribers === undefined) return;
    for (let index = 0; index < subscribers.length; index++) {
      try {
        (0, subscribers[index])(data, this.name);
      } catch (error) {
        reportLater(error);
      }
    }
  }

  runStores(data, callback, thisArg, ...parameters) {
    let run = () => {
      this.publish(data);
      return Reflect.apply(callback, thisArg, parameters);
    };
    for (const [store, transform] of this._stores) run = inStore(store, transform, data, run);
    return run();
  }
}

class Channel {
  _subscribers;
  _stores;
  name;

  constructor(name) {
    this._subscribers = undefined;
    this._stores = undefined;
    this.name = name;
    remember(this);
  }

  static [Symbol.hasInstance](instance) {
    const prototype = getPrototypeOf(instance);
    return prototype === Channel.prototype || prototype === ActiveChannel.prototype;
  }

  subscribe(subscription) {
    activate(this);
    this.subscribe(subscription);
  }

  unsubscribe() { return false; }

  bindStore(store, transform) {
    activate(this);
    this.bindStore(store, transform);
  }

  unbindStore() { return false; }

  get hasSubscribers() { return false; }

  publish() {}

  runStores(_data, callback, thisArg, ...parameters) {
    return Reflect.apply(callback, thisArg, parameters);
  }
}

function channel(name) {
  const known = references.get(name)?.get();
  if (known !== undefined) return known;
  if (typeof name !== "string" && typeof name !== "symbol") {
    throw invalidType("channel", "of type string or symbol", name);
  }
  return new Channel(name);
}

function subscribe(name, subscription) {
  return channel(name).subscribe(subscription);
}

function unsubscribe(name, subscription) {
  return channel(name).unsubscribe(subscription);
}

function hasSubscribers(name) {
  return references.get(name)?.get()?.hasSubscribers ?? false;
}

// ---- Tracing ---------------------------------------------------------------------------------

const EVENTS = ["start", "end", "asyncStart", "asyncEnd", "error"];

// The channels to trace on: made from one name, or given.
function tracedChannels(nameOrChannels) {
  if (typeof nameOrChannels === "string") {
    return EVENTS.map((event) => channel(`tracing:${nameOrChannels}:${event}`));
  }
  if (typeof nameOrChannels !== "object") {
    throw invalidType("nameOrChannels", "an string, object, or Channel", nameOrChannels);
  }
  const { start, end, asyncStart, asyncEnd, error } = nameOrChannels;
  const given = [start, end, asyncStart, asyncEnd, error];
  for (let index = 0; index < EVENTS.length; index++) {
    if (given[index] instanceof Channel) continue;
    throw invalidType(`nameOrChannels.${EVENTS[index]}`, "an instance of Channel", given[index]);
  }
  return given;
}

class TracingChannel {
  start;
  end;
  asyncStart;
  asyncEnd;
  error;

  constructor(nameOrChannels) {
    const traced = tracedChannels(nameOrChannels);
    for (let index = 0; index < EVENTS.length; index++) this[EVENTS[index]] = traced[index];
  }

  subscribe(handlers) {
    for (const event of EVENTS) {
      if (handlers[event]) this[event]?.subscribe(handlers[event]);
    }
  }

  unsubscribe(handlers) {
    let isDone = true;
    for (const event of EVENTS) {
      if (!handlers[event]) continue;
      if (!this[event]?.unsubscribe(handlers[event])) isDone = false;
    }
    return isDone;
  }

  traceSync(callback, context = {}, thisArg, ...parameters) {
    return traced(this, context, () => {
      const result = Reflect.apply(callback, thisArg, parameters);
      context.result = result;
      return result;
    });
  }

  tracePromise(callback, context = {}, thisArg, ...parameters) {
    const { asyncStart, asyncEnd, error } = this;
    const settled = () => {
      asyncStart.publish(context);
      asyncEnd.publish(context);
    };
    return traced(this, context, () => {
      const result = Reflect.apply(callback, thisArg, parameters);
      const promise = result instanceof Promise ? result : Promise.resolve(result);
      return promise.then((value) => {
        context.result = value;
        settled();
        return value;
      }, (reason) => {
        context.error = reason;
        error.publish(context);
        settled();
        return Promise.reject(reason);
      });
    });
  }

  traceCallback(traceable, position = -1, context = {}, thisArg, ...parameters) {
    const { asyncStart, asyncEnd, error } = this;
    const callback = Array.prototype.at.call(parameters, position);
    expectFunction(callback, "callback");
    function tracedCallback(reason, result) {
      if (reason) {
        context.error = reason;
        error.publish(context);
      } else {
        context.result = result;
      }
      // Stores bound to asyncStart can bring a lost context back.
      asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(callback, this, arguments);
        } finally {
          asyncEnd.publish(context);
        }
      });
    }
    parameters.splice(position, 1, tracedCallback);
    return traced(this, context, () => Reflect.apply(traceable, thisArg, parameters));
  }
}

// Runs between `start` and `end`; what it throws is published.
function traced({ start, end, error }, context, run) {
  return start.runStores(context, () => {
    try {
      return run();
    } catch (reason) {
      context.error = reason;
      error.publish(context);
      throw reason;
    } finally {
      end.publish(context);
    }
  });
}

function tracingChannel(nameOrChannels) {
  return new TracingChannel(nameOrChannels);
}

module.exports = { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe, Channel };
