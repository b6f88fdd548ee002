// Sockets and servers that go from process to process over a channel, as Node sends them: a
// message that names the kind carries the descriptor, and the receiver acknowledges it.
// Invariant: until a handle is acknowledged, what is sent behind it waits, so that messages keep
// their order; only then is the sender's own descriptor closed.
"use strict";

const descriptors = require("bun/spawn-native");
const { makeError } = require("node/errors");
const { loadedModule } = require("runtime/prelude");
const { nextTick } = require("runtime/event-loop");

const HANDLE = "NODE_HANDLE";
const ACCEPTED = "NODE_HANDLE_ACK";
const LOST = "NODE_HANDLE_NACK";
// How often a handle that got lost is sent again.
const TRIES_MAX = 3;

function refused() {
  return makeError("TypeError", "ERR_INVALID_HANDLE_TYPE", "This handle type cannot be sent");
}

/** What is sent for a handle: `{ type, native, sent }`; undefined where it has no descriptor. */
function describe(handle, options) {
  if (handle === undefined || handle === null || typeof handle === "function") return undefined;
  const { NATIVE, TCP, Pipe } = require("node/net/handles");
  const dgram = loadedModule("node/dgram");
  if (dgram !== undefined && handle instanceof dgram.Socket) {
    const native = handle[NATIVE];
    return native === null ? undefined
      : { type: "dgram.Socket", dgramType: handle.type, native, sent() {} };
  }
  const net = loadedModule("node/net");
  if (net === undefined) throw refused();
  const isSendable = (native) => native instanceof TCP || native instanceof Pipe;
  if (isSendable(handle)) return { type: "net.Native", native: handle, sent() {} };
  const isServer = handle instanceof net.Server;
  if (!isServer && !(handle instanceof net.Socket)) throw refused();
  const native = handle._handle;
  if (!native) return undefined;
  if (!isSendable(native)) throw refused();
  if (isServer) {
    native.share();
    return { type: "net.Server", native, sent() {} };
  }
  return { type: "net.Socket", native, sent: () => letGo(handle, native, options) };
}

// The socket is the receiver's from now on, unless its sender keeps it.
function letGo(socket, native, options) {
  if (options?.keepOpen) return;
  native.readStop();
  socket._handle = null;
  socket.setTimeout(0);
  const server = socket._server;
  if (!server) return;
  socket._server = null;
  server._connections--;
  server._emitCloseIfDrained();
}

// What a receiver makes of a descriptor; `done(handle)` once it can be used.
function receive({ type, dgramType }, descriptor, done) {
  if (type === "dgram.Socket") {
    const socket = require("node/dgram").createSocket(dgramType ?? "udp4");
    socket.bind({ fd: descriptor }, () => done(socket));
    return;
  }
  const handles = require("node/net/handles");
  const Class = handles.kindOf(descriptor) === "TCP" ? handles.TCP : handles.Pipe;
  const net = require("node/net");
  if (type === "net.Server") {
    const server = new net.Server();
    server.listen({ fd: descriptor }, () => done(server));
    return;
  }
  const native = handles.adopt(descriptor, Class);
  if (type === "net.Native") done(native);
  else done(new net.Socket({ handle: native, readable: true, writable: true }));
}

// The message that a descriptor goes with.
function announcing({ message, described: { type, dgramType } }) {
  return { cmd: HANDLE, type, dgramType, msg: message };
}

function letPendingGo({ item, native, keepsOpen }) {
  descriptors.childCloseFile(item.descriptor);
  if (!keepsOpen) native.close();
}

/** One end of a channel that passes handles. */
class Passing {
  #channel;
  // What was sent and is not acknowledged, and what waits behind it.
  #pending = null;
  #waiting = [];

  constructor(channel) {
    this.#channel = channel;
  }

  /** As Channel.send, with the handle and the options that a program gave. */
  send(message, handle, options, callback) {
    const described = describe(handle, options);
    if (described === undefined && this.#pending === null) {
      return this.#channel.send(message, callback);
    }
    // The program may close its own before this one's turn comes.
    const descriptor = described && descriptors.childDuplicate(described.native.fd);
    const item = { message, described, descriptor, options, callback };
    if (this.#pending !== null) {
      this.#waiting.push(item);
      return true;
    }
    return this.#send(item);
  }

  #send(item) {
    const { described, options, callback } = item;
    if (described === undefined) return this.#channel.send(item.message, callback);
    const { type, native, sent } = described;
    const keepsOpen = type !== "net.Socket" || options?.keepOpen;
    this.#pending = { item, native, tries: 1, keepsOpen };
    const wasTaken = this.#channel.send(announcing(item), callback, item.descriptor);
    sent();
    return wasTaken;
  }

  // The receiver has it, or has lost it.
  #answered(isAccepted) {
    const pending = this.#pending;
    if (pending === null) return;
    if (!isAccepted && pending.tries < TRIES_MAX) {
      pending.tries++;
      this.#channel.send(announcing(pending.item), undefined, pending.item.descriptor);
      return;
    }
    this.#pending = null;
    letPendingGo(pending);
    while (this.#pending === null && this.#waiting.length > 0) this.#send(this.#waiting.shift());
  }

  /** Whether a message that has come is about handles; `emit(message, handle)` tells of one. */
  take(message, takeDescriptor, emit) {
    switch (message.cmd) {
      case ACCEPTED:
      case LOST:
        this.#answered(message.cmd === ACCEPTED);
        return true;
      case HANDLE:
        this.#received(message, takeDescriptor(), emit);
        return true;
      default: return false;
    }
  }

  #received(message, descriptor, emit) {
    if (!this.#channel.isConnected) return;
    this.#channel.send({ cmd: descriptor === undefined ? LOST : ACCEPTED }, undefined);
    if (descriptor === undefined) return;
    receive(message, descriptor, (handle) => emit(message.msg, handle));
  }

  /** The channel is over: nobody acknowledges any more. */
  closed() {
    const pending = this.#pending;
    this.#pending = null;
    if (pending !== null) letPendingGo(pending);
    for (const { callback, descriptor } of this.#waiting.splice(0)) {
      if (descriptor !== undefined) descriptors.childCloseFile(descriptor);
      if (callback === undefined) continue;
      nextTick(callback, [makeError("Error", "ERR_IPC_CHANNEL_CLOSED", "Channel closed")]);
    }
  }
}

module.exports = { Passing };
