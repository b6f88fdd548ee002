// JSX elements, printed as JSX.
//
// `<div class="x">text</div>`: the key first, then the properties, children inside. Owned by
// bun/inspect; fails never.
"use strict";

const kinds = require("bun/inspect-kinds");
const { kindOf } = require("bun/inspect-format");
const { tint, indentation, RESET } = require("bun/inspect-text");

// Texts of fewer characters than this stay on the tag's line.
const INLINE_TEXT_MAX = 128;
// Properties on the tag's first line when there are many.
const INLINE_PROPERTIES_MAX = 3;

const CYAN = tint("<cyan>");
const GREEN = tint("<green>");
const CLOSING_CYAN = tint("<r><cyan>");
const CLOSING_GREEN = tint("<r><green>");
const NAME = tint("<r><blue>");
const EQUALS = tint("<d>=<r>");
const TEXT = tint("<r><green>");

// { name, isTag } of what an element is made from: a tag, a component, a fragment.
function typeOf(element) {
  const { type } = element;
  if (type === undefined && !("type" in element)) return { name: "unknown", isTag: false };
  if (typeof type === "symbol") return { name: "", isTag: false };
  if (typeof type === "string") return { name: type, isTag: true };
  if (typeof type === "function" || (typeof type === "object" && type !== null)) {
    return { name: kinds.nameOf(type) || "NoName", isTag: false };
  }
  return { name: String(type), isTag: false };
}

function quotedInside(formatter, print) {
  const { quoteStrings } = formatter;
  formatter.quoteStrings = true;
  print();
  formatter.quoteStrings = quoteStrings;
}

function printProperties(formatter, properties, names, needsSpace) {
  const color = formatter.color;
  const count = names.filter((name) => name !== "children").length;
  formatter.indent += 1;
  names.forEach((name, index) => {
    if (name === "children") return;
    const value = properties[name];
    if (needsSpace) formatter.out += " ";
    needsSpace = false;
    formatter.out += NAME[color] + name + EQUALS[color];
    if (typeof value === "string") formatter.out += TEXT[color];
    formatter.formatNested(value);
    if (typeof value === "string") formatter.out += RESET[color];
    if (index + 1 >= count) return;
    const breaks = !formatter.singleLine && index > INLINE_PROPERTIES_MAX;
    formatter.out += breaks ? "\n" + indentation(formatter.indent) : " ";
  });
  formatter.indent -= 1;
}

function printText(formatter, text) {
  formatter.out += RESET[formatter.color] + ">";
  if (text.length < INLINE_TEXT_MAX) {
    formatter.out += text;
    return;
  }
  formatter.out += "\n" + indentation(formatter.indent + 1) + text;
  formatter.out += "\n" + indentation(formatter.indent);
}

function printInside(formatter, children) {
  formatter.out += ">\n";
  formatter.indent += 1;
  formatter.out += indentation(formatter.indent);
  children.forEach((child, index) => {
    if (index > 0) formatter.out += "\n" + indentation(formatter.indent);
    formatter.formatNested(child);
  });
  formatter.indent -= 1;
  formatter.out += "\n" + indentation(formatter.indent);
}

// Prints what is between the tags; returns whether there was anything.
function printChildren(formatter, children) {
  const kind = kindOf(formatter, children);
  if (kind === "string" || kind === "boxed-string") {
    if (String(children) === "") return false;
    printText(formatter, String(children));
    return true;
  }
  if (kind === "element") {
    printInside(formatter, [children]);
    return true;
  }
  if (kind !== "array" || children.length === 0) return false;
  const { quoteStrings } = formatter;
  formatter.quoteStrings = false;
  printInside(formatter, Array.from(children));
  formatter.quoteStrings = quoteStrings;
  return true;
}

function isNesting(formatter, children) {
  if (formatter.singleLine) return false;
  const kind = kindOf(formatter, children);
  return kind === "string" || kind === "boxed-string" || kind === "element" || kind === "array";
}

function print(formatter, element) {
  const color = formatter.color;
  const { name, isTag } = typeOf(element);
  formatter.out += RESET[color] + "<" + (isTag ? GREEN : CYAN)[color] + name + RESET[color];
  const { key, props } = element;
  if (key !== undefined && key !== null) {
    formatter.out += " key=";
    quotedInside(formatter, () => formatter.formatNested(key));
  }
  if (typeof props !== "object" || props === null) {
    formatter.out += " />";
    return;
  }
  let isClosed = false;
  quotedInside(formatter, () => {
    const names = Object.keys(props).filter((property) => property !== "");
    printProperties(formatter, props, names, true);
    if (names.length === 0 || !isNesting(formatter, props.children)) return;
    isClosed = true;
    if (!printChildren(formatter, props.children)) return;
    const ink = (isTag ? CLOSING_GREEN : CLOSING_CYAN)[color];
    formatter.out += "</" + ink + name + RESET[color] + ">";
  });
  if (!isClosed) formatter.out += " />";
}

module.exports = { print };
