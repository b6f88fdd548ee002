// Commands as templates: quoting, output, failures.
import { $ } from "bun";

console.log(await $`echo ${"a b"} ${["c", "d e"]} ${"$HOME"} ${'"'}`.text());
console.log((await $`exit 3`.nothrow().quiet()).exitCode);
try {
  await $`exit 4`.quiet();
} catch (error) {
  console.log(error.name, error.message, error.exitCode);
}
await $`echo shown`;
for await (const line of $`echo one && echo two`.lines()) console.log([line]);
console.log($.escape("it's"), $.escape("plain"), typeof $.Shell);
const other = new $.Shell();
other.cwd("/");
console.log(await other`pwd`.text());
console.log(await $`echo ${JSON.stringify({ a: [1] })}`.json());
