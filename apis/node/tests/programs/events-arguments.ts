// What listeners are given, one or several of them, by events with and without a name of their own.
import { EventEmitter } from "node:events";

const emitter = new EventEmitter();
const seen: unknown[] = [];
const note = (who: string) =>
  function (this: unknown, ...args: unknown[]) {
    seen.push([who, this === emitter, args.length, args.join()]);
  };
const values = [1, undefined, "three", null, 5, 6];

function emitAll(name: string) {
  for (let count = 0; count <= values.length; count++) {
    const answer = emitter.emit(name, ...values.slice(0, count));
    console.log(name, count, answer, JSON.stringify(seen.splice(0)));
  }
}

console.log(EventEmitter.prototype.emit.length, EventEmitter.prototype.emit.name);
emitAll("nobody");
emitter.on("one", note("single"));
emitAll("one");
emitter.on("many", note("first")).prependListener("many", note("zeroth")).on("many", note("last"));
emitAll("many");

emitter.on("error", note("error"));
emitAll("error");
emitter.on(EventEmitter.errorMonitor, note("monitor"));
emitAll("error");
emitter.on("error", note("second"));
emitAll("error");

emitter.removeAllListeners("error");
for (const args of [[], [new RangeError("thrown")], ["text", 2], [{ a: 1 }, 2, 3, 4]]) {
  try {
    emitter.emit("error", ...args);
  } catch (error) {
    const { name, message, code, context } = error as Error & { code: string; context: unknown };
    console.log(name, message, code, context, JSON.stringify(seen.splice(0)));
  }
}
emitter.removeAllListeners();
try {
  new EventEmitter().emit("error", new TypeError("alone"));
} catch (error) {
  console.log(String(error));
}

// Whoever is added or removed while an event is told of hears of the next one.
const later = () => seen.push("later");
emitter.on("change", () => {
  seen.push("changes");
  emitter.on("change", later);
});
emitter.on("change", function once() {
  seen.push("once");
  emitter.off("change", once);
});
for (let round = 0; round < 3; round++) {
  emitter.emit("change");
  console.log(seen.splice(0).join(" "));
}

// Often enough for compiled code, with counts that change.
let sum = 0;
const hot = new EventEmitter();
hot.on("sum", (...args: number[]) => { sum += args.length + (args[args.length - 1] ?? 0); });
for (let round = 0; round < 20000; round++) {
  switch (round % 6) {
    case 0: hot.emit("sum"); break;
    case 1: hot.emit("sum", 1); break;
    case 2: hot.emit("sum", 1, 2); break;
    case 3: hot.emit("sum", 1, 2, 3); break;
    case 4: hot.emit("sum", 1, 2, 3, 4); break;
    default: hot.emit("none", 1, 2, 3, 4, 5);
  }
}
console.log(sum);
