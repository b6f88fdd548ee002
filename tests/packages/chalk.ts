// Colours at every level, nesting and templates of chalk.
import chalk, { Chalk, chalkStderr, supportsColor } from "chalk";

console.log(chalk.level, supportsColor, chalkStderr.level);
for (const level of [0, 1, 2, 3] as const) {
  const c = new Chalk({ level });
  console.log(
    JSON.stringify([
      c.red("red"),
      c.bold.underline.bgBlue("styles"),
      c.hex("#ff8800")("hex"),
      c.bgRgb(1, 200, 30).ansi256(99)("background"),
      c.green(`outer ${c.red("inner")} outer`),
      c.blue("two\nlines"),
      c.visible("seen"),
      c.dim(1, true, null, undefined, { a: 1 }),
    ]),
  );
}
try {
  new Chalk({ level: 9 as 3 });
} catch (error) {
  console.log(error.name, error.message);
}
