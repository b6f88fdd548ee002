// Bun.fileURLToPath and Bun.pathToFileURL: escapes of every kind, and what bad URLs get.
for (const character of "\0\t\n\r \"#%?[]^|~{}`'!$&()*+,;=@:<>é\\€".split("")) {
  console.log(JSON.stringify(character), Bun.pathToFileURL(`/a${character}b`).href);
}
const attempts: Array<() => unknown> = [
  () => Bun.fileURLToPath(1 as never), () => Bun.fileURLToPath("http://a"),
  () => Bun.fileURLToPath(new URL("file:///a%20b")), () => Bun.fileURLToPath("file:///a%2fb"),
  () => Bun.fileURLToPath("file://host/a"), () => Bun.pathToFileURL("/a/").href,
];
for (const action of attempts) {
  try {
    console.log(action());
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
