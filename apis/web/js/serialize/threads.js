"use strict";
// Values on their way to another thread of this process: tags and numbers in bytes, and every
// string in one text beside them, which native code moves as a whole. Objects met again are named
// by their number. What is transferred is named by its place in the lists that go along.
// Writing a value that cannot be cloned throws DataCloneError and moves nothing.

const { ByteReader, ByteWriter, define } = require("web/serialize/bytes");
const {
  KIND, kindOf, unboxed, viewName, errorClassName, errorMessage, makeClonedError,
  makeClonedException,
} = require("web/clone-kinds");
const { cannotClone, isUncloneable, unlistedPort } = require("web/structured-clone");

const { hasOwn, keys } = Object;

const TAG = {
  UNDEFINED: 0, NULL: 1, TRUE: 2, FALSE: 3, INT: 4, DOUBLE: 5, STRING: 6, BIGINT: 7, REFERENCE: 8,
  OBJECT: 9, ARRAY: 10, HOLE: 11, DATE: 12, MAP: 13, SET: 14, VIEW: 15, BUFFER: 16, SHARED: 17,
  REGEXP: 18, DOM_EXCEPTION: 19, ERROR: 20, BOXED: 21, MOVED_BUFFER: 22, MOVED_PORT: 23, BLOB: 24,
  FILE: 25, KEY: 26, RESIZABLE: 27, STORED_FILE: 28, KEY_OBJECT: 29, CERTIFICATE: 30,
};

/** Named properties are looked for on arrays up to this length; listing keys is slow. */
const NAMED_KEYS_LENGTH_MAX = 65536;

/** A writer this long is kept for the next message. */
const KEPT_BYTES_MAX = 65536;

let spare = null;

class Writer extends ByteWriter {
  constructor() {
    super();
    this.reset();
  }

  /** A writer of nothing yet: the one of the last message, unless that is still being written. */
  static take() {
    const writer = spare ?? new Writer();
    spare = null;
    return writer;
  }

  /** Keeps the writer of a message that was sent. */
  static keep(writer) {
    if (writer.bytes.length > KEPT_BYTES_MAX) return;
    writer.reset();
    spare = writer;
  }

  reset() {
    this.length = 0;
    this.text = "";
    this.known = null;
    this.knownCount = 0;
    /** The place of each transferred object in its list. */
    this.moved = null;
    this.shared = [];
  }

  string(text) {
    this.word(text.length);
    this.text += text;
  }

  value(value) {
    switch (typeof value) {
      case "undefined": return this.byte(TAG.UNDEFINED);
      case "boolean": return this.byte(value ? TAG.TRUE : TAG.FALSE);
      case "number":
        if ((value | 0) === value && !(value === 0 && 1 / value < 0)) {
          const place = this.room(5);
          this.bytes[place] = TAG.INT;
          return this.view.setInt32(place + 1, value, true);
        }
        this.byte(TAG.DOUBLE);
        return this.double(value);
      case "string":
        this.byte(TAG.STRING);
        return this.string(value);
      case "bigint": return this.bigint(value);
      case "object": return value === null ? this.byte(TAG.NULL) : this.object(value);
      default: throw cannotClone();
    }
  }

  bigint(value) {
    const digits = ByteWriter.digits(value);
    this.byte(TAG.BIGINT);
    this.byte(value < 0n ? 1 : 0);
    this.word(digits.length);
    for (const digit of digits) this.long(digit);
  }

  object(value) {
    this.known ??= new Map();
    const known = this.known.get(value);
    if (known !== undefined) {
      this.byte(TAG.REFERENCE);
      return this.word(known);
    }
    if (isUncloneable(value)) throw cannotClone();
    this.known.set(value, this.knownCount++);
    if (this.moved !== null && this.moved.has(value)) return this.transferred(value);
    const kind = kindOf(value);
    switch (kind) {
      case KIND.PLAIN: case KIND.INSTANCE:
        this.byte(TAG.OBJECT);
        return this.properties(value, keys(value));
      case KIND.ARRAY: return this.array(value);
      default: return WRITE[kind](this, value);
    }
  }

  transferred(value) {
    const { tag, place } = this.moved.get(value);
    this.byte(tag);
    this.word(place);
  }

  properties(value, names) {
    const { length } = names;
    this.word(length);
    for (let index = 0; index < length; index++) {
      const name = names[index];
      this.string(name);
      this.value(value[name]);
    }
  }

  array(value) {
    const { length } = value;
    this.byte(TAG.ARRAY);
    this.word(length);
    for (let index = 0; index < length; index++) {
      const item = value[index];
      if (item === undefined && !hasOwn(value, index)) this.byte(TAG.HOLE);
      else this.value(item);
    }
    this.properties(value, length <= NAMED_KEYS_LENGTH_MAX ? namedKeys(value, length) : []);
  }
}

function namedKeys(value, length) {
  const names = keys(value);
  if (names.length === 0 || names[names.length - 1] === String(length - 1)) return [];
  return names.filter((name) => !(String(name >>> 0) === name && name >>> 0 < length));
}

const WRITE = {
  [KIND.DATE](writer, value) {
    writer.byte(TAG.DATE);
    writer.double(Date.prototype.getTime.call(value));
  },
  [KIND.MAP](writer, value) {
    writer.byte(TAG.MAP);
    const entries = [];
    Map.prototype.forEach.call(value, (item, key) => { entries.push(key, item); });
    writer.word(entries.length);
    for (const entry of entries) writer.value(entry);
  },
  [KIND.SET](writer, value) {
    writer.byte(TAG.SET);
    const items = [];
    Set.prototype.forEach.call(value, (item) => { items.push(item); });
    writer.word(items.length);
    for (const item of items) writer.value(item);
  },
  [KIND.VIEW](writer, value) {
    const name = viewName(value);
    writer.byte(TAG.VIEW);
    writer.string(name);
    writer.word(value.byteOffset);
    writer.word(name === "DataView" ? value.byteLength : value.length);
    writer.value(value.buffer);
  },
  [KIND.BUFFER](writer, value) {
    if (value.detached) throw cannotClone();
    writer.byte(value.resizable ? TAG.RESIZABLE : TAG.BUFFER);
    if (value.resizable) writer.double(value.maxByteLength);
    writer.word(value.byteLength);
    writer.raw(new Uint8Array(value));
  },
  [KIND.SHARED](writer, value) {
    writer.byte(TAG.SHARED);
    writer.word(writer.shared.push(value) - 1);
  },
  [KIND.REGEXP](writer, value) {
    writer.byte(TAG.REGEXP);
    writer.string(value.source);
    writer.string(value.flags);
  },
  [KIND.DOM_EXCEPTION](writer, value) {
    writer.byte(TAG.DOM_EXCEPTION);
    writer.string(value.message);
    writer.string(value.name);
    writer.value(value.stack);
  },
  [KIND.ERROR](writer, value) {
    writer.byte(TAG.ERROR);
    writer.string(errorClassName(value));
    writer.value(errorMessage(value));
    const { stack } = value;
    writer.value(typeof stack === "string" ? stack : undefined);
  },
  [KIND.BOXED](writer, value) {
    writer.byte(TAG.BOXED);
    writer.value(unboxed(value));
  },
  [KIND.PORT]() { throw unlistedPort(); },
  [KIND.BLOB](writer, value) { writeBlob(writer, value); },
  [KIND.KEY](writer, value) {
    writer.byte(TAG.KEY);
    const record = require("web/crypto/key").recordOf(value);
    writer.value({ ...record, shown: undefined });
  },
  [KIND.KEY_OBJECT](writer, value) {
    writer.byte(TAG.KEY_OBJECT);
    writer.value(require("node/crypto/keys").writtenKey(value));
  },
  [KIND.CERTIFICATE](writer, value) {
    writer.byte(TAG.CERTIFICATE);
    writer.value(new Uint8Array(value.raw));
  },
  [KIND.BLOCK_LIST]() { throw cannotClone(); },
  [KIND.SYMBOL]() { throw cannotClone(); },
  [KIND.PLATFORM]() { throw cannotClone(); },
};

// A blob in memory goes as its bytes, one of a file as its path.
function writeBlob(writer, blob) {
  const blobs = require("web/blob");
  const bytes = blobs.bytesOf(blob);
  if (bytes === null) {
    const external = blobs.externalOf(blob);
    if (typeof external?.path !== "string") throw cannotClone();
    writer.byte(TAG.STORED_FILE);
    writer.string(external.path);
    writer.string(blob.type);
    return;
  }
  const isFile = blobs.isFile(blob);
  writer.byte(isFile ? TAG.FILE : TAG.BLOB);
  writer.string(blob.type);
  if (isFile) {
    writer.string(blob.name);
    writer.double(blob.lastModified);
  }
  writer.word(bytes.length);
  writer.raw(bytes);
}

// ---- Reading ---------------------------------------------------------------------------------

class Reader extends ByteReader {
  constructor(bytes, text, lists) {
    super(bytes);
    this.text = text;
    this.textPlace = 0;
    this.known = [];
    /** `{ buffers, ports, shared }`: what went along. */
    this.lists = lists;
  }

  /** Begins a message at the place the reader has come to; its strings are in `text`. */
  restart(text) {
    this.text = text;
    this.textPlace = 0;
    if (this.known.length > 0) this.known = [];
    return this;
  }

  string() {
    const length = this.word();
    const start = this.textPlace;
    this.textPlace = start + length;
    return this.text.slice(start, start + length);
  }

  keep(value) {
    this.known.push(value);
    return value;
  }

  value() { return this.tagged(this.byte()); }

  tagged(tag) {
    switch (tag) {
      case TAG.UNDEFINED: return undefined;
      case TAG.NULL: return null;
      case TAG.TRUE: return true;
      case TAG.FALSE: return false;
      case TAG.INT: return this.word() | 0;
      case TAG.DOUBLE: return this.double();
      case TAG.STRING: return this.string();
      case TAG.BIGINT: {
        const isNegative = this.byte() === 1;
        return this.digits(this.word(), isNegative);
      }
      case TAG.REFERENCE: return this.known[this.word()];
      case TAG.OBJECT: return this.properties(this.keep({}));
      case TAG.ARRAY: return this.array();
      default: return READ[tag](this);
    }
  }

  properties(object) {
    for (let count = this.word(); count > 0; count--) {
      const name = this.string();
      define(object, name, this.value());
    }
    return object;
  }

  array() {
    const length = this.word();
    const array = this.keep([]);
    for (let index = 0; index < length; index++) {
      const tag = this.byte();
      if (tag !== TAG.HOLE) array[index] = this.tagged(tag);
    }
    array.length = length;
    return this.properties(array);
  }
}

const READ = {
  [TAG.DATE]: (reader) => reader.keep(new Date(reader.double())),
  [TAG.MAP](reader) {
    const map = reader.keep(new Map());
    for (let count = reader.word(); count > 0; count -= 2) {
      const key = reader.value();
      map.set(key, reader.value());
    }
    return map;
  },
  [TAG.SET](reader) {
    const set = reader.keep(new Set());
    for (let count = reader.word(); count > 0; count--) set.add(reader.value());
    return set;
  },
  [TAG.VIEW](reader) {
    const place = reader.known.push(undefined) - 1;
    const View = globalThis[reader.string()];
    const offset = reader.word();
    const length = reader.word();
    return (reader.known[place] = new View(reader.value(), offset, length));
  },
  [TAG.BUFFER]: (reader) => reader.keep(reader.raw(reader.word()).buffer),
  [TAG.RESIZABLE](reader) {
    const maxByteLength = reader.double();
    const bytes = reader.raw(reader.word());
    const buffer = reader.keep(new ArrayBuffer(bytes.length, { maxByteLength }));
    new Uint8Array(buffer).set(bytes);
    return buffer;
  },
  [TAG.SHARED]: (reader) => reader.keep(reader.lists.shared[reader.word()]),
  [TAG.REGEXP]: (reader) => reader.keep(new RegExp(reader.string(), reader.string())),
  [TAG.DOM_EXCEPTION](reader) {
    const place = reader.known.push(undefined) - 1;
    const copy = makeClonedException(reader.string(), reader.string(), reader.value());
    return (reader.known[place] = copy);
  },
  [TAG.ERROR](reader) {
    const place = reader.known.push(undefined) - 1;
    const error = makeClonedError(reader.string(), reader.value(), reader.value());
    return (reader.known[place] = error);
  },
  [TAG.BOXED]: (reader) => reader.keep(Object(reader.value())),
  [TAG.MOVED_BUFFER]: (reader) => reader.keep(reader.lists.buffers[reader.word()]),
  [TAG.MOVED_PORT]: (reader) => reader.keep(reader.lists.ports[reader.word()]),
  [TAG.BLOB](reader) {
    const { Blob } = require("web/blob");
    const type = reader.string();
    return reader.keep(new Blob([reader.raw(reader.word())], { type }));
  },
  [TAG.FILE](reader) {
    const { File } = require("web/blob");
    const type = reader.string();
    const name = reader.string();
    const lastModified = reader.double();
    return reader.keep(new File([reader.raw(reader.word())], name, { type, lastModified }));
  },
  [TAG.STORED_FILE](reader) {
    const path = reader.string();
    return reader.keep(globalThis.Bun.file(path, { type: reader.string() }));
  },
  [TAG.KEY_OBJECT](reader) {
    const place = reader.known.push(undefined) - 1;
    const written = reader.value();
    return (reader.known[place] = require("node/crypto/keys").readWrittenKey(written));
  },
  [TAG.CERTIFICATE](reader) {
    const place = reader.known.push(undefined) - 1;
    const der = reader.value();
    const { X509Certificate } = require("node/crypto/certificate");
    return (reader.known[place] = new X509Certificate(der));
  },
  [TAG.KEY](reader) {
    const place = reader.known.push(undefined) - 1;
    return (reader.known[place] = require("web/crypto/key").createKey(reader.value()));
  },
};

module.exports = { Reader, Writer, TAG };
