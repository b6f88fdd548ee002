// Errors as values: the frame of source, name and message, own properties, the stack, causes.
class HttpError extends Error {
  constructor(public status: number, message: string) {
    super(message);
  }
}
class Named extends Error {
  name = "Named";
}

function thrown(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

const settings: any = {};

function deeper(): never {
  throw new RangeError("from a function");
}

// A call around `new`, so that no transpiler turns the error into a tail call.
function made<Value>(value: Value): Value {
  return value;
}

const circular = new Error("circular");
(circular as any).self = circular;
const cases: [string, () => unknown][] = [
  ["plain", () => made(new Error("plain"))],
  ["type", () => made(new TypeError("type"))],
  ["no message", () => made(new Error())],
  ["lines", () => made(new Error("one\ntwo"))],
  ["in an object", () => ({ error: new Error("inside"), x: 1 })],
  ["in an array", () => [new Error("inside")]],
  ["in a map", () => new Map([["error", new Error("inside")]])],
  ["cause", () => made(new Error("outer", { cause: new Error("inner") }))],
  ["cause of a cause", () => made(new Error("a", { cause: made(new Error("b", { cause: new TypeError("c") })) }))],
  ["cause of text", () => made(new Error("outer", { cause: "text" }))],
  ["aggregate", () => new AggregateError([new Error("one"), new TypeError("two"), 5, "text", { a: 1 }], "many")],
  ["empty aggregate", () => made(new AggregateError([], "none"))],
  ["properties", () => Object.assign(new Error("own"), { code: "E_X", errno: -2, path: "/x", extra: { a: { b: 1 } }, list: [1, 2], f() {} })],
  ["code in message", () => Object.assign(new Error("E_LONG: own"), { code: "E_LONG" })],
  ["held error", () => Object.assign(new Error("holder"), { held: new Error("held"), n: 1 })],
  ["circular", () => circular],
  ["name changed", () => Object.assign(new Error("n"), { name: "Custom" })],
  ["class", () => made(new HttpError(404, "not found"))],
  ["named class", () => made(new Named("m"))],
  ["message changed", () => Object.assign(new Error("first"), { message: "second" })],
  ["thrown", () => thrown(deeper)],
  ["by the engine", () => thrown(() => (null as any).property)],
  ["not a function", () => thrown(() => settings.missing())],
  ["frozen", () => Object.freeze(new Error("frozen"))],
  ["bytes", () => Object.assign(new Error("bytes"), { bytes: new Uint8Array([104, 105]) })],
];
for (const [name, make] of cases) {
  console.log(name);
  console.log(Bun.inspect(make()).replaceAll(import.meta.dir, "."));
}
