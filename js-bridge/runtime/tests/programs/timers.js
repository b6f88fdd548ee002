const timer = setTimeout(() => {}, 10);
const immediate = setImmediate(() => {});
const interval = setInterval(() => {}, 10);
log(typeof timer, timer.constructor.name, immediate.constructor.name);
const own = (object) => Object.getOwnPropertyNames(Object.getPrototypeOf(object)).sort().join();
log(own(timer));
log(own(immediate));
log(Object.keys(timer).length, Object.keys(immediate).length);
log(typeof +timer, `${timer}` === String(+timer), timer[Symbol.toPrimitive]() === +timer);
log(timer.hasRef(), timer.unref() === timer, timer.hasRef(), timer.ref() === timer);
log(timer.refresh() === timer, timer.close() === timer, interval.hasRef(), immediate.hasRef());
log(interval._idleTimeout, interval._repeat, typeof interval._onTimeout, timer._repeat);
clearTimeout(interval);
clearImmediate(immediate);
log(timer._destroyed, interval._destroyed, immediate._destroyed);
log(Object.prototype.toString.call(timer), Object.prototype.toString.call(immediate));
for (const each of [setTimeout, setInterval, setImmediate, clearTimeout, queueMicrotask]) {
  log(each.name, each.length, Object.getOwnPropertyNames(each).join());
}
for (const bad of [undefined, "x", 5, null, {}]) {
  try { setTimeout(bad, 1); } catch (error) { log(error.name, error.code, error.message); }
}
try { queueMicrotask(1); } catch (error) { log(error.name, error.code, error.message); }
try { setImmediate(1); } catch (error) { log(error.name, error.code, error.message); }
log(clearTimeout(undefined), clearTimeout("abc"), clearTimeout({}), clearTimeout(99999));
const byNumber = setTimeout(() => log("never"), 1);
clearTimeout(String(+byNumber));
log(byNumber._destroyed);
for (const delay of [1.7, "5", undefined, 0, 2147483647]) {
  const made = setTimeout(() => {}, delay);
  log(made._idleTimeout);
  clearTimeout(made);
}
setTimeout((one, two) => log("arguments", one, two), 1, 1, 2);
setTimeout(function () { log("this", this.constructor.name); }, 1);
let count = 0;
const repeated = setInterval(function () {
  log("interval", ++count, this === repeated);
  if (count === 3) clearInterval(repeated);
}, 1);
const unreferenced = setInterval(() => log("never"), 1000);
unreferenced.unref();
setTimeout(() => log("refreshed once"), 100).refresh();
