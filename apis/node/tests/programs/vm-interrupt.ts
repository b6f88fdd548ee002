// SIGINT ends a script that asks for it, and nothing else.
import vm from "node:vm";

process.on("SIGINT", () => console.log("heard later"));
const context = vm.createContext({ process });
const source = "process.kill(process.pid, 'SIGINT'); while (true) try { while (true); } catch {}";
for (const run of [
  () => vm.runInThisContext(source, { breakOnSigint: true }),
  () => vm.runInContext(source, context, { breakOnSigint: true }),
  () => new vm.Script(source).runInThisContext({ breakOnSigint: true, timeout: 20_000 }),
]) {
  try {
    run();
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
console.log(vm.runInThisContext("1 + 1", { breakOnSigint: true, timeout: 20_000 }));
process.kill(process.pid, "SIGINT");
setTimeout(() => {}, 50);
