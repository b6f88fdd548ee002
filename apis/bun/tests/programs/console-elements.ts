// JSX elements.
const ELEMENT = Symbol.for("react.element");
const FRAGMENT = Symbol.for("react.fragment");
function element(type: any, properties: any, ...children: any[]) {
  const props = { ...properties };
  if (children.length > 0) props.children = children.length === 1 ? children[0] : children;
  return { $$typeof: ELEMENT, type, key: properties?.key ?? null, ref: null, props };
}
function Component() {}
const cases = [
  element("div", null), element("div", { id: "a" }), element("div", { id: "a", n: 1, o: { x: 1 }, f() {}, b: true }),
  element("div", null, "text"), element("div", { id: "x" }, "text"), element("div", null, element("b", null, "in")),
  element("div", null, "a", element("b", null), 5, null), element(Component, { a: 1 }), element(Component, null, "x"),
  element("div", { key: "k" }, "x"), element(FRAGMENT, null, "fragment"), element("div", null, "x".repeat(200)),
  element("input", { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }), element("div", null, []), element("div", null, ""),
  element("div", { a: "q\"q" }), element(() => {}, null),
  element("ul", null, element("li", { key: 1 }, "1"), element("li", { key: 2 }, element("b", null, "2"))),
  { $$typeof: ELEMENT }, { $$typeof: ELEMENT, type: "x" },
  { $$typeof: Symbol.for("react.transitional.element"), type: "p", props: { children: "t" } },
  { $$typeof: Symbol("other"), type: "p" }, element("div", { children: "c", z: 1 }), element(class K {}, { x: [1, 2] }),
];
for (const value of cases) {
  console.log(value);
  console.log([value], { value });
  console.log(Bun.inspect(value, { compact: true }), Bun.inspect(value, { colors: true }).replaceAll("\x1b", "^"));
}
