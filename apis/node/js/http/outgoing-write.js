// Writing an OutgoingMessage's content: framing, corking, and the queue of what has no socket
// yet.
"use strict";

const { nextTick } = require("runtime/event-loop");
const codes = require("node/error-codes");
const { Buffer } = require("node/buffer");
const { Symbol, Uint8Array } = globalThis;

const symbols = {
  BODY_WRITES: Symbol("kRejectNonStandardBodyWrites"),
  BYTES: Symbol("kBytesWritten"),
  CHUNKS: Symbol("kChunkedBuffer"),
  CHUNKS_LENGTH: Symbol("kChunkedLength"),
  CORKED: Symbol("corked"),
  ERRORED: Symbol("kErrored"),
  // What the connection does when a response has been sent, before its listeners hear of it.
  FINISHED: Symbol("kFinished"),
  HIGH_WATER_MARK: Symbol("kHighWaterMark"),
  NEEDS_DRAIN: Symbol("kNeedDrain"),
  OUT_HEADERS: Symbol("kOutHeaders"),
  SOCKET: Symbol("kSocket"),
  UNIQUE_HEADERS: Symbol("kUniqueHeaders"),
};
const {
  BODY_WRITES, BYTES, CHUNKS, CHUNKS_LENGTH, CORKED, ERRORED, FINISHED, HIGH_WATER_MARK,
  NEEDS_DRAIN, SOCKET,
} = symbols;

function nothing() {}

const isText = (encoding) => encoding === "utf8" || encoding === "latin1" || !encoding;

const NOT_ASCII = /[^\x00-\x7f]/;

// Whether head and first piece can be one text; a head is Latin-1, whatever the content is.
function joinsHead(head, data, encoding) {
  if (typeof data !== "string" || !isText(encoding)) return false;
  return data === "" || encoding === "latin1" || !NOT_ASCII.test(head);
}

const SHORT = 4096;

// Text that is the same bytes in every encoding, and soon seen to be.
function isShortAscii(text) {
  return text.length <= SHORT && !NOT_ASCII.test(text);
}

function byteLength(chunk, encoding) {
  return typeof chunk === "string" ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
}

function checkChunk(chunk) {
  if (chunk === null) throw codes.ERR_STREAM_NULL_VALUES();
  if (typeof chunk === "string" || chunk instanceof Uint8Array) return;
  throw codes.ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer", "Uint8Array"], chunk);
}

function failLater(message, error, callback) {
  if (message.destroyed) return;
  nextTick(emitError, [message, error, callback]);
}

function emitError(message, error, callback) {
  callback(error);
  if (typeof message.destroy === "function" && !message._closed) message.emit("error", error);
}

function holdsLength(message) {
  return message.strictContentLength && message._contentLength !== null &&
    message._contentLength !== undefined && message._hasBody && !message._removedContLen &&
    !message.chunkedEncoding && !message.hasHeader("transfer-encoding");
}

function uncork(socket) {
  socket.uncork();
}

// Writes a piece of content; false where the writer should wait for 'drain'.
// With `isWhole`, undefined where nothing was written and the end is still to be.
function writeChunk(message, chunk, encoding, given, isEnd, isWhole = false) {
  const callback = typeof given === "function" ? given : nothing;
  checkChunk(chunk);
  let error;
  if (message.finished) error = codes.ERR_STREAM_WRITE_AFTER_END();
  else if (message.destroyed) error = codes.ERR_STREAM_DESTROYED("write");
  if (error !== undefined) {
    if (message.destroyed) nextTick(callback, [error]);
    else failLater(message, error, callback);
    return false;
  }
  let bytes;
  if (message.strictContentLength) {
    bytes = byteLength(chunk, encoding);
    checkLength(message, bytes, isEnd);
    message[BYTES] += bytes;
  }
  if (!message._header) {
    if (isEnd) {
      bytes ??= byteLength(chunk, encoding);
      message._contentLength = bytes;
    }
    message._implicitHeader();
  }
  if (isWhole && message.chunkedEncoding) {
    send(message, chunk, encoding, nothing, bytes);
    return undefined;
  }
  if (!message._hasBody) {
    if (message[BODY_WRITES]) throw codes.ERR_HTTP_BODY_NOT_ALLOWED();
    if (isWhole) return undefined;
    nextTick(callback, []);
    return true;
  }
  const socket = message[SOCKET];
  if (!isEnd && socket && !socket.writableCorked) {
    socket.cork();
    nextTick(uncork, [socket]);
  }
  const accepted = send(message, chunk, encoding, callback, bytes);
  if (!accepted) message[NEEDS_DRAIN] = true;
  return accepted;
}

function send(message, chunk, encoding, callback, knownBytes) {
  if (!message.chunkedEncoding || chunk.length === 0) {
    return message._send(chunk, encoding, callback, knownBytes);
  }
  const bytes = knownBytes ?? byteLength(chunk, encoding);
  if (message[CORKED] && message._headerSent) {
    (message[CHUNKS] ??= []).push(chunk, encoding, callback);
    message[CHUNKS_LENGTH] += bytes;
    return message[CHUNKS_LENGTH] < message[HIGH_WATER_MARK];
  }
  const size = bytes.toString(16);
  if (typeof chunk === "string" && isText(encoding)) {
    return message._send(`${size}\r\n${chunk}\r\n`, encoding, callback);
  }
  message._send(`${size}\r\n`, "latin1", null);
  message._send(chunk, encoding, null, bytes);
  return message._send("\r\n", "latin1", callback);
}

function checkLength(message, bytes, isEnd) {
  if (!holdsLength(message)) return;
  const total = message[BYTES] + bytes;
  const expected = message._contentLength;
  if (isEnd ? total === expected : total <= expected) return;
  throw codes.ERR_HTTP_CONTENT_LENGTH_MISMATCH(total, expected);
}

/** Tells a writer that waits that it may go on. */
function emitDrain(message) {
  if (!message[NEEDS_DRAIN]) return;
  message[NEEDS_DRAIN] = false;
  message.emit("drain");
}

function onFinish(message) {
  if (message?.[SOCKET]?._hadError) return;
  message[FINISHED]?.(message);
  message.emit("finish");
}

function endMessage(message, chunk, encoding, callback) {
  if (chunk) {
    if (message.finished) {
      const error = codes.ERR_STREAM_WRITE_AFTER_END();
      failLater(message, error, typeof callback === "function" ? callback : nothing);
      return message;
    }
    if (!message._header && !message[CORKED] && !message.chunkedEncoding) {
      return endAtOnce(message, chunk, encoding, callback);
    }
    message[SOCKET]?.cork();
    writeChunk(message, chunk, encoding, null, true);
  } else if (message.finished) {
    if (typeof callback === "function") {
      if (message.writableFinished) callback(codes.ERR_STREAM_ALREADY_FINISHED("end"));
      else message.on("finish", callback);
    }
    return message;
  } else if (!message._header) {
    message[SOCKET]?.cork();
    message._contentLength = 0;
    message._implicitHeader();
  }
  if (typeof callback === "function") message.once("finish", callback);
  if (holdsLength(message) && message[BYTES] !== message._contentLength) {
    throw codes.ERR_HTTP_CONTENT_LENGTH_MISMATCH(message[BYTES], message._contentLength);
  }
  finish(message);
  return message;
}

// All of a message in one write, where nothing of it has been written before.
function endAtOnce(message, chunk, encoding, callback) {
  const isSent = writeChunk(message, chunk, encoding, () => onFinish(message), true, true);
  if (isSent === undefined) {
    finishWith(message, callback);
    return message;
  }
  if (typeof callback === "function") message.once("finish", callback);
  ended(message);
  return message;
}

function finishWith(message, callback) {
  if (typeof callback === "function") message.once("finish", callback);
  finish(message);
}

function finish(message) {
  const done = () => onFinish(message);
  if (message._hasBody && message.chunkedEncoding) {
    message._send(`0\r\n${message._trailer}\r\n`, "latin1", done);
  } else if (!message._headerSent || message.writableLength > 0) {
    message._send("", "latin1", done);
  } else {
    nextTick(done, []);
  }
  ended(message);
}

function ended(message) {
  const socket = message[SOCKET];
  if (socket && socket.writableCorked > 0) {
    // Undoes what `end` and the program have corked.
    socket._writableState.corked = 1;
    socket.uncork();
  }
  message[CORKED] = 1;
  message.uncork();
  message.finished = true;
  if (message.outputData.length === 0 && socket && socket._httpMessage === message) {
    message._finish();
  }
}

const methods = {
  cork() {
    this[CORKED]++;
    this[SOCKET]?.cork();
  },
  uncork() {
    this[CORKED]--;
    this[SOCKET]?.uncork();
    const chunks = this[CHUNKS];
    if (this[CORKED] || chunks === null || chunks.length === 0) return;
    const callbacks = [];
    this._send(`${this[CHUNKS_LENGTH].toString(16)}\r\n`, "latin1", null);
    for (let index = 0; index < chunks.length; index += 3) {
      this._send(chunks[index], chunks[index + 1], null);
      if (chunks[index + 2]) callbacks.push(chunks[index + 2]);
    }
    const done = callbacks.length === 0 ? null : (error) => {
      for (const callback of callbacks) callback(error);
    };
    this._send("\r\n", "latin1", done);
    this[CHUNKS] = null;
    this[CHUNKS_LENGTH] = 0;
  },
  setTimeout(milliseconds, callback) {
    if (callback) this.on("timeout", callback);
    if (!this[SOCKET]) {
      this.once("socket", function setTimeoutOnSocket(socket) {
        socket.setTimeout(milliseconds);
      });
    } else {
      this[SOCKET].setTimeout(milliseconds);
    }
    return this;
  },
  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this[ERRORED] = error;
    if (this[SOCKET]) {
      this[SOCKET].destroy(error);
    } else {
      this.once("socket", function destroyOnSocket(socket) { socket.destroy(error); });
    }
    return this;
  },
  _send(data, encoding, callback, bytes) {
    if (!this._headerSent && this._header !== null) {
      this._headerSent = true;
      if (joinsHead(this._header, data, encoding)) {
        const joined = data === "" ? this._header : this._header + data;
        const isPlain = data === "" || isShortAscii(data);
        return this._writeRaw(joined, isPlain ? "latin1" : encoding, callback);
      }
      if (this._header.length > 0) {
        this.outputData.unshift({ data: this._header, encoding: "latin1", callback: null });
        this.outputSize += this._header.length;
        this._onPendingData(this._header.length);
      }
    }
    return this._writeRaw(data, encoding, callback, bytes);
  },
  _writeRaw(data, givenEncoding, givenCallback, bytes) {
    const socket = this[SOCKET];
    if (socket && socket.destroyed) return false;
    let encoding = givenEncoding;
    let callback = givenCallback;
    if (typeof encoding === "function") {
      callback = encoding;
      encoding = null;
    }
    if (socket && socket._httpMessage === this && socket.writable) {
      if (this.outputData.length > 0) this._flushOutput(socket);
      return socket.write(data, encoding, callback);
    }
    this.outputData.push({ data, encoding, callback });
    const size = bytes ?? data.length;
    this.outputSize += size;
    this._onPendingData(size);
    return this.outputSize < this[HIGH_WATER_MARK];
  },
  write(chunk, encoding, callback) {
    if (typeof encoding === "function") {
      return writeChunk(this, chunk, null, encoding, false);
    }
    return writeChunk(this, chunk, encoding, callback, false);
  },
  end(chunk, encoding, callback) {
    if (typeof chunk === "function") return endMessage(this, null, null, chunk);
    if (typeof encoding === "function") return endMessage(this, chunk, null, encoding);
    return endMessage(this, chunk, encoding, callback);
  },
  _finish() {
    this.emit("prefinish");
  },
  // The message has been given its socket, or its socket has sent what it was given.
  _flush() {
    const socket = this[SOCKET];
    if (!socket || !socket.writable) return;
    const accepted = this._flushOutput(socket);
    if (this.finished) {
      this._finish();
    } else if (accepted) {
      emitDrain(this);
    }
  },
  _flushOutput(socket) {
    while (this[CORKED]) {
      this[CORKED]--;
      socket.cork();
    }
    const { outputData } = this;
    if (outputData.length === 0) return undefined;
    socket.cork();
    let accepted;
    for (const { data, encoding, callback } of outputData) {
      accepted = socket.write(data, encoding, callback);
    }
    socket.uncork();
    this.outputData = [];
    this._onPendingData(-this.outputSize);
    this.outputSize = 0;
    return accepted;
  },
  flushHeaders() {
    if (!this._header) this._implicitHeader();
    this._send("");
  },
  pipe() {
    this.emit("error", codes.ERR_STREAM_CANNOT_PIPE());
  },
};
methods[globalThis.Symbol.for("nodejs.rejection")] = function rejected(error) {
  this.destroy(error);
};

module.exports = { symbols, methods, emitDrain };
