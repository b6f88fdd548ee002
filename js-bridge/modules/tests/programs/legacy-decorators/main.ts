import "./reflect";
import { Service } from "./service";
const log: string[] = [];
function note(name: string) { log.push(`evaluate ${name}`); return (target: any, key?: string, descriptor?: any) => { log.push(`apply ${name} ${key ?? target.name} ${typeof descriptor}`); }; }
function parameter(target: any, key: string | undefined, index: number) { log.push(`parameter ${key} ${index}`); }
function wrap(target: any, key: string, descriptor: PropertyDescriptor) { const original = descriptor.value; descriptor.value = function (...all: any[]) { return `wrapped ${original.apply(this, all)}`; }; }
@note("class") class Example {
  @note("field") field: string = "f";
  constructor(private service: Service, @parameter public other?: number) {}
  @note("method") @wrap method(@parameter value: string, count: number): string { return value; }
  @note("accessor") get value(): number { return 1; }
  @note("static") static fixed = 1;
}
function replace(target: any): any { return class Replaced extends target { extra = true; }; }
@replace class Original { own = 1; }
console.log(new Example(new Service()).method("m", 1), (new Original() as any).extra, Original.name);
console.log(log.join("\n"));
const metadata = (Reflect as any).recorded as any[];
console.log(metadata.map(([key, value]) => `${key}=${Array.isArray(value) ? value.map((item: any) => item?.name) : value?.name}`).join("\n"));
