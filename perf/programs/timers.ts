// 10,000 timers created and fired, and created and cancelled; milliseconds, the median of 21 runs.
// Prints one JSON object; smaller figures are better.
const count = 10_000;
const runs = 21;

function fired(): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const step = () => {
      left -= 1;
      if (left === 0) resolve();
    };
    for (let timer = 0; timer < count; timer += 1) setTimeout(step, 1);
  });
}

function cancelled(): void {
  const timers = [];
  for (let timer = 0; timer < count; timer += 1) timers.push(setTimeout(() => {}, 1000));
  for (const timer of timers) clearTimeout(timer);
}

async function median(step) {
  const times = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[runs >> 1];
}

const figures = {
  timers_fired_ms: await median(fired),
  timers_cancelled_ms: await median(cancelled),
};
console.log(JSON.stringify(figures));
