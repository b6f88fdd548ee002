import { expect, jest, mock, setSystemTime, spyOn, test } from "bun:test";

const messageOf = (run: () => void) => {
  try {
    run();
  } catch (error) {
    console.log((error as Error).message);
    return;
  }
  console.log("did not throw");
};

test("calls are recorded", () => {
  const add = mock((left: number, right: number) => left + right);
  add(1, 2);
  add(3, 4);
  expect(add.mock.calls).toEqual([[1, 2], [3, 4]]);
  expect(add.mock.results[1]).toEqual({ type: "return", value: 7 });
  expect(add).toHaveBeenCalledTimes(2);
  expect(add).toHaveBeenLastCalledWith(3, 4);
  messageOf(() => expect(add).toHaveBeenCalledWith(9, 9));
  messageOf(() => expect(add).not.toHaveBeenCalledWith(1, 2));
  messageOf(() => expect(add).toHaveBeenNthCalledWith(1, 5));
  messageOf(() => expect(add).toHaveBeenCalledTimes(1));
  messageOf(() => expect(add).toHaveReturnedWith(1));
  messageOf(() => expect(add).toHaveReturnedTimes(9));
  messageOf(() => expect(mock(() => 1)).toHaveBeenCalled());
  messageOf(() => expect(() => 1).toHaveBeenCalled());
});

test("implementations", async () => {
  const made = mock(() => "first");
  made.mockReturnValueOnce("once").mockImplementationOnce(() => "twice");
  expect([made(), made(), made()]).toEqual(["once", "twice", "first"]);
  made.mockResolvedValue("later");
  expect(await made()).toBe("later");
  made.mockReset();
  expect(made()).toBeUndefined();
});

test("spies", () => {
  const object = { method: () => 1 };
  const original = object.method;
  const spy = spyOn(object, "method").mockReturnValue(2);
  expect(object.method()).toBe(2);
  expect(spy).toHaveBeenCalledTimes(1);
  mock.restore();
  expect(object.method).toBe(original);
});

test("timers", () => {
  jest.useFakeTimers({ now: 1000 });
  const order: string[] = [];
  setTimeout(() => order.push("later"), 50);
  setTimeout(() => order.push("soon"), 10);
  const interval = setInterval(() => order.push("tick"), 20);
  jest.advanceTimersByTime(45);
  clearInterval(interval);
  expect(order).toEqual(["soon", "tick", "tick"]);
  expect(Date.now()).toBe(1045);
  jest.runAllTimers();
  expect(order.at(-1)).toBe("later");
  jest.useRealTimers();
  setSystemTime(new Date("2001-02-03T04:05:06.000Z"));
  expect(new Date().getFullYear()).toBe(2001);
  setSystemTime();
});

test("modules", async () => {
  mock.module("./made-up", () => ({ value: 1, default: "x" }));
  // @ts-expect-error there is no such file
  const { value, default: named } = await import("./made-up");
  expect([value, named]).toEqual([1, "x"]);
});
