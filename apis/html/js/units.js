"use strict";
// What handlers are given: elements, end tags, comments, pieces of text, the document type and the
// document's end. Each is a face over a copy of what the parser saw; what a handler does to it is
// kept as commands for the parser. Invariant: once its handler has ended, a face answers nothing.

const { invalidArgument, setAttributes, setTag } = require("web/fetch-errors");
const { shownGetters } = require("bun/native-class");

// What to do; apis/html/src/replay.rs has the same numbers.
const BEFORE = 0;
const AFTER = 1;
const REPLACE = 2;
const REMOVE = 3;
const PREPEND = 4;
const APPEND = 5;
const SET_INNER_CONTENT = 6;
const REMOVE_AND_KEEP_CONTENT = 7;
const SET_NAME = 8;
const SET_ATTRIBUTE = 9;
const REMOVE_ATTRIBUTE = 10;

const NAMESPACES = [
  "http://www.w3.org/1999/xhtml",
  "http://www.w3.org/2000/svg",
  "http://www.w3.org/1998/Math/MathML",
];

function rewriterError(message) {
  const error = new Error(message);
  Object.defineProperty(error, "name", {
    value: "HTMLRewriterError", writable: true, configurable: true,
  });
  return error;
}

function stringOf(value) {
  if (value === undefined || value === null) throw invalidArgument("Expected string");
  return `${value}`.toWellFormed();
}

// Names are compared without regard to the case of ASCII letters.
const lowerCase = (name) => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const FORBIDDEN_IN_ATTRIBUTE = /[ \n\r\t\f/>=]/;
const FORBIDDEN_IN_TAG = /[ \n\r\t\f/>]/;

function checkAttributeName(name) {
  if (name === "") throw rewriterError("Attribute name can't be empty.");
  const wrong = FORBIDDEN_IN_ATTRIBUTE.exec(name);
  if (wrong === null) return;
  throw rewriterError(`\`${wrong[0]}\` character is forbidden in the attribute name`);
}

function checkTagName(name) {
  if (name === "") throw rewriterError("Tag name can't be empty.");
  if (!/^[A-Za-z]/.test(name)) {
    throw rewriterError(
      "The first character of the tag name should be an ASCII alphabetical character.");
  }
  const wrong = FORBIDDEN_IN_TAG.exec(name);
  if (wrong === null) return;
  throw rewriterError(`\`${wrong[0]}\` character is forbidden in the tag name`);
}

/// What the parser saw: shared by the faces of all handlers that meet it.
class Seen {
  constructor(walk, token, kind) {
    this.walk = walk;
    this.token = token;
    // The name of the handlers that meet it.
    this.kind = kind;
    this.removed = false;
    // Its name, or its text.
    this.name = "";
    this.isLast = false;
    this.isSelfClosing = false;
    this.canHaveContent = false;
    this.namespace = 0;
    // Names and values in turn.
    this.attributes = null;
    // Counts changes of the attributes.
    this.version = 0;
    this.publicId = null;
    this.systemId = null;
  }
}

class Unit {
  #seen;

  constructor(seen) {
    this.#seen = seen;
  }

  static seenBy(unit) {
    return unit.#seen;
  }

  static detach(unit) {
    unit.#seen = null;
  }
}

const { seenBy, detach } = Unit;

// Keeps a command with content; the face, or undefined once it is detached.
function say(unit, action, content, options) {
  const seen = seenBy(unit);
  if (seen === null) return undefined;
  const isHtml = options !== null && typeof options === "object" && !!options.html;
  seen.walk.command(action, stringOf(content), isHtml);
  return unit;
}

function sayRemoved(unit, action) {
  const seen = seenBy(unit);
  if (seen === null) return undefined;
  seen.removed = true;
  seen.walk.command(action, "", false);
  return unit;
}

// Elements within are seen all the same, and count as removed.
function loseContent(unit) {
  const seen = seenBy(unit);
  if (seen !== null && seen.canHaveContent) seen.walk.lost.add(seen.token);
}

function replaceUnit(unit, content, options) {
  const said = say(unit, REPLACE, content, options);
  if (said !== undefined) seenBy(unit).removed = true;
  return said;
}

class Element extends Unit {
  after(content) { return say(this, AFTER, content, arguments[1]); }
  append(content) { return say(this, APPEND, content, arguments[1]); }
  get attributes() {
    const seen = seenBy(this);
    return seen === null ? undefined : new AttributeIterator(this, seen);
  }
  before(content) { return say(this, BEFORE, content, arguments[1]); }
  get canHaveContent() { return seenBy(this)?.canHaveContent; }
  getAttribute(name) {
    const seen = seenBy(this);
    if (seen === null) return null;
    const index = attributeIndex(seen, stringOf(name));
    return index < 0 ? null : seen.attributes[index + 1];
  }
  hasAttribute(name) {
    const seen = seenBy(this);
    return seen !== null && attributeIndex(seen, stringOf(name)) >= 0;
  }
  get namespaceURI() { return NAMESPACES[seenBy(this)?.namespace]; }
  onEndTag(handler) {
    const seen = seenBy(this);
    if (seen === null) return null;
    if (typeof handler !== "function") throw new TypeError("Expected a function");
    if (!seen.canHaveContent) throw rewriterError("No end tag.");
    seen.walk.endTagHandlers.set(seen.token, handler);
    return this;
  }
  prepend(content) { return say(this, PREPEND, content, arguments[1]); }
  remove() {
    loseContent(this);
    return sayRemoved(this, REMOVE);
  }
  removeAndKeepContent() { return sayRemoved(this, REMOVE_AND_KEEP_CONTENT); }
  removeAttribute(name) {
    const seen = seenBy(this);
    if (seen === null) return undefined;
    const lower = lowerCase(stringOf(name));
    const { attributes } = seen;
    seen.version++;
    for (let index = attributes.length - 2; index >= 0; index -= 2) {
      if (attributes[index] === lower) attributes.splice(index, 2);
    }
    seen.walk.command(REMOVE_ATTRIBUTE, lower, false);
    return this;
  }
  get removed() { return seenBy(this)?.removed; }
  replace(content) {
    loseContent(this);
    return replaceUnit(this, content, arguments[1]);
  }
  get selfClosing() { return seenBy(this)?.isSelfClosing; }
  setAttribute(name, value) {
    const seen = seenBy(this);
    if (seen === null) return undefined;
    const text = stringOf(name);
    const content = stringOf(value);
    checkAttributeName(text);
    const index = attributeIndex(seen, text);
    seen.version++;
    if (index < 0) seen.attributes.push(lowerCase(text), content);
    else seen.attributes[index + 1] = content;
    seen.walk.command(SET_ATTRIBUTE, text, content);
    return this;
  }
  setInnerContent(content) {
    loseContent(this);
    return say(this, SET_INNER_CONTENT, content, arguments[1]);
  }
  get tagName() { return seenBy(this)?.name; }
  set tagName(value) {
    const seen = seenBy(this);
    if (seen === null) return;
    const name = `${value}`;
    checkTagName(name);
    seen.name = lowerCase(name);
    seen.walk.command(SET_NAME, name.toWellFormed(), false);
  }
}

function attributeIndex(seen, name) {
  const lower = lowerCase(name);
  const { attributes } = seen;
  for (let index = 0; index < attributes.length; index += 2) {
    if (attributes[index] === lower) return index;
  }
  return -1;
}

/// Ends early where the attributes have changed or the handler has ended.
class AttributeIterator {
  #element;
  #seen;
  #version;
  #index = 0;

  constructor(element, seen) {
    this.#element = element;
    this.#seen = seen;
    this.#version = seen.version;
  }

  next() {
    const seen = this.#seen;
    const isValid = seenBy(this.#element) === seen && seen.version === this.#version;
    if (!isValid || this.#index >= seen.attributes.length) return { value: undefined, done: true };
    const { attributes } = seen;
    this.#index += 2;
    return { value: [attributes[this.#index - 2], attributes[this.#index - 1]], done: false };
  }

  [Symbol.iterator]() { return this; }
}

class EndTag extends Unit {
  after(content) { return say(this, AFTER, content, arguments[1]); }
  before(content) { return say(this, BEFORE, content, arguments[1]); }
  get name() { return seenBy(this)?.name; }
  set name(value) {
    const seen = seenBy(this);
    if (seen === null) return;
    seen.name = `${value}`.toWellFormed();
    seen.walk.command(SET_NAME, seen.name, false);
  }
  remove() { return sayRemoved(this, REMOVE); }
}

class Comment extends Unit {
  after(content) { return say(this, AFTER, content, arguments[1]); }
  before(content) { return say(this, BEFORE, content, arguments[1]); }
  remove() { return sayRemoved(this, REMOVE); }
  get removed() { return seenBy(this)?.removed; }
  replace(content) { return replaceUnit(this, content, arguments[1]); }
  get text() { return seenBy(this)?.name; }
  set text(value) {
    const seen = seenBy(this);
    if (seen === null) return;
    const text = `${value}`.toWellFormed();
    if (text.includes("-->")) {
      throw rewriterError("Comment text shouldn't contain comment closing sequence (`-->`).");
    }
    seen.name = text;
    seen.walk.command(SET_NAME, text, false);
  }
}

class TextChunk extends Unit {
  after(content) { return say(this, AFTER, content, arguments[1]); }
  before(content) { return say(this, BEFORE, content, arguments[1]); }
  get lastInTextNode() { return seenBy(this)?.isLast; }
  remove() { return sayRemoved(this, REMOVE); }
  get removed() { return seenBy(this)?.removed; }
  replace(content) { return replaceUnit(this, content, arguments[1]); }
  get text() { return seenBy(this)?.name; }
}

class DocType extends Unit {
  get name() { return seenBy(this)?.name; }
  get publicId() { return seenBy(this)?.publicId; }
  remove() { return sayRemoved(this, REMOVE); }
  get removed() { return seenBy(this)?.removed; }
  get systemId() { return seenBy(this)?.systemId; }
}

class DocEnd extends Unit {
  append(content) { return say(this, APPEND, content, arguments[1]); }
}

for (const Class of [Element, EndTag, Comment, TextChunk, DocType, DocEnd, AttributeIterator]) {
  const { prototype } = Class;
  setAttributes(prototype, { enumerable: true, configurable: false });
  setTag(prototype, Class.name);
  Object.setPrototypeOf(prototype, Object.prototype);
  delete prototype.constructor;
  for (const { get } of Object.values(Object.getOwnPropertyDescriptors(prototype))) {
    if (get !== undefined) shownGetters.add(get);
  }
}

// By the name of the handlers.
const FACES = {
  __proto__: null,
  element: Element, comments: Comment, text: TextChunk, doctype: DocType, end: DocEnd,
  endTag: EndTag,
};

const faceOf = (seen) => new FACES[seen.kind](seen);

module.exports = { Seen, detach, faceOf, rewriterError };
