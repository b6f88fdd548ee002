// Workers of the web: messages, transfers, ports, errors, ends.
const start = (code: string, options?: WorkerOptions) =>
  new Worker(URL.createObjectURL(new Blob([code], { type: "application/typescript" })), options);

const next = (target: EventTarget, type: string): Promise<any> =>
  new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

const ended = async (worker: Worker) => (await next(worker, "close")).code;

// Values of every kind come back as they were.
{
  const echo = start("self.onmessage = ({ data }) => postMessage(data);");
  const shared = { twice: true };
  const values = [
    undefined, null, true, -0, 1.5, NaN, 2 ** 40, "text", "\u{1F600}\ud800", 12345678901234567890n,
    [1, , 3], { a: { b: [] } }, new Date(86400000), /x(y)/gi, new Map([[{ k: 1 }, new Set([1])]]),
    new Uint16Array([1, 2, 65535]), new DataView(new ArrayBuffer(4), 1, 2), Object("boxed"),
    [shared, shared], new Error("plain"), new RangeError("range"),
    { ["__proto__"]: 1 }, "x".repeat(100000).length, new Float64Array([0.1, -1e300]).buffer,
  ];
  for (const value of values) {
    echo.postMessage(value);
    const { data } = await next(echo, "message");
    if (data instanceof Error) console.log(data.constructor.name, data.message);
    else console.log(data);
  }
  echo.postMessage([shared, shared]);
  const { data } = await next(echo, "message");
  console.log("same object", data[0] === data[1]);
  const cycle: any = { name: "cycle" };
  cycle.self = cycle;
  echo.postMessage(cycle);
  const back = (await next(echo, "message")).data;
  console.log("cycle", back.self === back);
  for (const bad of [() => {}, Symbol("s"), new WeakMap()]) {
    try {
      echo.postMessage(bad);
    } catch (error) {
      console.log((error as Error).name, (error as Error).message);
    }
  }
  echo.terminate();
  console.log("terminated", await ended(echo), echo.threadId);
}

// Buffers move, and so do ports.
{
  const worker = start(`
    self.onmessage = ({ data, ports }) => {
      const [port] = ports;
      port.onmessage = ({ data: buffer }) => {
        const bytes = new Uint8Array(buffer);
        bytes[0] += 1;
        port.postMessage(buffer, [buffer]);
        port.postMessage(buffer.byteLength);
      };
      port.postMessage(["got", data === port || data.port === port]);
    };`);
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port2 }, [port2]);
  const heard: any[] = [];
  await new Promise<void>((resolve) => {
    port1.onmessage = ({ data }) => {
      heard.push(data);
      if (heard.length === 1) {
        const buffer = new Uint8Array([41, 2, 3]).buffer;
        port1.postMessage(buffer, [buffer]);
        console.log("left behind", buffer.byteLength);
      }
      if (heard.length === 3) resolve();
    };
  });
  console.log(heard);
  port1.close();
  worker.terminate();
  await ended(worker);
}

// Shared memory is one memory.
{
  const worker = start(`
    self.onmessage = ({ data }) => {
      const cells = new Int32Array(data);
      Atomics.store(cells, 1, 7);
      postMessage(Atomics.wait(cells, 0, 0, 10000));
    };`);
  const memory = new SharedArrayBuffer(8);
  const cells = new Int32Array(memory);
  worker.postMessage(memory);
  while (Atomics.load(cells, 1) === 0) await Bun.sleep(1);
  while (Atomics.notify(cells, 0) === 0) await Bun.sleep(1);
  console.log("woken", (await next(worker, "message")).data, cells[1]);
  worker.terminate();
  await ended(worker);
}

// What is not caught is told to the starter.
for (const code of [
  "throw new TypeError('at once')",
  "setTimeout(() => { throw new Error('later') }, 1)",
  "process.exit(3)",
  "process.exitCode = 4",
  "process.on('exit', () => { process.exitCode = 5 })",
  "try { process.exit(6) } finally { postMessage('never') }",
]) {
  const worker = start(code);
  const messages: string[] = [];
  worker.addEventListener("error", (event) => messages.push(/(at once|later)/.exec(event.message)![0]));
  worker.addEventListener("message", (event) => messages.push(event.data));
  console.log(await ended(worker), messages);
}

// A script that never comes back is ended.
for (const code of ["for (;;);", "setInterval(() => {}, 1000)", "Bun.serve({ port: 0, fetch: () => new Response() })"]) {
  const worker = start(code);
  await next(worker, "open");
  await Bun.sleep(20);
  worker.terminate();
  console.log("ended", typeof (await ended(worker)));
}

// Every thread hears a broadcast.
{
  const name = "program";
  const channel = new BroadcastChannel(name);
  const workers = [1, 2].map((number) => start(`
    const channel = new BroadcastChannel("${name}");
    channel.onmessage = ({ data }) => channel.postMessage([data, ${number}]);
    postMessage("ready");`));
  await Promise.all(workers.map((worker) => next(worker, "message")));
  const answers: any[] = [];
  const both = new Promise<void>((resolve) => {
    channel.onmessage = ({ data }) => {
      if (data[0] === "question") answers.push(data[1]);
      if (answers.length === 2) resolve();
    };
  });
  channel.postMessage("question");
  await both;
  console.log(answers.sort());
  channel.close();
  for (const worker of workers) worker.terminate();
  await Promise.all(workers.map(ended));
}

// What a worker knows of itself.
{
  const worker = start(
    "postMessage([Bun.isMainThread, process.argv.slice(2), process.env.GIVEN, typeof self.postMessage, self === globalThis])",
    { argv: ["one", "two"], env: { GIVEN: "yes" } } as any,
  );
  console.log((await next(worker, "message")).data);
  await ended(worker);
}
console.log(Bun.isMainThread);
