export * from "./leaf.ts";
