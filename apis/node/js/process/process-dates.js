"use strict";
// Dates after `process.env.TZ` has changed. The engine keeps with every Date what hour, day and
// year it is, as its last reader saw it, and forgets none of it when the zone changes. So from
// the first change on, the functions that tell or set local time first have their Date forget:
// asked for another time in between, it works its own out again. Programs that never change the
// zone keep the engine's functions. Loaded by process-env.js.

const { Date, Object, Reflect, WeakMap } = globalThis;
const { prototype } = Date;
const { getHours, getTime, setTime } = prototype;
const NAMES = [
  "getDate", "getDay", "getFullYear", "getHours", "getMilliseconds", "getMinutes", "getMonth",
  "getSeconds", "getTimezoneOffset", "getYear", "setDate", "setFullYear", "setHours",
  "setMilliseconds", "setMinutes", "setMonth", "setSeconds", "setYear", "toDateString",
  "toString", "toTimeString",
];
// More than any two zones are apart.
const FAR_MS = 400 * 86_400_000;

// Which change a date was last looked at after.
const seen = new WeakMap();
let changes = 0;

function forget(date) {
  if (seen.get(date) === changes) return;
  const time = Reflect.apply(getTime, date, []);
  seen.set(date, changes);
  if (time !== time) return;
  Reflect.apply(setTime, date, [time > 0 ? time - FAR_MS : time + FAR_MS]);
  Reflect.apply(getHours, date, []);
  Reflect.apply(setTime, date, [time]);
}

// Made as methods, which have no prototype and cannot be called with `new`.
const replacements = {};

function replace(name) {
  const original = prototype[name];
  const { [name]: own } = {
    [name](...given) {
      if (typeof this === "object" && this !== null) forget(this);
      return Reflect.apply(original, this, given);
    },
  };
  Object.defineProperty(own, "length", { value: original.length, configurable: true });
  Object.defineProperty(prototype, name, { value: own });
  replacements[name] = own;
}

/** Has every Date be of the zone that is set now. */
function zoneChanged() {
  if (changes === 0) NAMES.forEach(replace);
  changes++;
}

module.exports = { zoneChanged, replacements };
