import { second } from "./second";
export function first(): string {
  return "first";
}
export const firstOfSecond = () => `first of ${second()}`;
