"use strict";
// Ends of channels whose other end may be in another thread. Native code keeps what has arrived;
// an end is told when there is something and hands its messages out once it was started.
// Invariants: messages are handed out in order, each followed by the microtasks it made; a closed
// peer is told behind its last message.

const { afterCallback } = require("runtime/event-loop");

/** Messages handed out before others have their turn. */
const MESSAGES_A_TURN = 64;

const remoteEnds = new Map();
let isWatching = false;

function watch() {
  if (isWatching) return;
  isWatching = true;
  ops.portsWatch((count) => {
    for (let index = 0; index < count; index++) remoteEnds.get(ops.portNext())?.arrived();
  });
}

/** What arrived at an end: `{ data, ports }`, or `{ failed }` where it could not be read. */
function read(parts) {
  const { Reader } = require("web/serialize/threads");
  const ports = [];
  try {
    const numbers = parts[2];
    if (numbers.length > 0) {
      const { adoptEnd } = require("web/message-port");
      for (let index = 0; index < numbers.length; index++) ports.push(adoptEnd(numbers[index]));
    }
    const lists = { ports, shared: parts[3], buffers: parts.slice(4) };
    return { data: new Reader(parts[0], parts[1], lists).value(), ports, failed: undefined };
  } catch (error) {
    return { data: null, ports, failed: error };
  }
}

/**
 * Writes a value for another thread and sends it to the peer of end `number`; what is listed in
 * `transfers` moves.
 */
function post(number, value, transfers) {
  write(ops.portPost, number, value, transfers);
}

/** The same for the end that was opened under a name; false where there is none. */
function sendTo(name, value, transfers) {
  return write(ops.channelSend, name, value, transfers);
}

function write(send, target, value, transfers) {
  const { Writer, TAG } = require("web/serialize/threads");
  const writer = Writer.take();
  if (transfers.length === 0) {
    writer.value(value);
    const { shared } = writer;
    if (shared.length === 0) {
      const isSent = send(target, writer.finish(), writer.text, 0, 0);
      Writer.keep(writer);
      return isSent;
    }
    return send(target, writer.finish(), writer.text, 0, shared.length, ...shared);
  }
  const { isPort, exportEnd } = require("web/message-port");
  const { checkTransfers, refusedByPost } = require("web/structured-clone");
  checkTransfers(transfers, refusedByPost);
  const ports = transfers.filter(isPort);
  const buffers = transfers.filter((item) => !isPort(item));
  writer.moved = new Map();
  ports.forEach((port, place) => writer.moved.set(port, { tag: TAG.MOVED_PORT, place }));
  buffers.forEach((buffer, place) => writer.moved.set(buffer, { tag: TAG.MOVED_BUFFER, place }));
  writer.value(value);
  const { shared } = writer;
  const counts = [ports.length, shared.length];
  // A buffer whose bytes native code has seen cannot be emptied any more: it goes first.
  const contents = buffers.map((buffer) => buffer.transfer());
  const given = [...ports.map(exportEnd), ...shared, ...contents];
  return send(target, writer.finish(), writer.text, ...counts, ...given);
}

class RemoteEnd {
  constructor(number, backlog = []) {
    this.number = number;
    /** Messages that have been read, or came before the channel left this thread. */
    this.queue = backlog;
    this.started = false;
    this.closed = false;
    this.face = null;
    this.isScheduled = false;
    remoteEnds.set(number, this);
    watch();
  }

  post(value, transfers) {
    post(this.number, value, transfers);
  }

  start() {
    if (this.started || this.closed) return;
    this.started = true;
    this.schedule();
  }

  /** Hands messages out in a later turn. */
  schedule() {
    if (this.isScheduled) return;
    this.isScheduled = true;
    require("runtime/timers").setImmediate(() => {
      this.isScheduled = false;
      this.deliver();
    });
  }

  arrived() {
    if (this.started) {
      this.deliver();
      return;
    }
    // Nobody listens yet, but a close must be heard.
    for (let parts = ops.portTake(this.number); parts !== undefined;
      parts = ops.portTake(this.number)) {
      if (typeof parts !== "object" || parts === null) {
        this.ended(parts);
        return;
      }
      this.queue.push(read(parts));
    }
  }

  /** The next message; `undefined` without one. */
  take() {
    if (this.queue.length > 0) return this.queue.shift();
    if (this.closed) return undefined;
    const parts = ops.portTake(this.number);
    if (parts === undefined) return undefined;
    if (parts === null || typeof parts !== "object") {
      this.ended(parts);
      return undefined;
    }
    return read(parts);
  }

  deliver() {
    for (let count = 0; this.started && this.face !== null; count++) {
      if (count === MESSAGES_A_TURN) {
        this.schedule();
        return;
      }
      const message = this.take();
      if (message === undefined) return;
      this.face.receive(message);
      if (!afterCallback()) {
        this.schedule();
        return;
      }
    }
  }

  /** The peer has closed (`null`), or the worker there has ended with a code. */
  ended(reason) {
    this.release();
    this.face?.ended(reason);
  }

  release() {
    if (this.closed) return;
    this.closed = true;
    remoteEnds.delete(this.number);
    ops.portClose(this.number);
  }

  close() {
    this.queue = [];
    this.release();
  }

  /** Takes the end out of this thread; its number. */
  leave() {
    this.closed = true;
    remoteEnds.delete(this.number);
    return this.number;
  }
}

/** Writes a value that stays whole here, for every end of a broadcast channel but `number`. */
function broadcast(number, value, name) {
  const { Writer } = require("web/serialize/threads");
  const writer = new Writer();
  writer.value(value);
  const { shared } = writer;
  ops.channelPost(number, writer.finish(), writer.text, 0, shared.length, ...shared, name);
}

module.exports = {
  RemoteEnd, broadcast, post, sendTo,
  pair: () => ops.portPair(),
  channelOpen: (name) => ops.channelOpen(name),
  channelClose: (number, name) => ops.channelClose(number, name),
  workerStart: (number) => ops.workerStart(number),
  workerStop: (number) => ops.workerStop(number),
  workerJoin: (number) => ops.workerJoin(number),
  ownThread: () => ops.ownThread(),
};
