// Proxies that a WebSocket refuses at once.
for (const proxy of ["not a url", "ftp://a", { url: "x" }, { url: new URL("ftp://b") }]) {
  try {
    new WebSocket("ws://localhost/", { proxy });
  } catch (error) {
    console.log(error.constructor.name, error.message);
  }
}
