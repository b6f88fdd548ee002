import * as barrel from "./barrel.ts";
import { count, more, nameless, Held } from "./barrel.ts";
import * as ring from "./ring-a.ts";
import "./self.ts";
import { first } from "./waits.ts";

console.log(String(Object.keys(barrel)), typeof nameless, Held.made);
more();
barrel.increase();
console.log(count, barrel.count, ring.count, barrel.everything.count);
console.log(String(Object.keys(ring)), ring.lateAgain, ring.early, first);
console.log(Object.isExtensible(barrel), Object.isExtensible(ring));
try {
  (barrel as { count: number }).count = 9;
} catch (error) {
  console.log((error as Error).name);
}
for (let round = 0; round < 2; round++) {
  await import("./fails.ts").then(
    () => console.log("no error"),
    (error) => console.log("failed:", error.message),
  );
}
await import("./missing.ts").catch((error) => console.log(error.name));
console.log(await import("./other.ts") === await import("./other.ts"));
