import { first } from "./first.mjs"; import { second } from "./second.mjs"; export const total = first + second;
