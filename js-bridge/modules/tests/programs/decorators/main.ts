const log: string[] = [];
function note(label: string) {
  log.push(`evaluate ${label}`);
  return (value: any, context: any) => { log.push(`${label}: ${typeof value} ${context.kind} ${String(context.name)} ${context.static} ${context.private} ${Object.keys(context.access ?? {}).sort()}`); };
}
const key = () => { log.push("key"); return "computed"; };
function double(value: any, context: any) {
  if (context.kind === "field") return (initial: number) => initial * 2;
  if (context.kind === "accessor") return { init: (initial: number) => initial * 2, get() { return value.get.call(this) + 1; } };
  return function (this: any, ...all: any[]) { return value.apply(this, all) * 2; };
}
function bound(value: any, { name, addInitializer }: any) { addInitializer(function (this: any) { this[name] = this[name].bind(this); }); }
function replace(value: any, context: any) { context.addInitializer(function (this: any) { log.push(`class ready ${this.name}`); }); return class extends value { static replaced = true; }; }
function register(value: any, { metadata, name }: any) { metadata[name] = true; }

@note("class") @replace
class Example {
  @note("field") @double field = 4;
  @note("static") static fixed = 1;
  @double accessor auto = 5;
  @note("accessor") static accessor sauto = 6;
  @double method(n: number) { return n; }
  @bound who() { return this.field; }
  @note("getter") get value() { return 1; }
  @note("setter") set value(x) {}
  @note("private") @double #hidden = 3;
  @note("key") [key()]() { return "c"; }
  @register tagged = 1;
  plain = 9;
  get hidden() { return this.#hidden; }
  static self = () => Example;
}
const example = new Example();
const { who } = example;
console.log(example.field, example.auto, example.method(3), who(), example.hidden, example.plain, (example as any).computed());
example.auto = 20;
console.log(example.auto, Example.fixed, (Example as any).replaced, Example.self() === Example, Object.keys(example).join());
console.log(log.join("\n"));
const Expression = @note("expression") class Named { x = 1; };
console.log(new Expression().x, Expression.name);
export default @note("default") class { y = 2 }
export @note("exported") class Exported extends Example { z = 3; }
console.log(new Exported().z, new Exported().field, Exported.name);
class Undecorated { static accessor ["comp" + "uted"] = 1; accessor #p = 2; get p() { return this.#p++; } }
console.log((Undecorated as any).computed, new Undecorated().p);
