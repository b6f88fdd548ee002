// Suites, hooks, failures, retries, timeouts, reporters and files of mocha.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import assert from "node:assert";
import Mocha from "mocha";

const mocha = new Mocha({ reporter: "json", ui: "bdd", timeout: 100, reporterOptions: { output: "/dev/null" } });
const { Suite, Test } = Mocha;
const order: string[] = [];
const suite = Suite.create(mocha.suite, "outer");
suite.beforeAll(() => void order.push("before all"));
suite.beforeEach(async () => void order.push("before each"));
suite.afterEach((done) => { order.push("after each"); setTimeout(done, 1); });
suite.addTest(new Test("passes", () => assert.equal(1, 1)));
suite.addTest(new Test("fails", () => assert.deepStrictEqual({ a: 1 }, { a: 2 })));
suite.addTest(new Test("pends"));
suite.addTest(new Test("skips", function () { this.skip(); }));
suite.addTest(new Test("is late", function (done) { this.timeout(20); setTimeout(done, 500).unref(); }));
let tries = 0;
const flaky = new Test("tries again", () => assert.ok(++tries === 3));
flaky.retries(3);
suite.addTest(flaky);
const inner = Suite.create(suite, "inner");
inner.addTest(new Test("rejects", () => Promise.reject(new TypeError("no"))));
inner.addTest(new Test("calls done with an error", (done) => done(new Error("given"))));
await new Promise<void>((resolve) => {
  const runner = mocha.run((failures) => { console.log("failures", failures, runner.stats.tests, runner.stats.passes, runner.stats.pending); resolve(); });
  runner.on("pass", (test) => console.log("pass", test.fullTitle(), test.currentRetry()));
  runner.on("fail", (test, error) => console.log("fail", test.fullTitle(), error.name, error.message.split("\n")[0]));
  runner.on("pending", (test) => console.log("pending", test.fullTitle()));
});
console.log(order.length, order.slice(0, 4));

const root = mkdtempSync(join(tmpdir(), "dx-mocha-"));
writeFileSync(join(root, "a.spec.cjs"), "describe('file', () => { it('one', () => {}); it('two', () => { throw new Error('bad'); }); });");
writeFileSync(join(root, "b.spec.mjs"), "import assert from 'node:assert'; describe('esm', () => { it('three', async () => assert.rejects(Promise.reject(new Error('x')))); });");
const bin = join(import.meta.dir, "../node_modules/mocha/bin/_mocha.js");
const run = spawnSync(process.execPath, ["run", bin, "--no-config", "--reporter", "tap", "*.spec.*"], { cwd: root, encoding: "utf8" });
console.log(run.status, run.stdout.split("\n").filter((line) => /^(ok|not ok|1\.\.|#)/.test(line)));
rmSync(root, { recursive: true });
