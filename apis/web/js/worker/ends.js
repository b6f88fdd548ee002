"use strict";
// Ends of channels whose other end may be in another thread. Native code keeps what has arrived;
// an end is told when there is something and hands its messages out once it was started.
// Invariants: messages are handed out in order, each followed by the microtasks it made; a closed
// peer is told behind its last message.

const { afterCallback } = require("runtime/event-loop");

const { parse } = JSON;

/** Messages handed out before others have their turn. */
const MESSAGES_A_TURN = 64;

const remoteEnds = new Map();
let isWatching = false;

function watch() {
  if (isWatching) return;
  isWatching = true;
  ops.portsWatch((count) => {
    for (let index = 0; index < count; index++) {
      if (index > 0) afterCallback();
      remoteEnds.get(ops.portNext())?.arrived();
    }
  });
}

/** What native code says of each arrival: see messages.rs. */
const PLAIN = 0;
const SMALL = 1;
const WHOLE = 2;
const CLOSED = 3;
const JSON_TEXT = 5;

const NONE = Object.freeze([]);
const NO_LISTS = { ports: NONE, shared: NONE, buffers: NONE };

/** Reads a message that came in parts: bytes, text, and what moved or is shared. */
function readWhole(parts) {
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

/** What an end has taken from native code at once and not handed out yet. */
class Arrivals {
  constructor() {
    this.list = NONE;
    this.place = 0;
    /** Reads the bytes that all small messages of the list share. */
    this.reader = null;
  }

  get isEmpty() { return this.place >= this.list.length; }

  /** Takes more; false where there is nothing. */
  fetch(number, count) {
    const list = ops.portTake(number, count);
    if (list === undefined) return false;
    this.list = list;
    this.place = 1;
    if (list[0] !== undefined) {
      const { Reader } = require("web/serialize/threads");
      this.reader = new Reader(list[0], "", NO_LISTS);
    }
    return true;
  }

  /** The next message: `{ data, ports, failed }`; `null` where the end of all follows. */
  next() {
    const { list } = this;
    switch (list[this.place]) {
      case PLAIN:
        this.place += 2;
        return { data: list[this.place - 1], ports: NONE, failed: undefined };
      case JSON_TEXT:
        this.place += 2;
        return { data: parse(list[this.place - 1]), ports: NONE, failed: undefined };
      case SMALL:
        this.place += 3;
        return this.small(list[this.place - 2], list[this.place - 1]);
      case WHOLE:
        this.place += 2;
        return readWhole(list[this.place - 1]);
      default:
        return null;
    }
  }

  small(text, count) {
    const { reader } = this;
    const { place } = reader;
    try {
      return { data: reader.restart(text).value(), ports: NONE, failed: undefined };
    } catch (error) {
      return { data: null, ports: NONE, failed: error };
    } finally {
      reader.place = place + count;
    }
  }

  /** Behind the last message: the code of a worker that has ended, `null` where the peer closed. */
  ending() {
    const { list, place } = this;
    this.place = list.length;
    return list[place] === CLOSED ? null : list[place + 1];
  }
}

/**
 * Writes a value for another thread and sends it to the peer of end `number`; what is listed in
 * `transfers` moves.
 */
function post(number, value, transfers) {
  if (transfers.length === 0) {
    if (isPlain(value)) return ops.portPostPlain(number, value);
    const text = require("web/worker/json").textOf(value);
    if (text !== undefined) return ops.portPostJson(number, text);
  }
  return write(ops.portPost, number, value, transfers);
}

function isPlain(value) {
  switch (typeof value) {
    case "string": case "number": case "boolean": case "undefined": return true;
    default: return value === null;
  }
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
      const isSent = send(target, writer.bytes, writer.length, writer.text, 0, 0);
      Writer.keep(writer);
      return isSent;
    }
    return send(
      target, writer.bytes, writer.length, writer.text, 0, shared.length, ...shared,
    );
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
  return send(target, writer.bytes, writer.length, writer.text, ...counts, ...given);
}

class RemoteEnd {
  constructor(number, backlog = [], isOneByOne = false) {
    this.number = number;
    /** Whether each message has been announced by itself, in order with those of other ends. */
    this.isOneByOne = isOneByOne;
    /** Messages that have been read, or came before the channel left this thread. */
    this.queue = backlog;
    this.arrivals = new Arrivals();
    this.started = false;
    this.closed = false;
    this.face = null;
    this.isScheduled = false;
    /** Whether the peer is gone, and why. */
    this.isOrphan = false;
    this.reason = null;
    remoteEnds.set(number, this);
    watch();
  }

  post(value, transfers) {
    post(this.number, value, transfers);
  }

  start() {
    if (this.started || this.closed) return;
    this.started = true;
    // What is announced one by one is handed out when it is.
    if (!this.isOneByOne || this.queue.length > 0) this.schedule(true);
  }

  /** Hands messages out in a later turn, in which there may be none. */
  schedule(isLooking = false) {
    if (this.isScheduled) return;
    this.isScheduled = true;
    const handing = require("runtime/timers").setImmediate(() => {
      this.isScheduled = false;
      this.deliver(MESSAGES_A_TURN);
    });
    // Looking whether there is anything keeps no program alive.
    if (isLooking && this.queue.length === 0) handing.unref();
  }

  arrived() {
    if (this.started) {
      if (this.isOneByOne) this.deliver(1);
      else this.deliver(MESSAGES_A_TURN);
      return;
    }
    // Nobody listens yet, but a close must be heard.
    this.readAll();
  }

  /** Reads whatever has arrived. */
  readAll() {
    for (let message = this.take(true); message !== undefined; message = this.take(true)) {
      this.queue.push(message);
    }
  }

  /** The next message; `undefined` without one. */
  take(isReadingOn = false) {
    if (!isReadingOn && this.queue.length > 0) {
      const message = this.queue.shift();
      if (this.isOrphan && this.queue.length === 0) this.schedule();
      return message;
    }
    if (this.closed || this.isOrphan) return undefined;
    const { arrivals } = this;
    if (arrivals.isEmpty && !arrivals.fetch(this.number, MESSAGES_A_TURN)) return undefined;
    const message = arrivals.next();
    if (message !== null) return message;
    this.ended(arrivals.ending());
    return undefined;
  }

  deliver(most) {
    for (let count = 0; this.started && this.face !== null; count++) {
      if (count === most) {
        if (!this.isOneByOne) this.schedule();
        return;
      }
      const message = this.take();
      if (message === undefined) break;
      this.face.receive(message);
      if (!afterCallback() && !this.isOneByOne) {
        this.schedule();
        return;
      }
    }
    if (this.isOrphan && this.queue.length === 0) this.ended(this.reason);
  }

  /**
   * The peer has closed (`null`), or the worker there has ended with a code: told once what was
   * read before has been handed out.
   */
  ended(reason) {
    this.reason = reason;
    this.isOrphan = true;
    this.release();
    if (this.queue.length > 0 || this.closed) return;
    this.closed = true;
    this.face?.ended(reason);
  }

  release() {
    if (!remoteEnds.delete(this.number)) return;
    ops.portClose(this.number);
  }

  close() {
    this.queue = [];
    this.closed = true;
    this.release();
  }

  /** Takes the end out of this thread, with what was read and not handed out; its number. */
  leave() {
    this.readAll();
    this.closed = true;
    const waiting = this.queue;
    this.queue = [];
    if (this.isOrphan) return orphanOf(waiting);
    for (const { data, ports } of waiting) write(ops.portPutBack, this.number, data, ports);
    remoteEnds.delete(this.number);
    return this.number;
  }
}

/** An end whose peer has closed, with messages that wait; its number. */
function orphanOf(waiting) {
  const [own, other] = ops.portPair();
  for (const { data, ports } of waiting) post(other, data, ports);
  ops.portClose(other);
  return own;
}

/** Writes a value that stays whole here, for every end of a broadcast channel but `number`. */
function broadcast(number, value, name) {
  const { Writer } = require("web/serialize/threads");
  const writer = new Writer();
  writer.value(value);
  const { shared } = writer;
  const { bytes, length, text } = writer;
  ops.channelPost(number, bytes, length, text, 0, shared.length, ...shared, name);
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
