import fs = require("./equals");
import Default, { Enum, type OnlyType } from "./declarations";
import { Unused } from "./does-not-exist";
import { usedAsType } from "./also-missing";
enum Direction { Up, Down = 5, Left, Text = "text", Computed = "abc".length }
const enum Constant { A = 1, B = A << 2, C = A | B }
enum Direction { More = 100 }
namespace Outer { export const a = 1; export namespace Inner { export function b() { return a + 1; } } }
namespace Outer { export const c = Outer.a + 10; }
abstract class Base<T> { abstract run(): T; declare ghost: string; optional?: number; definite!: number; static count = 0; protected constructor(public readonly name: string, private age = 3) { Base.count++; } describe() { return `${this.name} ${this.age}`; } }
class Derived extends Base<number> { constructor() { super("derived"); } override run(): number { return 1; } }
function overloaded(x: string): string; function overloaded(x: number): number; function overloaded(x: any) { return x; }
const typed = <T,>(value: T): T => value;
let variable: usedAsType | OnlyType = "x" as any;
const satisfied = { a: 1 } satisfies Record<string, number>;
const asserted = (variable as unknown as string)!.length;
type Mapped = { [K in keyof typeof satisfied]: boolean };
declare global { interface Window {} }
declare const neverDefined: number;
export type { Mapped };
export { type OnlyType, Enum };
console.log(Direction[0], Direction.Left, Direction.Text, Direction.Computed, Direction.More, Object.keys(Direction).length);
console.log(Constant.A, Constant.B, Constant.C, Outer.Inner.b(), Outer.c);
console.log(new Derived().describe(), new Derived().run(), Base.count, Object.keys(new Derived()).join());
console.log(overloaded("o"), typed(5), satisfied.a, asserted, fs.equal, Default, Enum.One);
class Fields { a = 1; ["computed"] = 2; #hidden = 3; static s = this.name; get hidden() { return this.#hidden; } accessor auto = 4; static accessor sauto = 5; }
const fields = new Fields(); fields.auto++; Fields.sauto++;
console.log(Object.keys(fields).join(), fields.hidden, Fields.s, fields.auto, Fields.sauto, typeof Object.getOwnPropertyDescriptor(Fields.prototype, "auto")?.get);
label: for (const i of [1]) { break label; }
const tuple: [a: string, b?: number] = ["t"]; console.log(tuple!.length, (<any>tuple)[0]);
export default class<T> { value?: T }
