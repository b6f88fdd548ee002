// A time zone set while the program runs is that of its dates at once.
const date = () => new Date("2018-04-14T12:34:56.789Z");
const tell = () => console.log(
  process.env.TZ, date().getHours(), date().getTimezoneOffset(), date().toString(),
  new Intl.DateTimeFormat().resolvedOptions().timeZone,
);
for (const zone of ["Europe/Amsterdam", "America/New_York", "Australia/Sydney", "Etc/UTC"]) {
  process.env.TZ = zone;
  tell();
}
process.env.TZ = "Asia/Tokyo";
setTimeout(tell, 1);
