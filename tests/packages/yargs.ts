// Commands, options, coercion, help and failures of yargs.
import yargs from "yargs";
import { hideBin, Parser } from "yargs/helpers";

function build(words: string[]) {
  return yargs(words)
    .scriptName("tool")
    .exitProcess(false)
    .locale("en")
    .wrap(80)
    .version("3.2.1")
    .option("size", { alias: "s", type: "number", default: 10, describe: "how large" })
    .option("name", { type: "string", choices: ["left", "right"], describe: "which side" })
    .option("tag", { type: "array", string: true })
    .option("deep.er", { type: "boolean" })
    .command(
      "add <first> [rest..]",
      "adds numbers",
      (y) => y.positional("first", { type: "number" }).positional("rest", { type: "number" }),
      (argv) => console.log("sum", [argv.first, ...(argv.rest ?? [])].reduce((a, b) => a + b)),
    )
    .command("slow", "waits", {}, async () => {
      await Promise.resolve();
      console.log("slow done");
    })
    .strict()
    .fail((message, error) => {
      console.log("failed:", message ?? error.message);
    });
}

console.log(hideBin(["node", "script", "--a", "b"]));
console.log(new Function("p", "return p")(Parser("-abc --x=1 --no-y z -- w")));
for (const words of [
  ["add", "1", "2", "3.5"],
  ["slow"],
  ["add", "1", "--name", "middle"],
  ["add"],
  ["add", "1", "--unknown"],
]) {
  await build(words).parseAsync();
}
const { $0, ...rest } = await build(["add", "4", "-s", "7", "--tag", "a", "b", "--deep.er"]).parse();
console.log(rest);
console.log(await build([]).getHelp());
