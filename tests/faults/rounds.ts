// The same faults many times over: nothing may be left of them.
const base = `http://127.0.0.1:${process.env.FAULT_PORT}`;
const rounds = Number(process.env.FAULT_ROUNDS);
const paths = `close reset garbage cut-head short short-reset long length-words chunk-size chunk-cut
  until-close upgrade no-content gzip-corrupt loop ok`.split(/\s+/);

async function read(path: string) {
  try {
    await (await fetch(`${base}/${path}`)).text();
  } catch {}
}

async function abort(path: string) {
  const controller = new AbortController();
  try {
    const pending = fetch(`${base}/${path}`, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await (await pending).text();
  } catch {}
}

async function leave() {
  // Neither read nor cancelled: collected.
  await fetch(`${base}/stall-body`).catch(() => {});
}

async function all(count: number) {
  for (let round = 0; round < count; round++) {
    await Promise.all([...paths.map(read), abort("stall"), abort("stall-body"), leave()]);
    if (round % 10 === 0) await settle();
  }
  for (let turn = 0; turn < 20; turn++) await settle();
}

async function settle() {
  (globalThis as any).Bun?.gc?.(true);
  await new Promise((resolve) => setTimeout(resolve, 10));
}

await all(Math.ceil(rounds / 10));
await fetch(`${base}/pause`);
await all(rounds);
await fetch(`${base}/pause`);
process.exit(0);
