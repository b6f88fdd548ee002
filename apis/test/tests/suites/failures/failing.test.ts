import { afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";

test("waits for ever", async () => {
  await new Promise(() => {});
}, 20);

test("done is never called", (done) => {
  void done;
}, 10);

test("done with an error", (done) => {
  setTimeout(() => done("given to done"), 1);
});

test("a rejection nobody handles", (done) => {
  const error = new Error("nobody handles this");
  Promise.reject(error);
  setTimeout(done, 5);
});

test("asserts too little", () => {
  expect.assertions(2);
  expect(1).toBe(1);
});

test("asserts nothing", () => {
  expect.hasAssertions();
});

describe("a hook that fails", () => {
  beforeEach(() => {
    expect("before each").toBe("passing");
  });
  afterEach(() => console.log("afterEach runs"));
  test("does not run", () => console.log("never"));
});

describe("a scope that fails", () => {
  beforeAll(() => {
    expect("before all").toBe("passing");
  });
  test("does not run either", () => console.log("never"));
});

test.failing("expected to fail", () => expect(1).toBe(2));
test.failing("expected to fail but passes", () => {});
test.todo("to be written");
test.todo("to be made pass", () => expect(1).toBe(2));
test.skip("left out", () => expect(1).toBe(2));
test("inside another", () => {
  expect(() => test("inner", () => {})).toThrow("Cannot call test() inside a test");
});
