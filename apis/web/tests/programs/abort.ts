// AbortController, AbortSignal and DOMException: one line a case, equal in dx and in Bun.
import { show, showAsync } from "./support/report";

const any = (value: unknown) => value as any;
const reasonOf = (signal: AbortSignal) => {
  const { name, message, code } = signal.reason;
  return [name, message, code, signal.reason instanceof DOMException];
};

show("fresh signal", () => {
  const { signal } = new AbortController();
  return [signal.aborted, signal.reason, signal.onabort];
});
show("same signal", () => {
  const controller = new AbortController();
  return controller.signal === controller.signal;
});
show("abort", () => {
  const controller = new AbortController();
  controller.abort();
  return reasonOf(controller.signal);
});
show("abort with a reason", () => {
  const controller = new AbortController();
  controller.abort("because");
  controller.abort("again");
  return controller.signal.reason;
});
show("static abort", () => reasonOf(AbortSignal.abort()));
show("static abort with a reason", () => AbortSignal.abort(5).reason);
show("throwIfAborted", () => AbortSignal.abort().throwIfAborted());
show("throwIfAborted, not aborted", () => new AbortController().signal.throwIfAborted());
show("constructor", () => new (AbortSignal as any)());
show("signal getter brand", () =>
  any(Object.getOwnPropertyDescriptor(AbortController.prototype, "signal")).get.call({}),
);
show("aborted getter brand", () =>
  any(Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")).get.call({}),
);
show("abort brand", () => AbortController.prototype.abort.call(any({})));
show("events", () => {
  const controller = new AbortController();
  const calls: unknown[] = [];
  controller.signal.addEventListener("abort", (event) => calls.push("listener", event.isTrusted));
  controller.signal.onabort = function (event) {
    calls.push("onabort", this === controller.signal, event.type);
  };
  controller.abort();
  controller.abort();
  return calls;
});
show("onabort values", () => {
  const { signal } = new AbortController();
  const values: unknown[] = [];
  for (const value of [5, "x", null, undefined]) {
    signal.onabort = any(value);
    values.push(signal.onabort);
  }
  const handler = () => {};
  signal.onabort = handler;
  return [values, signal.onabort === handler];
});
show("any of nothing", () => AbortSignal.any([]).aborted);
show("any of an aborted one", () => {
  const signal = AbortSignal.any([new AbortController().signal, AbortSignal.abort(7)]);
  return [signal.aborted, signal.reason];
});
show("any follows", () => {
  const first = new AbortController();
  const second = new AbortController();
  const outer = AbortSignal.any([AbortSignal.any([first.signal, second.signal]), second.signal]);
  const calls: unknown[] = [];
  outer.onabort = () => calls.push("outer", first.signal.aborted);
  second.signal.onabort = () => calls.push("second", outer.aborted);
  second.abort("why");
  return [outer.aborted, outer.reason, calls];
});
show("any without arguments", () => any(AbortSignal).any());
show("any of a number", () => AbortSignal.any(any([1])));
show("any, not a list", () => AbortSignal.any(any(5)));
show("timeout without arguments", () => any(AbortSignal).timeout());
show("timeout negative", () => AbortSignal.timeout(-1));
show("timeout NaN", () => AbortSignal.timeout(any("x")));
show("timeout infinite", () => AbortSignal.timeout(Infinity));
await showAsync("timeout", () => {
  const signal = AbortSignal.timeout(1);
  return new Promise((resolve) => {
    setTimeout(() => {}, 50);
    signal.onabort = (event) => resolve([event.type, event.isTrusted, ...reasonOf(signal)]);
  });
});

show("DOMException defaults", () => {
  const error = new DOMException();
  return [error.name, error.message, error.code];
});
show("DOMException names and codes", () =>
  ["IndexSizeError", "NotFoundError", "NotSupportedError", "InvalidStateError", "SyntaxError",
    "AbortError", "TimeoutError", "QuotaExceededError", "DataCloneError", "OperationError"].map(
    (name) => new DOMException("m", name).code,
  ),
);
show("DOMException with options", () => {
  const error = new DOMException("m", any({ name: "N", cause: 1 }));
  return [error.name, error.message];
});
show("DOMException chain", () => {
  const error = new DOMException("m", "AbortError");
  return [
    error instanceof Error,
    Object.getPrototypeOf(DOMException) === Function.prototype,
    Object.prototype.toString.call(error),
    String(error),
    error.ABORT_ERR,
    DOMException.DATA_CLONE_ERR,
  ];
});
show("DOMException getter brand", () =>
  any(Object.getOwnPropertyDescriptor(DOMException.prototype, "name")).get.call({}),
);
