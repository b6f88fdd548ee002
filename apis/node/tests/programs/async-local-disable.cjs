// A disabled storage forgets its values everywhere, until it is entered again.
const { AsyncLocalStorage } = require("node:async_hooks");
const { styleText, inspect } = require("node:util");
const one = new AsyncLocalStorage();
const other = new AsyncLocalStorage();
one.run("A", () => {
  other.run("B", () => {
    one.disable();
    console.log(one.getStore(), other.getStore());
  });
  console.log(one.getStore(), other.getStore());
  one.run("C", () => console.log(one.getStore()));
  console.log(one.getStore());
});
one.run("D", () => {
  const snapshot = AsyncLocalStorage.snapshot();
  setTimeout(() => console.log("later", one.getStore()), 1);
  one.disable();
  console.log(snapshot(() => one.getStore()));
  one.enterWith("E");
  console.log(one.getStore());
});

// Styles within styles; folders for require.resolve.
const style = (format, text) => styleText(format, text, { validateStream: false });
for (const text of [
  style("red", `a${style("blue", "b")}c`), style("red", style("blue", "b")),
  style("bold", `a${style("dim", "b")}`), style(["red", "bold"], `x${style("blue", "y")}z`),
]) console.log(inspect(text));
for (const paths of [5, "x", {}, [5], ["/tmp", undefined]]) {
  for (const name of ["fs", "./absent"]) {
    try {
      console.log(require.resolve(name, { paths }));
    } catch ({ name, code, message }) {
      console.log(name, code, message);
    }
  }
}
