// What measures reach from and to; parts of a Blob that go while others are read; the order of
// broadcasts to channels that were just made.
performance.mark("first", { startTime: 5 });
performance.mark("second", { startTime: 9 });
const given: unknown[][] = [
  [{ start: 2 }, 12], [{ start: 2 }, "first"], [{ end: 3 }, "first"], [{ duration: 3 }, "first"],
  [{ detail: 1 }, "first"], [{}, "first"], [{ other: 1 }, "first"], [{ start: -1 }], [{ end: -1 }],
  [{ start: 1, end: 2, duration: 3 }], [{ start: 2 }, null], [{ detail: null }, "first"],
  [{ start: "first", end: "second" }], ["first", "second"], [null, "second"], ["absent"],
  ["first", "absent"], [{ start: 1, duration: 4 }], [{ end: 10, duration: 4 }], [[], "first"],
  [() => {}, "first"], [5, 6], [-5],
];
for (const [options, end] of given) {
  try {
    const { startTime, duration } = performance.measure("measure", options as object, end as string);
    console.log(startTime, duration);
  } catch (error) {
    console.log(error.constructor.name, error.name, error.code, error.message);
  }
}
try {
  performance.measure("measure", { start: 2 }, undefined);
  console.log(performance.getEntriesByName("measure").length);
} catch (error) {
  console.log(error);
}

const parts: unknown[] = [{ toString() { parts.pop(); return "kept"; } }, "gone"];
console.log(await new Blob(parts as string[]).text());
console.log(await new Blob([undefined, null, 5, , "x"] as string[]).text());

const channels = ["first", "second", "third"].map((name) => {
  const channel = new BroadcastChannel("order");
  channel.onmessage = ({ data }) => {
    console.log(name, data);
    if (data === "end") for (const open of channels) open.close();
  };
  return channel;
});
channels[0].postMessage("of the first");
channels[2].postMessage("of the third");
channels[1].postMessage("end");
