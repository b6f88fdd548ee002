export * from "./lib";
export * from "./more";
export * as nested from "./more";
