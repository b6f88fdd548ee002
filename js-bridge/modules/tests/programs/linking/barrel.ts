// Passes on what it does not have itself, and has nothing of its own to run before.
export * from "./leaf.ts";
export * as everything from "./leaf.ts";
export { default as nameless, increase as more } from "./leaf.ts";
