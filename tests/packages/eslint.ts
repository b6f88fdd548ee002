// Linting text and files, rules of one's own, fixes, formatters and the Linter class of eslint.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { ESLint, Linter, RuleTester } from "eslint";

const root = mkdtempSync(join(tmpdir(), "dx-eslint-"));
const own = {
  rules: {
    "no-foo": {
      meta: { type: "problem", fixable: "code", messages: { bad: "'{{name}}' is not wanted" }, schema: [] },
      create: (context) => ({
        Identifier(node) {
          if (node.name === "foo") context.report({ node, messageId: "bad", data: node, fix: (fixer) => fixer.replaceText(node, "bar") });
        },
      }),
    },
  },
};
const config = [
  { files: ["**/*.js"], plugins: { own }, languageOptions: { globals: { console: "readonly" } },
    rules: { "own/no-foo": "error", "no-unused-vars": "warn", eqeqeq: ["error", "smart"], "prefer-const": "error", "no-undef": 2, complexity: ["error", 2], "no-unreachable": "error" } },
];
writeFileSync(join(root, "a.js"), "let x = 1;\nconst unused = foo;\nif (x == 2) { console.log(missing); }\nexport function f(a) { if (a) { if (x) return 1; } return 2; x; }\n");
writeFileSync(join(root, "broken.js"), "let = ;\n");
const eslint = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: config });
const results = await eslint.lintFiles(["."]);
for (const result of results) {
  console.log(relative(root, result.filePath), result.errorCount, result.warningCount, result.fixableErrorCount);
  for (const message of result.messages) console.log(message.line, message.column, message.ruleId, message.severity, message.message, message.fix);
}
console.log((await (await eslint.loadFormatter("stylish")).format(results)).replaceAll(root, ""));
const fixer = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: config, fix: true });
await ESLint.outputFixes(await fixer.lintFiles(["a.js"]));
console.log(readFileSync(join(root, "a.js"), "utf8"));
console.log(await eslint.isPathIgnored("node_modules/x.js"), ESLint.version);
console.log(new Linter().verify("var a = 1; /* eslint no-var: 2 */", { rules: { "no-extra-semi": 2 } }).map((m) => m.message));
await new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: [{ rules: { "no-such": 2 } }] }).lintText("1", { filePath: "x.js" }).catch((error) => console.log(error.name, error.message));
RuleTester.describe = (_, run) => run();
RuleTester.it = (name, run) => { try { run(); console.log("ok", name); } catch (error) { console.log("not ok", error.message); } };
new RuleTester().run("no-foo", own.rules["no-foo"], { valid: ["bar"], invalid: [{ code: "foo", output: "bar", errors: [{ messageId: "bad" }] }, { code: "a", errors: 1 }] });
rmSync(root, { recursive: true });
