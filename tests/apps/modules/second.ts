import { first, firstOfSecond } from "./first";
export function second(): string {
  return "second";
}
export const describe = () => `${first()}, ${firstOfSecond()}`;
