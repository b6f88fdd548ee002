import { a, early } from "./a.mjs";
import * as namespace from "./a.mjs";
export function b() { return "b"; }
console.log("b sees", a());
try { console.log(early); } catch (error) { console.log(error.name); }
try { console.log(namespace.early); } catch (error) { console.log(error.name); }
console.log(Object.getOwnPropertyNames(namespace).join());
