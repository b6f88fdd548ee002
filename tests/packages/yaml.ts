// Parsing, documents, comments, tags, anchors, errors and printing of yaml.
import YAML, { Document, LineCounter, parseAllDocuments, parseDocument, visit } from "yaml";

const text = `# top
name: &n Ada
list: [1, 0x1f, 1e3, .inf, ~, yes, "q\\u00e9"]
block: |
  two
  lines
folded: >-
  one
  line
again: *n
merge: { <<: { a: 1 }, b: 2 }
date: 2001-12-14
? complex
: key
`;
console.log(YAML.parse(text));
const document = parseDocument(text);
document.set("added", { deep: [true, null] });
document.deleteIn(["list", 0]);
console.log(String(document), document.errors, document.getIn(["merge", "b"]));
console.log(YAML.stringify({ a: "multi\nline", b: [[], {}], c: "1", d: "null", e: new Date(0), f: new Map([["k", "v"]]), long: "word ".repeat(30) }));
console.log(parseAllDocuments("---\na: 1\n---\nb: 2\n...").map((d) => d.toJS()));
const lineCounter = new LineCounter();
const broken = parseDocument("a: [1, 2\nb: }", { lineCounter });
for (const error of broken.errors) console.log(error.name, error.code, error.linePos);
try {
  YAML.parse("a: *missing");
} catch (error) {
  console.log(error.name, error.message);
}
const made = new Document({ shared: { x: 1 } });
made.set("alias", made.createAlias(made.get("shared"), "s"));
visit(made, { Pair(_, pair) { if (pair.key && pair.key.value === "x") pair.key.value = "y"; } });
console.log(made.toString());
