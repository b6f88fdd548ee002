console.log("leaf runs");
export let count = 0;
export const increase = (): number => ++count;
export default function () {}
export class Held {
  static made = 0;
}
