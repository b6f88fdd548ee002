// Parsing, tokens, comments and errors of acorn.
import { Parser, parse, parseExpressionAt, tokTypes, tokenizer, version } from "acorn";

const source = "export const f = async (a, {b = 1n}, ...c) => { for await (const x of a?.b ?? c) yield_: x ** 2; } // end";
const tree = parse(source, { ecmaVersion: "latest", sourceType: "module", locations: true });
console.log(version, JSON.stringify(tree, (_, value) => (typeof value === "bigint" ? `${value}n` : value)));
console.log([...tokenizer("let x = /re/g.test(`a${1}`)", { ecmaVersion: 2022 })].map((t) => [t.type.label, t.value?.toString()]));
const comments = [];
parse("/* a */ 1 // b", { ecmaVersion: 5, onComment: comments });
console.log(comments, parseExpressionAt("1 + x; rest", 4, { ecmaVersion: 5 }), tokTypes._class.keyword);
for (const bad of ["let let = 1", "x = (", "'use strict'; with (a) {}", "class { }", "/(?<a>.)(?<a>.)/"]) {
  try {
    parse(bad, { ecmaVersion: 2022, sourceType: "module" });
  } catch (error) {
    console.log(error.name, error.message, error.pos, error.loc);
  }
}
class Loud extends Parser {
  parseLiteral(value: unknown) {
    const node = super.parseLiteral(value);
    node.loud = String(value).toUpperCase();
    return node;
  }
}
console.log(Loud.parse("'abc'", { ecmaVersion: 5 }).body[0].expression);
