// Reads files: 100 MB as text and as bytes, 4 KiB files one and 64 at a time.
// PERF_FOLDER holds `large` and `small-0` to `small-63`; SECONDS is the time of each measure.
// Prints one JSON object; larger figures are better.
const folder = process.env.PERF_FOLDER;
const milliseconds = Number(process.env.SECONDS ?? "1") * 1000;
const small = Array.from({ length: 64 }, (_, number) => `${folder}/small-${number}`);

// Runs `step` until the time has passed; units of work a second, by the median of the steps: memory
// that the host of a virtual machine has to find first costs a step several times its usual time.
async function rate(step, units) {
  await step();
  const steps = [];
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    await step();
    steps.push(performance.now() - start);
  } while (performance.now() < end);
  steps.sort((left, right) => left - right);
  return (units * 1000) / steps[steps.length >> 1];
}

const figures = {
  text_megabytes_per_second: await rate(async () => {
    const text = await Bun.file(`${folder}/large`).text();
    if (text.length !== 100_000_000) throw new Error("not the whole text");
  }, 100),
  bytes_megabytes_per_second: await rate(async () => {
    const bytes = await Bun.file(`${folder}/large`).arrayBuffer();
    if (bytes.byteLength !== 100_000_000) throw new Error("not all bytes");
  }, 100),
  small_reads_per_second: await rate(async () => {
    for (let turn = 0; turn < 64; turn += 1) await Bun.file(small[turn]).text();
  }, 64),
  small_reads_64_at_once_per_second: await rate(
    () => Promise.all(small.map((path) => Bun.file(path).text())),
    64,
  ),
};
console.log(JSON.stringify(figures));
