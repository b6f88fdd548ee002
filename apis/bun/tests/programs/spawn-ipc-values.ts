// Bun.spawn's ipc in its own serialization: what arrives is what was sent, cycles and classes too.
if (process.argv[2] === "child") {
  process.on("message", (message: any) => {
    if (message === "bye") process.disconnect!();
    else process.send!(message);
  });
  process.send!("ready");
} else {
  const cycle: any = { name: "cycle" };
  cycle.self = cycle;
  const shared = [1];
  const values: any[] = [
    1, -1, 1.5, -0, true, null, "text", "\u00e9\u20ac", "x".repeat(100_000), { a: { b: [1, undefined, null] }, 1: 2 }, [1, , 3],
    new Date(5), /a+/gi, new Map<any, any>([[1, { a: 2 }], ["k", new Set([1, "2"])]]), new Uint8Array([1, 2, 3]), new Float64Array([1.5]), { buffer: Buffer.from("bytes") },
    new ArrayBuffer(2), { big: 2n ** 70n, negative: -5n }, new RangeError("out of it"), cycle, { a: shared, b: shared },
  ];
  let next = 0;
  const child = Bun.spawn([process.execPath, import.meta.path, "child"], {
    stdout: "inherit",
    stderr: "inherit",
    ipc(message: any) {
      if (message !== "ready") {
        if (typeof message === "string" && message.length > 50) console.log(message.length);
        else if (message instanceof Error) console.log(message.constructor.name, message.message);
        else if (message?.self === message && message) console.log("a cycle", message.name);
        else if (message?.a && message.a === message.b) console.log("shared", message.a);
        else console.log(Object.is(message, -0) ? "-0" : message);
      }
      child.send(next < values.length ? values[next++] : "bye");
    },
  });
  for (const bad of [() => 1, new WeakMap(), { f() {} }] as any[]) {
    try {
      child.send(bad);
    } catch (error: any) {
      console.log(error.name, error.message);
    }
  }
  console.log(await child.exited);
}
