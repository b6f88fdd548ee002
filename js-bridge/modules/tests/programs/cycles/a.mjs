import { b } from "./b.mjs";
import * as self from "./a.mjs";
export function a() { return "a"; }
export const early = "ready";
console.log("a sees", b(), typeof self.a);
