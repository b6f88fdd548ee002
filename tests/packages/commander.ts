// Commands, options, defaults, arguments, help and errors of commander.
import { Argument, Command, InvalidArgumentError, Option } from "commander";

function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number)) throw new InvalidArgumentError("Not a whole number.");
  return number;
}

function build(): Command {
  const program = new Command("tool")
    .version("1.2.3")
    .description("a tool with commands")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => process.stdout.write(`err: ${text}`),
    })
    .option("-v, --verbose", "say more", false);
  program
    .command("copy")
    .description("copies files")
    .addArgument(new Argument("<from>", "source"))
    .argument("[to...]", "targets")
    .option("-n, --times <number>", "how often", count, 1)
    .addOption(new Option("-m, --mode <mode>", "how").choices(["fast", "safe"]).default("safe"))
    .action((from, to, options, command) => {
      console.log("copy", from, to, options, command.parent.opts());
    });
  program.command("wait").action(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    console.log("waited");
  });
  return program;
}

async function run(...words: string[]) {
  try {
    await build().parseAsync(["node", "tool", ...words]);
  } catch (error) {
    console.log(error.name, error.code, error.exitCode, error.message);
  }
}

await run("copy", "a", "b", "c", "-n", "3", "--mode=fast");
await run("-v", "copy", "a");
await run("copy", "a", "--times", "many");
await run("copy", "--mode", "odd", "a");
await run("copy");
await run("cpy");
await run("wait");
await run("--version");
await run("--help");
await run("help", "copy");
