// What a rewriter refuses, and what handlers may not say.
function attempt(what: string, action: () => unknown) {
  try {
    const answer = action();
    console.log(what, "ok", answer instanceof HTMLRewriter ? "rewriter" : answer);
  } catch (error) {
    console.log(what, error.constructor.name, error.name, error.code, error.message);
  }
}

const { on, onDocument, transform } = HTMLRewriter.prototype;
for (const method of [on, onDocument, transform]) console.log(method.name, method.length);
console.log(HTMLRewriter.name, HTMLRewriter.length, String(new HTMLRewriter()));
attempt("call", () => HTMLRewriter());

const selectors = [
  "", "   ", "div[", "div)", "div::", "..invalid", "div::before", "div:hover", "a + b", "a ~ b",
  "*", "a, b", "p:nth-child(x)", ":not()", "[a=b", "svg|a", "p:is(a)", 5, null, undefined, {},
];
for (const selector of selectors) {
  attempt(`on ${selector}`, () => new HTMLRewriter().on(selector as string, { element() {} }));
}
const handlers: unknown[][] = [
  [], ["a"], ["a", null], ["a", "x"], ["a", {}], ["a", { element: 5 }], ["a", { element: null }],
  ["a", { comments: "x" }], ["a", { text: {} }], ["a", []], ["a", () => {}],
];
for (const given of handlers) attempt("on", () => new HTMLRewriter().on(...given));
for (const given of [[], [null], [{}], [{ doctype: 5 }], [{ end: 5 }], [{ element: 5 }]]) {
  attempt("onDocument", () => new HTMLRewriter().onDocument(...given));
}
const inputs = [
  [], [null], [5], [{}], [Symbol("s")], [new Blob(["<a>"])], [""], [new String("<a>")],
  [new Uint8Array([60, 97, 62])], [new ArrayBuffer(0)], [new DataView(new ArrayBuffer(2))],
];
for (const given of inputs) attempt("transform", () => new HTMLRewriter().transform(...given));
attempt("receiver", () => transform.call({}, "a"));
attempt("receiver", () => transform.call(5, "a"));

console.log(new HTMLRewriter().on("a", {
  element(element) {
    for (const name of ["", "a b", "a=b", "a>", "a/", "x\ty", "é", "<", "A", '"']) {
      attempt(`set ${name}`, () => element.setAttribute(name, "v") === element);
    }
    attempt("set", () => element.setAttribute("x"));
    attempt("set", () => element.setAttribute("x", null));
    attempt("get", () => element.getAttribute());
    attempt("has", () => element.hasAttribute());
    element.setAttribute("quote", "a\"b'c&<>");
    for (const name of ["", "1a", "a b", "é", "x>", "x/", 5, "P"]) {
      attempt(`tag ${name}`, () => {
        element.tagName = name as string;
        return element.tagName;
      });
    }
    attempt("before", () => element.before());
    attempt("before", () => element.before(null));
    attempt("before", () => element.before(5) === element);
    attempt("before", () => element.before({ toString: () => "object" }) === element);
    attempt("onEndTag", () => element.onEndTag(5));
  },
  comments(comment) {
    attempt("text", () => { comment.text = "a-->b"; });
    attempt("text", () => { comment.text = 5; return comment.text; });
  },
  text(chunk) {
    attempt("text", () => { chunk.text = "z"; });
  },
}).transform("<a q=1>t<!--x--></a>"));

for (const input of ["<a>", new Uint8Array([60, 97, 62])]) {
  const given = input as string;
  const by = (element: (element: unknown) => unknown) => new HTMLRewriter().on("a", { element });
  attempt("throws", () => by(() => { throw new RangeError("thrown"); }).transform(given));
  attempt("rejects", () => by(async () => { throw new RangeError("rejected"); }).transform(given));
  attempt("later", () => by(async () => { await 1; throw new Error("later"); }).transform(given));
  attempt("answers", () => by(() => new Error("answered")).transform(given));
  attempt("slow", () => by(() => Bun.sleep(1)).transform(given));
}
attempt("end", () => new HTMLRewriter().onDocument({ end() { throw new Error("end"); } })
  .transform("x"));
