// In a cycle with ring-b, and passes on modules that are in none.
import { hoisted, late } from "./ring-b.ts";
export * from "./barrel.ts";
export { late as lateAgain } from "./ring-b.ts";
console.log("ring-a sees", hoisted(), late);
export const early = "early";
export function fromA(): string {
  return early;
}
