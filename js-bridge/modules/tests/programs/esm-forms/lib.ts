export let counter = 0;
export function increment() { return ++counter; }
export class Klass { hello() { return `hello from ${import.meta.file}`; } }
const internal = "renamed value";
export { internal as renamed, internal as "string name" };
export const [first, { second = 2, ...others }] = [1, { third: 3 } as any];
export default "default value";
