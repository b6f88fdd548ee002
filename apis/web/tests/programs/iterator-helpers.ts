// Helpers of iterators that the engine has and has to be asked for.
const { concat } = Iterator as any;
console.log(concat.name, concat.length, [...concat([1, 2], new Set([3]), "ab".split(""))]);
const prototype = Iterator.prototype as any;
for (const name of ["chunks", "windows"]) {
  const d = Object.getOwnPropertyDescriptor(prototype, name)!;
  console.log(name, d.value.length, d.writable, d.enumerable, d.configurable);
  console.log([...prototype[name].call([1, 2, 3, 4, 5].values(), 2)]);
}
for (const call of [() => concat(1), () => prototype.chunks.call([1].values(), 0)])
  try { call(); } catch (error) { console.log((error as Error).name); }
