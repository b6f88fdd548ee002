// A time zone that is set while the program runs: dates made before and after it tell the new time.
const old = new Date(0);
const summer = new Date(2020, 5, 1, 12);
const untouched = new Date(86400000 * 200);
const invalid = new Date(NaN);
const show = (date) => [
  date.getFullYear(), date.getMonth(), date.getDate(), date.getDay(), date.getHours(),
  date.getMinutes(), date.getTimezoneOffset(), date.toString(), date.toDateString(),
  date.toTimeString(), `${date}`, date.toISOString(), date.toLocaleString("en-US"), date.getYear(),
].join(" | ");
console.log(show(old));
for (const zone of ["America/New_York", "Asia/Tokyo", "Asia/Kolkata", "Europe/Berlin", "Nowhere/Else"]) {
  process.env.TZ = zone;
  for (const date of [old, summer, new Date(2000, 0, 1), new Date(1e12)]) console.log(show(date));
  console.log(old.getTime(), summer.getTime(), invalid.getHours(), String(invalid));
}
console.log(untouched.getHours(), untouched.getDate());
summer.setHours(3);
console.log(summer.toISOString());
delete process.env.TZ;
process.env.TZ = "UTC";
console.log(show(old), summer.getHours());
summer.setMonth(0, 15);
console.log(summer.toISOString());
const { getHours, setFullYear, toString } = Date.prototype;
for (const f of [getHours, setFullYear, toString]) {
  const { enumerable, writable } = Object.getOwnPropertyDescriptor(Date.prototype, f.name);
  console.log(f.name, f.length, "prototype" in f, enumerable, writable, String(f));
}
for (const value of [{}, 1, null]) {
  try { console.log(getHours.call(value)); } catch (error) { console.log(error.name); }
}
class Own extends Date { getHours() { return super.getHours() + 100; } }
console.log(new Own(0).getHours(), Object.prototype.toString.call(old), +old);
