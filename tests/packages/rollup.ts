// Bundling modules with tree shaking, plugins, formats, chunks, source maps, warnings and errors of rollup.
import { rollup, VERSION } from "rollup";

const modules: Record<string, string> = {
  main: "import { used } from './lib'; import def, * as all from './lib'; export const answer = used(2) + def; export { all }; export const lazy = () => import('./lazy');",
  "./lib": "export function used(x) { return x * 2; } export function unused() { return 'gone'; } export default class Gone {} console.log('effect');",
  "./lazy": "import { used } from './lib'; export default used(21);",
  "./cycle": "import { a } from './cycle2'; export const b = 1; console.log(a);",
  "./cycle2": "import { b } from './cycle'; export const a = () => b;",
};
const virtual = {
  name: "virtual",
  resolveId: (id: string) => (id in modules ? id : null),
  load: (id: string) => modules[id],
};
const upper = {
  name: "banner",
  transform: (code: string, id: string) => (id === "main" ? { code: `${code}\nexport const id = ${JSON.stringify(id)};`, map: null } : null),
  renderChunk: (code: string) => `/* chunk */\n${code}`,
};
const bundle = await rollup({ input: "main", plugins: [virtual, upper] });
for (const format of ["es", "cjs", "system"] as const) {
  const { output } = await bundle.generate({ format, sourcemap: format === "es", chunkFileNames: "[name].js", exports: "named" });
  for (const chunk of output) if (chunk.type === "chunk") console.log(`--- ${format} ${chunk.fileName} ${chunk.exports}\n${chunk.code}`, chunk.map?.mappings);
}
console.log(bundle.watchFiles, bundle.cache.modules.length, VERSION);
await bundle.close();
const warnings: string[] = [];
const cyclic = await rollup({ input: "./cycle", plugins: [virtual], onwarn: (warning) => warnings.push(`${warning.code}: ${warning.message}`) });
console.log((await cyclic.generate({ format: "iife", name: "out", compact: true })).output[0].code, warnings);
await rollup({ input: "none" }).catch((error) => console.log(error.name, error.code, error.message));
modules.main = "export const = 1;";
await rollup({ input: "main", plugins: [virtual] }).catch((error) => console.log(error.code, error.loc, error.message, error.frame));
