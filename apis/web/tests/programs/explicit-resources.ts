// DisposableStack, AsyncDisposableStack and SuppressedError.
const attempt = (label: string, run: () => unknown) => {
  try {
    console.log(label, run());
  } catch (error: any) {
    console.log(label, error.constructor.name, error.message);
  }
};
function surface(face: any) {
  const describe = (key: PropertyKey) => {
    const { value, get, writable, enumerable } = Object.getOwnPropertyDescriptor(face.prototype, key)!;
    const kind = get === undefined ? `${typeof value} ${value.length}` : "getter";
    return `${String(key)}: ${kind} ${writable} ${enumerable}`;
  };
  const keys = Reflect.ownKeys(face.prototype).toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
  console.log(face.name, face.length, keys.map(describe));
}
for (const face of [DisposableStack, AsyncDisposableStack, SuppressedError]) surface(face);

const stack = new DisposableStack();
attempt("nothing", () => stack.use(null));
for (const value of [5, "text", {}]) attempt(`use ${value}`, () => stack.use(value as any));
attempt("adopt", () => stack.adopt(1, undefined as any));
attempt("defer", () => stack.defer(1 as any));
attempt("moved is pending", () => !stack.move().disposed);
attempt("disposed", () => stack.disposed);
attempt("use after", () => stack.use(null));
attempt("adopt after", () => stack.adopt(1, () => {}));
attempt("move after", () => stack.move());
attempt("dispose after", () => stack.dispose());
attempt("foreign", () => DisposableStack.prototype.use.call({} as any, null));
attempt("foreign", () => AsyncDisposableStack.prototype.use.call({} as any, null));
const { get } = Object.getOwnPropertyDescriptor(DisposableStack.prototype, "disposed")!;
attempt("foreign getter", () => get!.call({}));
attempt("one function", () => DisposableStack.prototype[Symbol.dispose] === DisposableStack.prototype.dispose);

const failing = new DisposableStack();
const order: number[] = [];
for (const number of [1, 2, 3]) {
  failing.adopt(number, (value) => {
    order.push(value);
    throw new Error(`failed ${value}`);
  });
}
try {
  failing.dispose();
} catch (error: any) {
  const { name, message, suppressed } = error;
  console.log(order, name, JSON.stringify(message), error.error.message);
  console.log(suppressed.name, suppressed.error.message, suppressed.suppressed.message);
}

const error = new SuppressedError(1, 2, "text");
for (const key of ["message", "error", "suppressed"]) {
  console.log(key, Object.getOwnPropertyDescriptor(error, key));
}
console.log(error instanceof Error, SuppressedError(1, 2) instanceof SuppressedError);
console.log(Object.hasOwn(new SuppressedError(1, 2), "message"), String(error));

const told: unknown[] = [];
const waiting = new AsyncDisposableStack();
waiting.use({ async [Symbol.asyncDispose]() { await null; told.push("async"); } });
waiting.use({ [Symbol.dispose]() { told.push("sync"); } });
waiting.adopt("adopted", async (value) => { await null; told.push(value); });
waiting.defer(() => { told.push("deferred"); });
attempt("use {}", () => waiting.use({} as any));
await waiting.disposeAsync();
console.log(told, waiting.disposed, await waiting.disposeAsync());
for (const receiver of [{}, 5]) {
  await AsyncDisposableStack.prototype.disposeAsync.call(receiver as any)
    .catch((refused: Error) => console.log(refused.constructor.name, refused.message));
}
{
  try {
    using first = { [Symbol.dispose]() { throw new Error("first"); } };
    using second = { [Symbol.dispose]() { throw new Error("second"); } };
    throw new Error("body");
  } catch (caught: any) {
    console.log(caught.name, caught.error.message, caught.suppressed.error.message);
    console.log(caught.suppressed.suppressed.message, JSON.stringify(caught.message));
  }
}
