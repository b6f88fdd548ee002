// Calls of timerified functions as observers see them; measures by options; node:domain.
const { performance, PerformanceEntry, PerformanceObserver } = require("node:perf_hooks");
const domain = require("node:domain");
const { EventEmitter } = require("node:events");

const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    console.log(Object.keys(entry).join(), entry.constructor.name, entry instanceof PerformanceEntry);
    console.log(entry.name, entry.entryType, entry.detail, entry[0], Object.keys(entry.toJSON()).join());
  }
});
observer.observe({ entryTypes: ["function"] });
performance.timerify(function add(one, other) { return one + other; })(1, 2);
class Point { constructor(x) { this.x = x; } }
console.log(new (performance.timerify(Point))(5));
performance.timerify(async function later() { await 1; })(3);
console.log(performance.getEntriesByType("function").length);
console.log(PerformanceObserver.supportedEntryTypes.includes("function"));

for (const options of [{ detail: 1 }, {}, { duration: 1 }, { start: 1, end: 2, duration: 1 }]) {
  try {
    console.log(performance.measure("measure", options).detail);
  } catch ({ name, message }) {
    console.log(name, message);
  }
}
for (const method of ["getEntriesByName", "getEntriesByType"]) {
  try {
    performance[method]();
  } catch ({ code, message }) {
    console.log(code, message);
  }
}

console.log(Object.keys(domain).join(), domain.active, domain._stack);
const made = domain.create();
console.log(Object.keys(made).join());
made.on("error", ({ message, domainThrown }) => console.log("domain", message, domainThrown));
made.run(() => { throw new Error("run"); });
made.bind(() => { throw new Error("bound"); })();
made.intercept(() => console.log("never"))(new Error("intercepted"));
made.intercept((value) => console.log(value))(null, "value");
const emitter = new EventEmitter();
made.add(emitter);
emitter.emit("error", new Error("emitted"));
made.remove(emitter);
console.log(emitter.listenerCount("error"));
