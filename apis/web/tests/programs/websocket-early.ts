// Messages that a server sends as soon as a WebSocket is open reach the program at once, whether
// or not anything else happens: with compression and without.
for (const perMessageDeflate of [false, true]) {
  for (const compress of [false, true]) {
    using server = Bun.serve({
      port: 0,
      fetch: (request, owner) => owner.upgrade(request) ? undefined : new Response("no"),
      websocket: {
        perMessageDeflate,
        open(socket) {
          socket.send("short", compress);
          socket.send("A".repeat(1000), compress);
          socket.send("\u4f60\u597d", compress);
        },
        message() {},
      },
    });
    const client = new WebSocket(`ws://localhost:${server.port}`);
    const received: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    client.onmessage = (event) => {
      received.push(event.data.slice(0, 5));
      if (received.length === 3) resolve();
    };
    // A timer alone would also wake the loop, so that nothing shows without the messages.
    await promise;
    console.log(perMessageDeflate, compress, received);
    client.close();
  }
}
