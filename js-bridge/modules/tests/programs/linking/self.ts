import * as self from "./self.ts";
export function before(): string {
  return typeof self.before;
}
console.log("self:", before());
try {
  console.log(self.after);
} catch (error) {
  console.log((error as Error).name);
}
export const after = 1;
