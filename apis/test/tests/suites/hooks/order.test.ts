import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "bun:test";

const log = (text: string) => console.log(text);

beforeAll(() => log("beforeAll"));
beforeEach(() => log("beforeEach"));
afterEach(() => log("afterEach"));
afterAll(() => log("afterAll"));

describe("outer", () => {
  log("collecting outer");
  beforeAll(async () => {
    await Promise.resolve();
    log("outer beforeAll");
  });
  beforeEach((done) => {
    log("outer beforeEach");
    done();
  });
  afterEach(() => log("outer afterEach"));
  test("first", () => {
    onTestFinished(() => log("finished first"));
    log("first");
  });
  describe("inner", () => {
    log("collecting inner");
    test("second", async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      log("second");
    });
  });
});
log("collected");

let tries = 0;
test("is tried again", () => {
  tries += 1;
  expect(tries).toBe(3);
}, { retry: 4 });
test("is repeated", () => log("once more"), { repeats: 2 });

test.concurrent("slow", async () => {
  log("slow begins");
  await new Promise((resolve) => setTimeout(resolve, 20));
  log("slow ends");
});
test.concurrent("fast", async () => {
  log("fast begins");
  await new Promise((resolve) => setTimeout(resolve, 2));
  log("fast ends");
});
test.serial("alone", () => log("alone"));
