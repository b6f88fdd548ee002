// compose(): one duplex stream made of many, which writes to the first and reads from the last;
// and the joint of two separate streams, which Duplex.from needs.
"use strict";

const {
  isNodeStream, isReadable, isWritable, isWebStream, isTransformStream, isWritableStream,
  isReadableStream,
} = require("node/stream/status");
const { abortError, missingStreams } = require("node/stream/errors");
const { Duplex } = require("node/stream/duplex");
const { destroyer } = require("node/stream/destroy");
const { finished } = require("node/stream/end-of-stream");

const canBeRead =
  (stream) => Boolean(isReadable(stream) || isReadableStream(stream) || isTransformStream(stream));
const canBeWritten =
  (stream) => Boolean(isWritable(stream) || isWritableStream(stream) || isTransformStream(stream));

function expectSides(streams, given) {
  const { invalidValue } = require("node/errors");
  streams.forEach((stream, index) => {
    if (!isNodeStream(stream) && !isWebStream(stream)) return;
    if (index < streams.length - 1 && !canBeRead(stream)) {
      throw invalidValue(`streams[${index}]`, given[index], "must be readable");
    }
    if (index > 0 && !canBeWritten(stream)) {
      throw invalidValue(`streams[${index}]`, given[index], "must be writable");
    }
  });
}

function compose(given) {
  if (given.length === 0) throw missingStreams();
  if (given.length === 1) return Duplex.from(given[0]);
  const streams = given.slice();
  const last = streams.length - 1;
  if (typeof streams[0] === "function") streams[0] = Duplex.from(streams[0]);
  if (typeof streams[last] === "function") streams[last] = Duplex.from(streams[last]);
  expectSides(streams, given);
  const head = streams[0];
  const joint = new Joint();
  const { pipeline } = require("node/stream/pipeline");
  const tail = pipeline([...streams, (error) => joint.finished(error)]);
  joint.writes = canBeWritten(head);
  joint.reads = canBeRead(tail);
  const duplex = joint.attach(new Duplex({
    writableObjectMode: Boolean(head?.writableObjectMode),
    readableObjectMode: Boolean(tail?.readableObjectMode),
    writable: joint.writes,
    readable: joint.reads,
  }));
  if (joint.writes) {
    if (isNodeStream(head)) joint.writeTo(head);
    else if (isWebStream(head)) joint.writeToWeb(isTransformStream(head) ? head.writable : head);
    finished(isTransformStream(tail) ? tail.readable : tail, () => joint.answerFinal());
  }
  if (joint.reads) {
    if (isNodeStream(tail)) joint.readFrom(tail);
    else if (isWebStream(tail)) joint.readFromWeb(isTransformStream(tail) ? tail.readable : tail);
  }
  joint.destroys = isNodeStream(tail) ? [tail] : [];
  return duplex;
}

/** A duplex stream over other streams: its callbacks wait for their events. */
class Joint {
  constructor() {
    this.duplex = undefined;
    this.reads = false;
    this.writes = false;
    this.destroys = [];
    this.destroysAlways = true;
    this.onDrain = null;
    this.onFinish = null;
    this.onReadable = null;
    // Undefined until the streams are done or destroy waits for that; null when they are.
    this.onClose = undefined;
  }

  attach(duplex) {
    this.duplex = duplex;
    duplex._destroy = (error, callback) => { this.destroy(error, callback); };
    return duplex;
  }

  /** All streams are done. */
  finished(error) {
    const callback = this.onClose;
    this.onClose = null;
    if (callback) callback(error);
    else if (error) this.duplex.destroy(error);
    else if (!this.reads && !this.writes) this.duplex.destroy();
  }

  destroy(given, callback) {
    const running = this.onClose !== null;
    const error = !given && running ? abortError() : given;
    this.onReadable = null;
    this.onDrain = null;
    this.onFinish = null;
    if (running) this.onClose = callback;
    if (running || this.destroysAlways) {
      for (const stream of this.destroys) destroyer(stream, error);
    }
    if (!running) callback(error);
  }

  answer(name) {
    const callback = this[name];
    if (!callback) return;
    this[name] = null;
    callback();
  }

  answerFinal() { this.answer("onFinish"); }

  writeTo(stream) {
    this.duplex._write = (chunk, encoding, callback) => {
      if (stream.write(chunk, encoding)) callback();
      else this.onDrain = callback;
    };
    this.duplex._final = (callback) => {
      stream.end();
      this.onFinish = callback;
    };
    stream.on("drain", () => this.answer("onDrain"));
  }

  writeToWeb(stream) {
    const writer = stream.getWriter();
    this.duplex._write = async (chunk, _encoding, callback) => {
      try {
        await writer.ready;
        writer.write(chunk).catch(() => {});
        callback();
      } catch (error) {
        callback(error);
      }
    };
    this.duplex._final = async (callback) => {
      try {
        await writer.ready;
        writer.close().catch(() => {});
        this.onFinish = callback;
      } catch (error) {
        callback(error);
      }
    };
  }

  readFrom(stream) {
    const { duplex } = this;
    stream.on("readable", () => this.answer("onReadable"));
    stream.on("end", () => { duplex.push(null); });
    duplex._read = () => {
      for (;;) {
        const chunk = stream.read();
        if (chunk === null) {
          this.onReadable = () => duplex._read();
          return;
        }
        if (!duplex.push(chunk)) return;
      }
    };
  }

  readFromWeb(stream) {
    const { duplex } = this;
    const reader = stream.getReader();
    duplex._read = async () => {
      try {
        for (;;) {
          const { value, done } = await reader.read();
          if (!duplex.push(value)) return;
          if (done) {
            duplex.push(null);
            return;
          }
        }
      } catch {
        // The pipeline tells of the failure.
      }
    };
  }
}

module.exports = { compose, Joint };
