// Compiling what comes as a stream: chunks have to be bytes, and a failure of the stream is passed
// on.
const MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const headers = { "content-type": "application/wasm" };

async function show(label: string, body: BodyInit | null) {
  try {
    const made = await WebAssembly.compileStreaming(new Response(body, { headers }));
    console.log(label, String(made));
  } catch (error: any) {
    console.log(label, error.constructor.name, error.code, error.message);
  }
}

function detached() {
  const view = new Uint8Array(8);
  view.buffer.transfer();
  return view;
}

const chunks: Record<string, unknown> = {
  number: 1, object: {}, null: null, string: "text", view: MODULE, buffer: MODULE.slice().buffer,
  "detached view": detached(), "detached buffer": detached().buffer,
};
for (const [label, chunk] of Object.entries(chunks)) {
  await show(label, new ReadableStream({
    start(controller) {
      controller.enqueue(chunk);
      controller.close();
    },
  }));
}
await show("endless texts", new ReadableStream({ pull: (controller) => controller.enqueue("text") }));
await show("no body", null);
await show("single bytes", new ReadableStream({
  start(controller) {
    for (const byte of MODULE) controller.enqueue(Uint8Array.of(byte));
    controller.close();
  },
}));
await show("failing", new ReadableStream({ start: (controller) => controller.error(new RangeError("own")) }));
