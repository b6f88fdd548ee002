// node:util beside inspect: functions, checks, deep equality, arguments, media types.
import util, { promisify, callbackify, inherits, deprecate, isDeepStrictEqual, types } from "node:util";

function attempt(label: string, run: () => unknown) {
  try {
    console.log(label, run());
  } catch (error: any) {
    console.log(label, error.name, error.code, error.message);
  }
}

const read = (value: any, callback: any) => setTimeout(callback, 1, value ? null : "no", value);
console.log(await promisify(read)(5), await promisify(read)(0).catch((error: any) => error));
const custom = Object.assign(() => {}, { [promisify.custom]: async () => "custom" });
console.log(await promisify(custom)(), promisify(custom) === custom[promisify.custom]);
attempt("promisify", () => promisify(5 as any));
const back = callbackify(async (value: number) => { if (!value) throw null; return value; });
await new Promise<void>((done) => back(3, (error, value) => { console.log(error, value); done(); }));
await new Promise<void>((done) => back(0, (error: any) => {
  console.log(error.code, error.message, error.reason);
  done();
}));
attempt("callbackify", () => (back as any)(1));

function Parent(this: any) {}
Parent.prototype.hello = () => "hello";
function Child(this: any) {}
inherits(Child, Parent);
console.log(new (Child as any)().hello(), (Child as any).super_ === Parent);
attempt("inherits", () => inherits(Child, null as any));
attempt("inherits", () => inherits(Child, {} as any));

process.on("warning", (warning: any) => console.log(warning.name, warning.code, warning.message));
const old = deprecate(function old(one: number) { return one + 1; }, "old is old", "DEP0");
console.log(old(1), old(2), old.length);
await new Promise((resolve) => setTimeout(resolve, 2));

console.log(util.getSystemErrorName(-2), util.getSystemErrorMessage(-13), util.getSystemErrorMap().size);
attempt("errno", () => util.getSystemErrorName(2));
console.log(util.stripVTControlCharacters("\x1b[31mred\x1b[39m"), util.toUSVString("a\ud800"));
console.log(JSON.stringify(util.styleText(["bold", "red"], "text", { validateStream: false })));
attempt("style", () => util.styleText("red", 5 as any));
console.log(util.parseEnv("A=1\n# no\nexport B='x y' # c\nC=\"a\\nb\"\nD = `q`\nE=\n"));

const same = [
  [{ a: 1 }, { a: 1 }], [{ a: 1 }, { a: "1" }], [[1, , 3], [1, undefined, 3]], [new Set([{ a: 1 }]),
    new Set([{ a: 1 }])], [new Map([[{}, 1]]), new Map([[{}, 1]])], [NaN, NaN], [0, -0],
  [new Date(0), new Date(0)], [/a/g, /a/i], [new Error("a"), new Error("a")], [Object.create(null), {}],
  [new Uint8Array([1]), new Uint8Array([1])], [new Uint8Array([1]), new Int8Array([1])],
  [Object("a"), Object("a")], [{ [Symbol.for("a")]: 1 }, { [Symbol.for("a")]: 2 }], [[1], { 0: 1 }],
  [new Set([1, 2]), new Set([2, 1])], [new Map([[1, { a: 1 }]]), new Map([[1, { a: 2 }]])],
];
console.log(same.map(([left, right]) => isDeepStrictEqual(left, right)).join());
const left: any = { a: 1 };
left.self = left;
const right: any = { a: 1 };
right.self = right;
console.log(isDeepStrictEqual(left, right), isDeepStrictEqual(left, { a: 1, self: left }));

const checked = [new Map(), new Set(), new Date(), /a/, async () => {}, function* () {}, Promise.resolve(),
  new Proxy({}, {}), new Uint8Array(), new DataView(new ArrayBuffer(1)), Object(1), Object(1n), {},
  new WeakMap(), new Error("x"), new Map().entries(), (function* () {})(), Object("s"), new ArrayBuffer(1),
  { [Symbol.toStringTag]: "Map" }, Object.create(Map.prototype), (function () { return arguments; })(), 5];
checked.push(async function () {}.bind(null), async function* () {});
for (const name of Object.keys(types)) {
  if (name === "isKeyObject" || name === "isCryptoKey") continue;
  console.log(name, checked.map((value) => (types as any)[name](value) ? 1 : 0).join(""));
}

const options = { all: { type: "boolean", short: "a" }, name: { type: "string", short: "n", multiple: true } } as const;
for (const args of [["-a", "--name", "x", "-ny", "rest"], ["--name=1", "--", "-a"], ["--what"], ["--name"], ["--all=1"]]) {
  attempt(args.join(" "), () => util.inspect(util.parseArgs({ args, options, allowPositionals: true, tokens: true }), { depth: 4 }));
}
attempt("config", () => util.parseArgs({ options: { a: { type: "x" as any } } }));

const media = new util.MIMEType('Text/HTML; Charset="utf-8"; q="a b"; q=c');
console.log(String(media), media.essence, [...media.params], media.params.get("none"));
media.params.set("x", 'a"b');
media.type = "application";
console.log(JSON.stringify(media));
attempt("media", () => new util.MIMEType("te xt/html"));
attempt("media", () => { media.subtype = ""; });

const controller = new AbortController();
const waiting = util.aborted(controller.signal, {});
controller.abort();
console.log(await waiting);
attempt("aborted", () => util.aborted(5 as any, {}));
console.log(Object.keys(util).length, util.inspect.defaultOptions.depth, util.types === types);
