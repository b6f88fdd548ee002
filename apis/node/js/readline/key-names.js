// The keys that terminals send as escape sequences: a table of their codes.
"use strict";

const NAMES = {
  // xterm and gnome, with and without modifier.
  "[P": "f1", "[Q": "f2", "[R": "f3", "[S": "f4", OP: "f1", OQ: "f2", OR: "f3", OS: "f4",
  // xterm and rxvt, by number.
  "[11~": "f1", "[12~": "f2", "[13~": "f3", "[14~": "f4",
  "[200~": "paste-start", "[201~": "paste-end",
  // Linux' console.
  "[[A": "f1", "[[B": "f2", "[[C": "f3", "[[D": "f4", "[[E": "f5",
  "[15~": "f5", "[17~": "f6", "[18~": "f7", "[19~": "f8", "[20~": "f9", "[21~": "f10",
  "[23~": "f11", "[24~": "f12",
  "[A": "up", "[B": "down", "[C": "right", "[D": "left", "[E": "clear", "[F": "end", "[H": "home",
  OA: "up", OB: "down", OC: "right", OD: "left", OE: "clear", OF: "end", OH: "home",
  "[1~": "home", "[2~": "insert", "[3~": "delete", "[4~": "end", "[5~": "pageup",
  "[6~": "pagedown", "[[5~": "pageup", "[[6~": "pagedown", "[7~": "home", "[8~": "end",
  "[Z": "tab",
};

// rxvt tells modifiers by the letter's case and the last character.
const SHIFTED = {
  "[a": "up", "[b": "down", "[c": "right", "[d": "left", "[e": "clear",
  "[2$": "insert", "[3$": "delete", "[5$": "pageup", "[6$": "pagedown", "[7$": "home",
  "[8$": "end",
};
const CONTROLLED = {
  Oa: "up", Ob: "down", Oc: "right", Od: "left", Oe: "clear",
  "[2^": "insert", "[3^": "delete", "[5^": "pageup", "[6^": "pagedown", "[7^": "home",
  "[8^": "end",
};

/** Gives a key the name of its code; "undefined" for one nobody knows. */
function nameKey(key) {
  const { code } = key;
  if (code in SHIFTED) {
    key.name = SHIFTED[code];
    key.shift = true;
  } else if (code in CONTROLLED) {
    key.name = CONTROLLED[code];
    key.ctrl = true;
  } else {
    key.name = NAMES[code] ?? "undefined";
    if (code === "[Z") key.shift = true;
  }
}
const { Object } = globalThis;
for (const table of [NAMES, SHIFTED, CONTROLLED]) Object.setPrototypeOf(table, null);

module.exports = { nameKey };
