const log: string[] = [];
class Resource { constructor(public name: string) {} [Symbol.dispose]() { log.push(`dispose ${this.name}`); } }
class AsyncResource { constructor(public name: string) {} async [Symbol.asyncDispose]() { await 1; log.push(`async dispose ${this.name}`); } }
function scope() { using a = new Resource("a"); using b = new Resource("b"); using nothing = null; log.push("body"); return "returned"; }
console.log(scope());
async function asynchronous() { await using a = new AsyncResource("x"); using b = new Resource("y"); log.push("async body"); }
await asynchronous();
for (using item of [new Resource("1"), new Resource("2")]) log.push(`loop ${item.name}`);
try { using broken = { [Symbol.dispose]() { throw new Error("from dispose"); } } as any; throw new Error("from body"); }
catch (error: any) { console.log(error.name, error.error.message, error.suppressed.message); }
try { using wrong = {} as any; } catch (error: any) { console.log(error.name); }
console.log(log.join("; "));
{ using top = new Resource("block"); }
console.log(log.at(-1));
