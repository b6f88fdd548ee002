// Objects and arrays of plain values arrive as structured cloning copies them, however they travel.
const source = `onmessage = ({ data }) => postMessage(data)`;
const echo = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
const answers: ((value: any) => void)[] = [];
echo.onmessage = ({ data }) => answers.shift()!(data);
const sent = (value: unknown) => new Promise<any>((resolve) => {
  answers.push(resolve);
  echo.postMessage(value);
});

const shared = { a: 1 };
const sparse = [1, , 3];
const named: any = [1, 2];
named.name = "named";
const many = Array.from({ length: 300 }, (_, index) => index);
for (const value of [
  {}, [], { a: 1, b: "two", c: [1, null, true, [false]] }, [{ deep: { er: {} } }],
  { nan: NaN, infinite: -Infinity, zero: -0, big: 1n }, { absent: undefined }, [undefined],
  { text: "a\u2028\ud800\0\"\\" }, { 2: "two", 1: "one", b: "b", a: "a" }, sparse, named,
  { date: new Date(0), map: new Map([[1, 2]]), error: new TypeError("t").message },
  Object.create(null), new (class Point { x = 1; })(), JSON.parse('{"__proto__":1}'),
  Object.defineProperty({ seen: 1 }, "hidden", { value: 2 }), { [Symbol("s")]: 1 },
]) {
  console.log(await sent(value));
}
const twice = await sent({ one: shared, other: shared, list: [shared] });
console.log(twice.one === twice.other, twice.list[0] === twice.one);
const circular: any = { name: "circle" };
circular.self = circular;
const back = await sent(circular);
console.log(back.self === back, (await sent(many)).length, Object.is((await sent([-0]))[0], -0));
for (const value of [{ toJSON: () => 1 }, { call() {} }, [Symbol("s")]]) {
  try {
    echo.postMessage(value);
  } catch (error: any) {
    console.log(error.name, error.code);
  }
}
echo.terminate();
