import def, { counter, increment, Klass, renamed as alias, "string name" as stringName } from "./lib";
import * as lib from "./lib";
import { default as again } from "./lib";
import anonymous from "./anonymous-function";
import anonymousClass from "./anonymous-class";
import arrow from "./arrow";
import * as star from "./star";
import { nested } from "./star";
import type { Shape } from "./types";
import { type Other, value } from "./types";

console.log(def, again, counter, alias, stringName);
increment();
increment();
console.log(counter, lib.counter, star.counter);
console.log(new Klass().hello(), (0, lib.increment)());
console.log(Object.keys(lib).join(), Object.prototype.toString.call(lib));
console.log(Object.keys(star).join(), nested.deep, star.nested === nested);
console.log(arrow.name, anonymousClass.name, anonymous());
const shape: Shape & Other = { size: value };
console.log(JSON.stringify(shape), "default" in star);
const { counter: snapshot, ...rest } = lib;
console.log(snapshot, Object.keys(rest).length);
function shadow(counter: number) { return { counter, increment: typeof increment }; }
console.log(JSON.stringify(shadow(9)));
try { (lib as any).counter = 5; } catch (error: any) { console.log(error.name, error.message); }
try { (lib as any).fresh = 5; } catch (error: any) { console.log(error.name); }
try { delete (lib as any).counter; } catch (error: any) { console.log(error.name); }
console.log(`${stringName}${[counter].map((counter) => counter + 1)}`);
label: for (const x of [1, 2]) { if (x === counter) continue label; }
console.log(Reflect.ownKeys(lib).length, Object.isExtensible(lib));
