// What handlers are given, in which order, and what they may do.
const DOCUMENT =
  '<!DOCTYPE html PUBLIC "pub" "sys"><!--c0--><html><body class="A b" ID=x><p>one<!--c1--><b>two' +
  "</b></p><br/><img src=a><svg><circle r=1 /><rect></rect></svg><p>un&amp;closed</body></html>tail";

const namesOf = (unit: object) => Object.getOwnPropertyNames(Object.getPrototypeOf(unit)).join();
const shown = new Set<string>();

function show(unit: object) {
  const tag = Object.prototype.toString.call(unit);
  if (shown.has(tag)) return;
  shown.add(tag);
  console.log(tag, namesOf(unit), Object.keys(unit).length, unit.constructor === Object);
  console.log(unit);
  const descriptors = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(unit));
  for (const [name, { get, set, value, enumerable }] of Object.entries(descriptors)) {
    console.log(name, typeof get, typeof set, value?.length, enumerable);
  }
}

const rewriter = new HTMLRewriter()
  .on("*", {
    element(element) {
      show(element);
      const { tagName, attributes, removed, selfClosing, canHaveContent, namespaceURI } = element;
      console.log(tagName, [...attributes], removed, selfClosing, canHaveContent, namespaceURI);
      try {
        element.onEndTag((tag) => {
          show(tag);
          console.log("end of", tagName, "by", tag.name);
        });
      } catch (error) {
        console.log(error.constructor.name, error.name, error.message);
      }
    },
    comments(comment) {
      console.log("comment", comment.text, comment.removed);
    },
    text(chunk) {
      console.log("text", JSON.stringify(chunk.text), chunk.lastInTextNode, chunk.removed);
    },
  })
  .onDocument({
    doctype(doctype) {
      show(doctype);
      console.log(doctype.name, doctype.publicId, doctype.systemId, doctype.removed);
    },
    comments(comment) {
      show(comment);
      console.log("of the document", comment.text);
    },
    text(chunk) {
      show(chunk);
      console.log("of the document", JSON.stringify(chunk.text), chunk.lastInTextNode);
    },
    end(end) {
      show(end);
      end.append("<i>", { html: true }).append("<i>");
    },
  });
console.log(rewriter.transform(DOCUMENT));

for (const method of ["remove", "replace", "setInnerContent", "removeAndKeepContent"]) {
  const seen: unknown[] = [];
  const output = new HTMLRewriter()
    .on("div", {
      element(element) {
        element[method]("new");
        element.onEndTag((tag) => { seen.push(`end ${tag.name}`); });
      },
    })
    .on("*", {
      element: (element) => { seen.push(element.tagName, element.removed); },
      text: (chunk) => { seen.push(chunk.text); },
      comments: (comment) => { seen.push(comment.text); },
    })
    .transform("<p>a<div>b<i>c</i><!--x--><div>n</div></div>d</p>");
  console.log(method, output, seen.join("|"));
}

const mutations: Array<[string, ...unknown[]]> = [
  ["setAttribute", "x", "1"], ["removeAttribute", "x"], ["before", "b"], ["after", "a"],
  ["prepend", "p"], ["append", "ap"], ["setInnerContent", "i"], ["getAttribute", "q"],
  ["getAttribute", "none"], ["hasAttribute", "Q"], ["onEndTag", () => {}],
  ["removeAndKeepContent"], ["remove"], ["replace", "z"],
];
for (const [method, ...given] of mutations) {
  const output = new HTMLRewriter().on("a", {
    element(element) {
      const answer = element[method](...given);
      console.log(method, answer === element ? "itself" : answer, element.removed);
    },
  }).transform("<a q=1>t</a>");
  console.log(output);
}

console.log(new HTMLRewriter().on("a", {
  element(element) {
    element.onEndTag((tag) => { tag.before("first"); });
    element.onEndTag((tag) => {
      tag.before("<2>");
      tag.name = "b c";
      tag.after("<3>", { html: true });
      console.log(tag.name);
    });
  },
}).transform("<a>x</a><a>y"));

console.log(new HTMLRewriter().on("a", {
  text(chunk) {
    chunk.before("<b>").after("<c>", { html: true });
    if (chunk.text !== "") chunk.replace("R");
    console.log(chunk.removed);
  },
  comments(comment) {
    comment.text = "other";
    comment.before("[").after("]");
    if (comment.text === "other") console.log(comment.removed);
  },
}).transform("<a>t<!--x--></a>"));

console.log(new HTMLRewriter()
  .on("title, script, textarea", { text: (chunk) => console.log(JSON.stringify(chunk.text)) })
  .transform("<title>a&b<c></title><script>if(a<b){}</script><textarea><b>x</textarea><?pi?>"));

const attributes: unknown[] = [];
let kept;
new HTMLRewriter().on("div", {
  element(element) {
    const first = element.attributes;
    attributes.push(first.next(), first[Symbol.iterator]() === first);
    element.setAttribute("B", "changed");
    attributes.push(first.next(), [...element.attributes]);
    element.removeAttribute("A");
    attributes.push([...element.attributes]);
    kept = element;
  },
}).transform('<div a="1" b="2" C=\'3\'></div>');
console.log(attributes);
console.log(kept.tagName, kept.attributes, kept.removed, kept.getAttribute("b"),
  kept.hasAttribute("b"), kept.before("x"), kept.setAttribute("b", "c"), kept.onEndTag(() => {}));
