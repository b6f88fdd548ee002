"use strict";
// FormData, and its two serialised forms: multipart/form-data and urlencoded.
// Invariants: entries keep their order; a name or text is well-formed; a file is a private copy of
// the Blob that was given, and every reader gets a copy of its own.

const { codedError, invalidArgument, missingArguments, invalidReceiver, setAttributes, setTag } =
  require("web/fetch-errors");
const { Blob, isBlob, contentOf, copyBytes, cloneBlob, createBlob, createFile, externalOf } =
  require("web/blob");
const { typeByExtension, extensionOf, sniff } = require("web/mime");

const wellFormed = (value) => {
  const text = `${value}`;
  return text.isWellFormed() ? text : text.toWellFormed();
};
const readable = (value) => typeof value === "string" ? value : cloneBlob(value, true);

function entryValue(count, value, filename) {
  if (!isBlob(value)) {
    if (count > 2) throw new TypeError("Expected argument to be a Blob.");
    return wellFormed(value);
  }
  const copy = cloneBlob(value, true);
  if (filename !== undefined && copy.name === undefined) copy.name = wellFormed(filename);
  return copy;
}

let entriesOf;
// Bytes or characters that are read as a form: what a string may hold.
let contentMax = 2 ** 31 - 1;

const limitContent = (length) => { contentMax = length; };

class FormData {
  #entries = [];

  append(name, value) {
    if (!(#entries in this)) throw invalidReceiver("FormData", "append");
    if (arguments.length < 2) throw missingArguments();
    this.#entries.push([wellFormed(name), entryValue(arguments.length, value, arguments[2])]);
  }

  delete(name) {
    if (!(#entries in this)) throw invalidReceiver("FormData", "delete");
    if (arguments.length < 1) throw missingArguments();
    const key = wellFormed(name);
    this.#entries = this.#entries.filter((entry) => entry[0] !== key);
  }

  get(name) {
    if (!(#entries in this)) throw invalidReceiver("FormData", "get");
    if (arguments.length < 1) throw missingArguments();
    const key = wellFormed(name);
    const entry = this.#entries.find((candidate) => candidate[0] === key);
    return entry === undefined ? null : readable(entry[1]);
  }

  getAll(name) {
    if (!(#entries in this)) throw invalidReceiver("FormData", "getAll");
    if (arguments.length < 1) throw missingArguments();
    const key = wellFormed(name);
    return this.#entries.filter((entry) => entry[0] === key).map((entry) => readable(entry[1]));
  }

  has(name) {
    if (!(#entries in this)) throw invalidReceiver("FormData", "has");
    if (arguments.length < 1) throw missingArguments();
    const key = wellFormed(name);
    return this.#entries.some((entry) => entry[0] === key);
  }

  set(name, value) {
    if (!(#entries in this)) throw invalidReceiver("FormData", "set");
    if (arguments.length < 2) throw missingArguments();
    const key = wellFormed(name);
    const made = [key, entryValue(arguments.length, value, arguments[2])];
    const first = this.#entries.findIndex((entry) => entry[0] === key);
    if (first < 0) {
      this.#entries.push(made);
      return;
    }
    this.#entries[first] = made;
    this.#entries = this.#entries.filter((entry, index) => index <= first || entry[0] !== key);
  }

  entries() {
    if (!(#entries in this)) throw invalidReceiver("FormData", "entries");
    return new FormDataIterator(this, 0);
  }

  keys() {
    if (!(#entries in this)) throw invalidReceiver("FormData", "keys");
    return new FormDataIterator(this, 1);
  }

  values() {
    if (!(#entries in this)) throw invalidReceiver("FormData", "values");
    return new FormDataIterator(this, 2);
  }

  forEach(callback) {
    if (!(#entries in this)) throw invalidReceiver("FormData", "forEach");
    if (typeof callback !== "function") {
      throw invalidArgument("Cannot call callback on a non-function");
    }
    const receiver = arguments[1];
    for (let index = 0; index < this.#entries.length; index++) {
      const [name, value] = this.#entries[index];
      callback.call(receiver, readable(value), name, this);
    }
  }

  toJSON(_key) {
    if (!(#entries in this)) throw invalidReceiver("FormData", "toJSON");
    const out = {};
    for (const [name, value] of this.#entries) {
      const item = readable(value);
      if (!Object.hasOwn(out, name)) out[name] = item;
      else if (Array.isArray(out[name])) out[name].push(item);
      else out[name] = [out[name], item];
    }
    return out;
  }

  get length() {
    if (!(#entries in this)) throw new TypeError("Type error");
    return this.#entries.length;
  }

  static from(input) {
    if (input === undefined || input === null) throw invalidArgument("input must not be empty");
    const boundary = arguments[1];
    const bytes = copyBytes(input);
    const content = bytes ?? (isBlob(input) ? contentOf(input) : input);
    if (typeof content !== "string" && !(content instanceof Uint8Array)) {
      throw invalidArgument("input must be a string or ArrayBufferView");
    }
    if (content.length > contentMax) throw require("node/buffer-text").stringTooLong();
    try {
      return parseFormData(content, boundary ? { boundary: `${boundary}` } : { boundary: null });
    } catch (error) {
      if (error.code !== "ERR_FORMDATA_PARSE_ERROR") throw error;
      const reason = error.message.replace("FormData parse error ", "");
      throw new Error(`${reason} while parsing FormData`);
    }
  }

  static {
    module.exports.isFormData = (value) =>
      value !== null && typeof value === "object" && #entries in value;
    entriesOf = (form) => form.#entries;
  }
}

class FormDataIterator {
  #form;
  #kind;
  #index = 0;

  constructor(form, kind) {
    this.#form = form;
    this.#kind = kind;
  }

  next() {
    if (this === null || typeof this !== "object" || !(#form in this)) {
      throw codedError(
        TypeError,
        "ERR_INVALID_THIS",
        "Cannot call next() on a non-Iterator object",
      );
    }
    const entry = this.#form === null ? undefined : entriesOf(this.#form)[this.#index];
    if (entry === undefined) {
      this.#form = null;
      return { value: undefined, done: true };
    }
    this.#index++;
    if (this.#kind === 1) return { value: entry[0], done: false };
    const value = readable(entry[1]);
    return { value: this.#kind === 2 ? value : [entry[0], value], done: false };
  }
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
Object.setPrototypeOf(FormDataIterator.prototype, IteratorPrototype);
delete FormDataIterator.prototype.constructor;
setAttributes(FormDataIterator.prototype, { enumerable: true });
setTag(FormDataIterator.prototype, "FormData Iterator");
setAttributes(FormData.prototype, { enumerable: true });
Object.defineProperty(FormData, "from", {
  enumerable: true, writable: false, configurable: false,
});
Object.defineProperty(FormData.prototype, "toJSON", { writable: false, configurable: false });
Object.defineProperty(FormData.prototype, "length", { enumerable: false, configurable: false });
setTag(FormData.prototype, "FormData");
Object.defineProperty(FormData.prototype, Symbol.iterator, {
  value: FormData.prototype.entries,
  writable: true,
  configurable: true,
});

const LINE_BREAK = /\r\n|\r|\n/g;
const quoteName = (name) => name.replace(LINE_BREAK, "%0D%0A").replaceAll('"', "%22");
const quoteFilename = (name) =>
  name.replaceAll('"', "%22").replaceAll("\n", "%0A").replaceAll("\r", "%0D");

// A file of the file system is read now, so that the body's length is known: what cannot be read
// fails here.
function contentOfPart(blob) {
  const external = externalOf(blob);
  const target = external === null ? undefined : require("bun/file").targetOfBlob(blob);
  if (target === undefined) return blob;
  const bytes = require("node/fs").readFileSync(target);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .subarray(external.start, external.end);
}

/// The multipart form, as a Blob whose type names the boundary.
function serializeFormData(form) {
  const boundary = `----WebKitFormBoundary${ops.randomHex()}`;
  const parts = [];
  let text = "";
  for (const [name, value] of entriesOf(form)) {
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${quoteName(name)}"`;
    if (typeof value === "string") {
      text += `\r\n\r\n${value.replace(LINE_BREAK, "\r\n")}\r\n`;
      continue;
    }
    const type = value.type || "application/octet-stream";
    text += `; filename="${quoteFilename(value.name ?? "")}"\r\nContent-Type: ${type}\r\n\r\n`;
    parts.push(text, contentOfPart(value));
    text = "\r\n";
  }
  parts.push(`${text}--${boundary}--\r\n`);
  const blob = new Blob(parts);
  const content = contentOf(blob) ?? externalOf(blob).source;
  return createBlob(content, `multipart/form-data; boundary=${boundary}`);
}

/// How a body of this content type is to be parsed: { boundary } (null for urlencoded), or null.
function formDataEncoding(contentType) {
  if (contentType === null) return null;
  const essence = contentType.split(";", 1)[0].trim().toLowerCase();
  if (essence === "application/x-www-form-urlencoded") return { boundary: null };
  if (essence !== "multipart/form-data") return null;
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return match === null ? null : { boundary: match[1] ?? match[2] };
}

function fileType(filename, type, bytes) {
  if (type !== "") return type;
  const extension = extensionOf(filename);
  return (extension === "" ? "" : typeByExtension(extension)) || sniff(bytes);
}

/// Parses text or bytes as `formDataEncoding` said.
function parseFormData(content, encoding) {
  const form = new FormData();
  const entries = entriesOf(form);
  if (encoding.boundary === null) {
    const { URLSearchParams } = require("web/url");
    const text = typeof content === "string" ? content : ops.utf8Decode(content);
    // The first "?" would be dropped as that of a URL.
    for (const [name, value] of new URLSearchParams(`&${text}`)) entries.push([name, value]);
    return form;
  }
  const bytes = typeof content === "string" ? ops.utf8Encode(content) : content;
  const flat = ops.parseMultipart(bytes, encoding.boundary);
  for (let index = 0; index < flat.length; index += 5) {
    const [name, filename, type, text, data] = flat.slice(index, index + 5);
    if (filename === undefined) entries.push([name, text]);
    else {
      const guess = fileType(filename, type, data);
      entries.push([name, createFile(data, guess, filename || undefined, undefined)]);
    }
  }
  return form;
}

Object.assign(module.exports, {
  FormData, limitContent, serializeFormData, formDataEncoding, parseFormData,
});
