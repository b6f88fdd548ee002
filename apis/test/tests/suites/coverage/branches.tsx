import type { Q } from "./values";
import D, * as ns from "./values";
class NI {
  a = 1;
  b = {
    c: 1,
  };
  static s = 2;
  declare q: number;
  r?: string;
  [ns.a1 as any] = 1;
  static {
    ns;
  }
}
let z = 0;
if (z) z = 1;
else
  z = 2;
if (!z)
  z = 3;
else
  z = 4;
function outer() {
  function inner() {
    return 1;
  }
  const k = () => 5;
  return inner();
}
const long = 1 +
  2 +
  z;
const str = "a" +
  "b";
if (
  z === 3 ||
  z === 4
) {
  z = 9;
}
if (
  z === 3 &&
  z === 4
) {
  z = 9;
}
z =
  5;
const {
  a1,
  b1 = 5,
  ...rest
} = ns as any;
const [
  q1,
  q2,
] = [1, 2];
function params(
  a: number,
  b = 3,
  {
    c,
  }: { c: number } = { c: 1 },
) {
  return a;
}
params(
  1,
);
const h = (el: any, props: any, ...c: any[]) => ({ el, props, c });
const React = { createElement: h };
switch (z) {
  case 5: {
    z = 6;
    break;
  }
  case 6:
    z = 7;
  default:
}
while (z > 100)
  z--;
const fnx = function () {
  return 1;
};
const gen = function* () {
  yield 1;
  return 2;
};
[...gen()];
async function aw() {
  try {
    await Promise.reject(1);
    z = 1;
  } catch {
  }
  for await (const x of [1, 2]) {
    z;
  }
}
await aw();
const opt = (ns as any)?.foo?.(
  1,
)?.bar;
const t = `${
  z
}`;
z ||= 5;
z ??=
  6;
const o2 = {
  ["a" + 1]: 1,
  "str": 2,
  3: 4,
  get x() {
    return 1;
  },
  set x(v) {
  },
  ...rest,
};
new (class {
  constructor(private readonly a = 1) {}
})();
type X = {
  a: 1;
};
interface Y {
  a: 1;
}
function over(a: string): void;
function over(a: number): void;
function over(a: any) {
}
over(1);
do {
  z++;
  if (z > 10) break;
  if (z === 8) continue;
} while (z < 100);
;
{
  z = 1;
}
throwIt: {
  break throwIt;
}
const sat = z satisfies number;
z!;
void 0, z;
