// What is printed of something thrown that is no error.
const codes = [
  `throw { message: "text", a: 1 }`,
  `throw { message: "text", get name() { throw 1 } }`,
  `throw { get message() { throw 1 } }`,
  `throw { message: "text", line: 3, sourceURL: "http://example.com/some.js" }`,
  `throw { line: 3, column: 4, sourceURL: "some.js" }`,
  `throw { sourceURL: "some.js" }`,
  `throw new Proxy({}, { get() { throw 1 } })`,
  `throw [1]`, `throw 5`, `throw null`,
];
for (const code of codes) {
  const { stderr, exitCode } = Bun.spawnSync([process.execPath, "-e", code]);
  console.log(code, exitCode);
  console.log(stderr.toString());
}
