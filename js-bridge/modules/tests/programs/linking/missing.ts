console.log("never runs");
export { absent } from "./leaf.ts";
