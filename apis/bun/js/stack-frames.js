// Frames of stacks: read from the engine's text, mapped to original sources, written as V8 does.
//
// The engine's text has lines of `name@url:line:column`. Frames of the prelude are left out, as are
// the constructors of classes derived from Error, and what lies below the program's outermost
// frame. Stateless but for the limit and the places found before; fails never.
"use strict";

const { getPrototypeOf } = Object;

// Frames shown where the program sets no limit, as in V8.
const LIMIT_DEFAULT = 10;

const PRELUDE_PREFIX = "dx:";
const OWN_URL = "dx:bun/error-stack";
const NATIVE = "[native code]";
// Functions of the engine written in C++: they have no position at all.
const WITHOUT_POSITION = new Set(["sort", "replace", "replaceAll", "parse", "stringify", "eval"]);

const settings = { limit: LIMIT_DEFAULT };

// One frame. Lines and columns count from one; zero where there is none.
class Frame {
  constructor(name, url, line, column) {
    this.name = name;
    this.url = url;
    this.line = line;
    this.column = column;
    this.isNative = false;
    this.isConstructor = false;
    this.isAsync = false;
    this.isEval = false;
    this.isModule = false;
    // Whether it called another frame, of the program or of the prelude.
    this.isCaller = false;
    // An anonymous outermost frame: a callback, or a module's body after a top-level await.
    this.mayBeModule = false;
  }
}
// What a program defines on Object.prototype does not hear of frames.
Object.setPrototypeOf(Frame.prototype, null);

const DIGITS = /^\d+$/;

// A frame of `url:line:column`, or less. No array is taken apart here or below: a program that
// has broken the iterator of arrays still reads its errors.
function placedFrame(name, place) {
  const last = place.lastIndexOf(":");
  const lastText = last < 0 ? "" : place.slice(last + 1);
  if (!DIGITS.test(lastText)) return new Frame(name, place, 0, 0);
  const middle = place.lastIndexOf(":", last - 1);
  const middleText = middle < 0 ? "" : place.slice(middle + 1, last);
  if (!DIGITS.test(middleText)) return new Frame(name, place.slice(0, last), +lastText, 0);
  return new Frame(name, place.slice(0, middle), +middleText, +lastText);
}

// Prelude modules that call the bodies of ES modules. Those of CommonJS are shown as functions.
const CALLS_BODIES = /@dx:runtime\/(?:main|modules|module-evaluation)\b/;

// The function that transformed ES modules are: js-bridge/modules/src/names.rs.
const MODULE_BODY = "$dx_body";

// Whether a frame's function is the body of a module; `below` is the engine's line of its caller.
function isModuleBody(name, below) {
  if (name === MODULE_BODY || name === "module code" || name === "global code") return true;
  return name === "" && below !== undefined && CALLS_BODIES.test(below);
}

// A line of the engine's text as a frame; null for lines that are none.
function parseFrame(text, below) {
  const at = text.indexOf("@");
  if (at < 0) return null;
  const name = text.slice(0, at);
  const place = text.slice(at + 1);
  if (place === NATIVE) {
    const frame = new Frame(name, "", 0, 0);
    frame.isNative = true;
    return frame;
  }
  // Of the prelude's frames nothing but the module is asked for.
  const frame = place.startsWith(PRELUDE_PREFIX)
    ? new Frame(name, place.startsWith(OWN_URL) ? OWN_URL : PRELUDE_PREFIX, 0, 0)
    : placedFrame(name, place);
  if (isModuleBody(name, below)) frame.isModule = true;
  else if (name === "" && below === undefined) frame.mayBeModule = true;
  else if (name === "eval code") frame.isEval = true;
  if (frame.isModule || frame.isEval) frame.name = "";
  if (name === "async " + MODULE_BODY) {
    frame.isModule = true;
    frame.name = "";
  } else if (name.startsWith("async ")) {
    frame.isAsync = true;
    frame.name = name.slice(6);
  }
  return frame;
}

function isHidden(frame) {
  return frame.url.startsWith(PRELUDE_PREFIX) || frame.url === "";
}

// The program's frames of the engine's text: without the prelude's and without what is behind the
// outermost frame of the program.
function parseFrames(text) {
  const frames = [];
  let end = 0;
  let wasCalled = false;
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const frame = parseFrame(lines[index], lines[index + 1]);
    if (frame === null) continue;
    if (isHidden(frame) && !frame.isNative) {
      if (frames.length === 0 && frame.url !== OWN_URL) wasCalled = true;
      continue;
    }
    if (frame.isNative && frames.length === 0) continue;
    frame.isCaller = frames.length > 0 || wasCalled;
    frames.push(frame);
    if (!frame.isNative) end = frames.length;
  }
  frames.length = end;
  return frames;
}

let sources = null;

const NO_SOURCES = { map: () => null, text: () => null, line: () => "" };

// Where original positions and texts come from: the runtime's registry of loaded modules. Without
// one (an isolate that runs bare scripts), positions stay what the engine says.
function sourceRegistry() {
  if (sources !== null) return sources;
  try {
    sources = require("runtime/sources");
  } catch {
    sources = NO_SOURCES;
  }
  return sources;
}

// Places found before, by what the engine says of them. Code that is loaded again may lie
// elsewhere in its file; the registry then forgets them all.
const known = new Map();
const KNOWN_MAX = 2000;

function locate(frame) {
  if (frame.isNative || frame.line === 0) return;
  const { name, url, line, column, isCaller, mayBeModule } = frame;
  const key = `${name}@${url}:${line}:${column}${isCaller ? "c" : ""}${mayBeModule ? "m" : ""}`;
  const place = known.get(key);
  if (place !== undefined) {
    frame.url = place.url;
    frame.line = place.line;
    frame.column = place.column;
    frame.isConstructor = place.isConstructor;
    frame.isModule = place.isModule;
    return;
  }
  mapFrame(frame);
  moveToStart(frame);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(key, {
    url: frame.url,
    line: frame.line,
    column: frame.column,
    isConstructor: frame.isConstructor,
    isModule: frame.isModule,
  });
}

function mapFrame(frame) {
  const place = sourceRegistry().map(frame.url, frame.line, frame.column);
  if (place === null) return;
  frame.url = place[0];
  frame.line = place[1];
  frame.column = place[2];
  frame.isConstructor = isClassOf(frame);
  if (frame.mayBeModule) frame.isModule = isTopLevel(frame);
}

// Whether a position lies in no function, judged by its line: not indented, no function before it.
function isTopLevel(frame) {
  const line = sourceRegistry().line(frame.url, frame.line);
  if (line === "" || /^\s/.test(line)) return false;
  return !/=>|\bfunction\b/.test(line.slice(0, frame.column - 1));
}

// Whether the frame's function is the constructor of a class in its file. The engine does not say
// which frames construct; a class cannot be called otherwise.
function isClassOf(frame) {
  if (!/^[A-Z][\w$]*$/.test(frame.name)) return false;
  const text = sourceRegistry().text(frame.url);
  if (text === null) return false;
  const name = frame.name.replace(/\$/g, "\\$&");
  return new RegExp("\\bclass\\s+" + name + "\\b").test(text);
}

// The frames of an engine's text, positions mapped. `subclass` is the class derived from Error
// that was constructed, if one was: neither its constructor nor those between are shown, and the
// first frame is that of a caller.
function framesOf(text, subclass) {
  const frames = parseFrames(text);
  if (subclass !== null) dropConstructors(frames, subclass);
  dropAsyncEntries(frames);
  frames.length = Math.min(frames.length, settings.limit);
  for (let index = 0; index < frames.length; index++) locate(frames[index]);
  return frames;
}

function dropConstructors(frames, subclass) {
  const names = [];
  // Function.prototype, which ends the chain, constructs nothing and has no prototype to give.
  for (let one = subclass; Object.hasOwn(one, "prototype"); one = getPrototypeOf(one)) {
    names.push(one.name);
  }
  let dropped = 0;
  for (let index = names.length - 1; index >= 0; index--) {
    if (dropped < frames.length && frames[dropped].name === names[index]) dropped += 1;
  }
  frames.splice(0, dropped);
  if (frames.length > 0) frames[0].isCaller = true;
}

// The engine runs an async function up to its first await as two functions, one that the program
// calls and one that is the body. Shown is one: the body's place, under the name of the other,
// which an arrow function's body has not.
function dropAsyncEntries(frames) {
  for (let index = frames.length - 1; index > 0; index--) {
    const body = frames[index - 1];
    const entry = frames[index];
    if (entry.url !== body.url || (body.name !== "" && body.name !== entry.name)) continue;
    if (entry.isModule || body.isModule || entry.isAsync || !isAsyncEntry(entry, body)) continue;
    body.name = entry.name;
    body.mayBeModule = false;
    frames.splice(index, 1);
  }
}

const BEFORE_PARAMETERS = new RegExp(
  /(?:^|[^\w$.#])async\s*/.source +
    /(?:function\s*[\w$\x80-\uffff]*|#?[\w$\x80-\uffff]+|"[^"]*"|'[^']*'|\[.*\])?/.source +
    /\s*\(?\s*$/.source,
);
const BEFORE_EXPRESSION = /(?:^|[^\w$.#])async\s*(?:\(.*?\)|[\w$\x80-\uffff]+)\s*=>\s*[^{\s].*$/;
const AFTER_EXPRESSION = /^[^(]\s*(?:[;,)\]}]|$)/;
// Where code was printed anew, the map knows the start of a function without parameters.
const ARROW_START = /^async\s*(?:\(|[\w$\x80-\uffff]+\s*=>|function\b)/;
const PARAMETER_LINES = 8;

// The engine has the outer function call the body at its first parameter, or at the parenthesis
// of none; an arrow function without braces at the end of its expression. A call of the program's
// own lies at neither.
function isAsyncEntry(entry, body) {
  const place = sourceRegistry().map(entry.url, entry.line, entry.column);
  const [url, number, column] = place ?? [entry.url, entry.line, entry.column];
  const line = sourceRegistry().line(url, number);
  if (line === "") return false;
  let before = line.slice(0, column - 1);
  const after = line.slice(column - 1);
  if (body.name === "") {
    if (ARROW_START.test(after)) return true;
    if (BEFORE_EXPRESSION.test(before) && AFTER_EXPRESSION.test(after)) return true;
  }
  for (let up = 1; up < PARAMETER_LINES && /^\s*\(?\s*$/.test(before) && up < number; up++) {
    before = `${sourceRegistry().line(url, number - up)} ${before}`;
  }
  return BEFORE_PARAMETERS.test(before);
}

// The engine points behind what is called, at the parenthesis; Bun points at its name, and in
// callers that construct at `new`. Where code was printed anew the map has done the first.
function moveToStart(frame) {
  if (frame.column < 2) return;
  const line = sourceRegistry().line(frame.url, frame.line);
  // Of texts that were only evaluated nothing is known.
  if (line === "") return;
  let before = line.slice(0, frame.column - 1);
  if (line[frame.column - 1] === "(") before = before.replace(/[\w$\x80-\uffff]+\s*$/, "");
  if (frame.isCaller) before = before.replace(/\bnew\s+$/, "");
  frame.column = before.length + 1;
}

function placeText(frame) {
  if (frame.isNative) return WITHOUT_POSITION.has(frame.name) ? "unknown" : "native:1:11";
  if (frame.line === 0) return frame.url;
  return frame.url + ":" + frame.line + (frame.column === 0 ? "" : ":" + frame.column);
}

function frameName(frame) {
  if (frame.isModule) return "";
  const name = frame.isConstructor ? "new " + frame.name : frame.name || "<anonymous>";
  return frame.isAsync ? "async " + name : name;
}

function frameText(frame) {
  const name = frameName(frame);
  return name === "" ? placeText(frame) : name + " (" + placeText(frame) + ")";
}

function stackText(header, frames) {
  let out = header;
  for (let index = 0; index < frames.length; index++) {
    out += "\n    at " + frameText(frames[index]);
  }
  return out;
}

// Whole stacks found before, by the engine's text: errors come from the same places again.
const knownStacks = new Map();
const KNOWN_STACKS_MAX = 300;
const KNOWN_TEXT_MAX = 4000;

/** The lines of a stack after its header, and its first frame. */
function linesOf(text, subclass) {
  const mayKeep = subclass === null && text.length <= KNOWN_TEXT_MAX;
  const found = mayKeep ? knownStacks.get(text) : undefined;
  if (found !== undefined && found.limit === settings.limit) return found;
  const frames = framesOf(text, subclass);
  const made = { lines: stackText("", frames), first: frames[0], limit: settings.limit };
  if (mayKeep) {
    if (knownStacks.size >= KNOWN_STACKS_MAX) knownStacks.clear();
    knownStacks.set(text, made);
  }
  return made;
}

function forgetPlaces() {
  known.clear();
  knownStacks.clear();
}

function sourceText(url) {
  return sourceRegistry().text(url);
}

module.exports = {
  settings, Frame, framesOf, linesOf, frameName, placeText, stackText, sourceText, forgetPlaces,
};
