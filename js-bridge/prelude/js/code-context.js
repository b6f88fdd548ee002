// Code that is no module and still keeps the async context: what `eval` and the constructors of
// functions are given, and the scripts of node:vm. It is rewritten as modules are and finds the
// context under its name among the realm's declarations, which are no properties of its global
// object.
"use strict";

const { RegExp, WeakSet } = globalThis;
const asyncContext = require("runtime/async-context");
const engine = require("runtime/engine");
const { rewriteCode } = require("runtime/scripts");

const { test } = RegExp.prototype;
const SUSPENDS = /\b(?:async|await|Promise)\b/;
const DECLARATION = "let $dx; (value) => { $dx = value; };";

const realms = new WeakSet();

function declareIn(global) {
  if (realms.has(global)) return;
  realms.add(global);
  const realm = global === globalThis ? undefined : global;
  engine.evaluateIn(realm, DECLARATION, "dx:async-context", 1)(asyncContext);
}

function suspends(code) {
  return typeof code === "string" && test.call(SUSPENDS, code);
}

/** A script's text, rewritten where it has to be. */
function source(code) {
  if (!suspends(code)) return code;
  declareIn(globalThis);
  return rewriteCode(code, "");
}

/** The text of a function's body; `head` is what it begins with. */
function body(code, head = "function f() {") {
  if (!suspends(code)) return code;
  declareIn(globalThis);
  return rewriteCode(code, head);
}

module.exports = { body, declareIn, source };
