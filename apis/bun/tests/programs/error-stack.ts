// Error.prototype.stack, captureStackTrace, prepareStackTrace with call sites.
function basename(path: string) {
  return path.slice(path.lastIndexOf("/") + 1);
}
function relative(stack: unknown) {
  return String(stack).replaceAll(import.meta.dir + "/", "");
}
// A call around `new`, so that no transpiler turns the error into a tail call.
function made<Value>(value: Value): Value {
  return value;
}
function outer() {
  return made(new Error("message"));
}
const error = outer();
console.log(relative(error.stack));
console.log(typeof error.stack, Object.keys(error).length, error instanceof Error, error.constructor === Error);

class Custom extends TypeError {
  constructor(message: string) {
    super(message);
    this.name = "Custom";
  }
}
const custom = new Custom("c");
console.log(relative(custom.stack).split("\n")[0], custom instanceof TypeError, custom instanceof Error, String(custom));

const late = new Error("first");
late.message = "second";
console.log(late.stack!.split("\n")[0]);
late.stack = "replaced";
console.log(late.stack);

function capture(boundary?: Function) {
  const holder: any = {};
  Error.captureStackTrace(holder, boundary);
  return holder;
}
function caller() {
  return made(capture(capture));
}
console.log(relative(caller().stack));
console.log(Object.getOwnPropertyDescriptor(capture(), "stack")!.enumerable);

Error.prepareStackTrace = (target, sites) => {
  return sites.map((site) => [
    basename(site.getFileName() ?? ""), site.getLineNumber(), typeof site.getColumnNumber(), site.getFunctionName(),
    site.isNative(), site.isEval(), site.isConstructor(), site.isToplevel(), (site as any).isAsync(), site.getThis(),
    site.getFunction(), site.getEvalOrigin(),
  ]);
};
const sites = (function prepared() {
  const holder = capture();
  return holder.stack;
})();
console.log(sites.slice(0, 2));
console.log(Array.isArray(outer().stack));
Error.prepareStackTrace = (target, sites) => target.message + ":" + sites.length;
console.log(/^message:\d+$/.test(outer().stack!));
Error.prepareStackTrace = undefined;
console.log(relative(outer().stack).split("\n")[0], Error.prepareStackTrace);

Error.stackTraceLimit = 1;
console.log(outer().stack!.split("\n").length);
Error.stackTraceLimit = 10;
console.log(Error.stackTraceLimit);
function recurse(count: number): Error {
  if (count === 0) return made(new Error("deep"));
  return made(recurse(count - 1));
}
console.log(recurse(30).stack!.split("\n").length);
console.log(Error("called").message, RangeError("r") instanceof RangeError, new AggregateError([1], "a").errors);
console.log(Object.getPrototypeOf(TypeError) === Error, Error.name, Error.length, AggregateError.length, Error.prototype.constructor === Error);
console.log([Error, TypeError, class Own extends Error {}]);
console.log(Error.isError(new TypeError()), Error.isError({}), "cause" in new Error("x"), new Error("x", { cause: 1 }).cause);

// As npm's depd asks for its caller.
function callSites() {
  const limit = Error.stackTraceLimit;
  const holder: any = {};
  const prepare = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, stack) => stack;
  Error.stackTraceLimit = Math.max(10, limit);
  Error.captureStackTrace(holder);
  const stack = holder.stack.slice(1);
  Error.prepareStackTrace = prepare;
  Error.stackTraceLimit = limit;
  return stack;
}
function deprecated() {
  const [site] = callSites();
  return [site.getFunctionName(), basename(site.getFileName()), site.getLineNumber()];
}
console.log(deprecated());
