// Parsing, arithmetic, formatting, plugins, locales and time zones of dayjs.
import dayjs from "dayjs";
import "dayjs/locale/de";
import customParseFormat from "dayjs/plugin/customParseFormat";
import duration from "dayjs/plugin/duration";
import relativeTime from "dayjs/plugin/relativeTime";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";
import weekOfYear from "dayjs/plugin/weekOfYear";

for (const plugin of [utc, timezone, duration, relativeTime, customParseFormat, weekOfYear]) dayjs.extend(plugin);
const day = dayjs.utc("2024-02-29T13:05:09.123Z");
console.log(day.format("YYYY-MM-DD HH:mm:ss.SSS Z dddd MMMM"), day.locale("de").format("dddd, D. MMMM YYYY"));
console.log(day.add(1, "year").toISOString(), day.endOf("month").toISOString(), day.diff("2023-02-28", "day", true).toFixed(3));
console.log(day.tz("America/New_York").format(), dayjs.tz("2024-07-01 12:00", "Asia/Tokyo").utc().format());
console.log(dayjs("31/12/99", "DD/MM/YY").format("YYYY-MM-DD"), dayjs("nonsense").isValid(), day.week());
console.log(dayjs.duration({ hours: 49, minutes: 3 }).toISOString(), dayjs.duration(100, "minutes").humanize());
console.log(day.from(day.subtract(3, "hour")), day.isBefore(day.add(1, "ms")), day);
