import * as ring from "./ring-a.ts";
export function hoisted(): string {
  return "hoisted";
}
console.log("ring-b sees", typeof ring.fromA);
for (const name of ["early", "fromA", "count"] as const) {
  try {
    const value = ring[name];
    console.log(name, typeof value === "function" ? "a function" : value);
    if (name === "fromA") ring.fromA();
  } catch (error) {
    console.log(name, (error as Error).name);
  }
}
export const late = "late";
