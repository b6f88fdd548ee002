import { leaf } from "./leaf.mjs"; console.log("esm runs"); export const esm = `esm ${leaf}`; export function hoisted() { return "hoisted"; }
