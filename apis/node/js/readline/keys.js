// emitKeypressEvents: what a terminal sends, as one 'keypress' event a key. Characters go one by
// one into a generator, which holds what it has of an escape sequence. A lone escape is a key of
// its own once nothing follows it for a while.
"use strict";

const { nameKey } = require("node/readline/key-names");
const { CSI } = require("node/readline/cursor");
const { _sawKeyPress: SAW_KEY_PRESS } = require("node/readline/symbols");
const { Number, String, Symbol } = globalThis;

const ESCAPE = CSI.kEscape;
const DECODER = Symbol("keypress-decoder");
const ESCAPE_DECODER = Symbol("escape-decoder");
/** How long a sequence may take to arrive, as in GNU readline. */
const ESCAPE_TIMEOUT_MS = 500;
const SURROGATES_FROM = 0x10000;

const NUMBERED = /^(?:(\d\d?)(?:;(\d))?([~^$])|(\d{3}~))$/;
const LETTERED = /^((\d;)?(\d))?([A-Za-z])$/;

const isDigit = (character) => character >= "0" && character <= "9";

/** The code units of the character that ends at `index`. */
function charLengthLeft(text, index) {
  if (index <= 0) return 0;
  const pair = (index > 1 && text.codePointAt(index - 2) >= SURROGATES_FROM) ||
    text.codePointAt(index - 1) >= SURROGATES_FROM;
  return pair ? 2 : 1;
}

/** The code units of the character at `index`; one at the end, for what is completed there. */
function charLengthAt(text, index) {
  if (text.length <= index) return 1;
  return text.codePointAt(index) >= SURROGATES_FROM ? 2 : 1;
}

// ESC O letter · ESC O modifier letter
function* letterSequence(read) {
  let code = "O";
  let modifier = 0;
  let character = yield* read();
  if (isDigit(character)) {
    modifier = Number(character) - 1;
    character = yield* read();
  }
  code += character;
  return { code, modifier };
}

// ESC [ letter · ESC [ modifier letter · ESC [ [ letter · ESC [ number ; modifier ~ and the like
function* bracketSequence(read) {
  let code = "[";
  let character = yield* read();
  if (character === "[") {
    code += character;
    character = yield* read();
  }
  let command = character;
  const next = function* () {
    character = yield* read();
    command += character;
  };
  for (let digits = 0; digits < 3 && isDigit(character); digits++) yield* next();
  if (character === ";") {
    yield* next();
    if (isDigit(character)) yield* next();
  }
  const numbered = NUMBERED.exec(command);
  if (numbered !== null) {
    if (numbered[4]) return { code: code + numbered[4], modifier: 0 };
    return { code: code + numbered[1] + numbered[3], modifier: (numbered[2] || 1) - 1 };
  }
  const lettered = LETTERED.exec(command);
  if (lettered === null) return { code: code + command, modifier: 0 };
  return { code: code + lettered[4], modifier: (lettered[3] || 1) - 1 };
}

const PLAIN = {
  __proto__: null,
  "\r": "return", "\n": "enter", "\t": "tab", "\b": "backspace", "\x7f": "backspace",
  [ESCAPE]: "escape", " ": "space",
};

/** A key that is one character, perhaps after an escape. */
function nameCharacter(key, character, escaped) {
  if (character in PLAIN) {
    key.name = PLAIN[character];
    key.meta = escaped;
  } else if (!escaped && character <= "\x1a") {
    key.name = String.fromCharCode(character.charCodeAt(0) + "a".charCodeAt(0) - 1);
    key.ctrl = true;
  } else if (/^[0-9A-Za-z]$/.test(character)) {
    key.name = character.toLowerCase();
    key.shift = /^[A-Z]$/.test(character);
    key.meta = escaped;
  } else if (escaped) {
    key.name = character.length ? undefined : "escape";
    key.meta = true;
  }
}

function* emitKeys(stream) {
  for (;;) {
    let sequence = "";
    const read = function* () {
      const character = yield;
      sequence += character;
      return character;
    };
    let character = yield* read();
    const key = { sequence: null, name: undefined, ctrl: false, meta: false, shift: false };
    const escaped = character === ESCAPE;
    if (escaped) {
      character = yield* read();
      if (character === ESCAPE) character = yield* read();
    }
    if (escaped && (character === "O" || character === "[")) {
      const parse = character === "O" ? letterSequence : bracketSequence;
      const { code, modifier } = yield* parse(read);
      key.ctrl = Boolean(modifier & 4);
      key.meta = Boolean(modifier & 10);
      key.shift = Boolean(modifier & 1);
      key.code = code;
      nameKey(key);
    } else {
      nameCharacter(key, character, escaped);
    }
    key.sequence = sequence;
    if (sequence.length !== 0 && (key.name !== undefined || escaped)) {
      stream.emit("keypress", escaped ? undefined : sequence, key);
    } else if (charLengthAt(sequence, 0) === sequence.length) {
      stream.emit("keypress", sequence, key);
    }
  }
}

function startDecoder(stream) {
  stream[ESCAPE_DECODER] = emitKeys(stream);
  stream[ESCAPE_DECODER].next();
}

/** What listens to one stream. */
class Keypresses {
  constructor(stream, receiver) {
    const { StringDecoder } = require("node/string-decoder");
    this.stream = stream;
    this.receiver = receiver;
    this.timeoutMs = receiver.escapeCodeTimeout ?? ESCAPE_TIMEOUT_MS;
    this.timer = undefined;
    stream[DECODER] = new StringDecoder("utf8");
    startDecoder(stream);
    this.onData = (input) => this.data(input);
    this.onNewListener = (event) => {
      if (event !== "keypress") return;
      stream.on("data", this.onData);
      stream.removeListener("newListener", this.onNewListener);
    };
    if (stream.listenerCount("keypress") > 0) stream.on("data", this.onData);
    else stream.on("newListener", this.onNewListener);
  }

  data(input) {
    const { stream } = this;
    if (stream.listenerCount("keypress") === 0) {
      // Until somebody listens again.
      stream.removeListener("data", this.onData);
      stream.on("newListener", this.onNewListener);
      return;
    }
    const text = stream[DECODER].write(input);
    if (text) this.feed(text);
  }

  feed(text) {
    const { receiver, stream } = this;
    const { clearTimeout, setTimeout } = require("runtime/timers");
    clearTimeout(this.timer);
    receiver[SAW_KEY_PRESS] = charLengthAt(text, 0) === text.length;
    // A tab in the middle of what was pasted is no wish for completion.
    receiver.isCompletionEnabled = false;
    let length = 0;
    for (const character of text) {
      length += character.length;
      if (length === text.length) receiver.isCompletionEnabled = true;
      try {
        stream[ESCAPE_DECODER].next(character);
        if (length === text.length && character === ESCAPE) {
          this.timer = setTimeout(() => stream[ESCAPE_DECODER].next(""), this.timeoutMs);
        }
      } catch (error) {
        // A listener threw: the generator is over.
        startDecoder(stream);
        throw error;
      }
    }
  }
}

const { emitKeypressEvents } = {
  emitKeypressEvents(stream, iface = {}) {
    if (!stream[DECODER]) new Keypresses(stream, iface);
  },
};

module.exports = { emitKeypressEvents, charLengthAt, charLengthLeft };
