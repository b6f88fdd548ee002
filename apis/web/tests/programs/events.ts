// Event, EventTarget and their relatives: one line a case, equal in dx and in Bun.
import { show } from "./support/report";

const log: string[] = [];
const flush = () => log.splice(0).join(" ");
const any = (value: unknown) => value as any;

show("Event needs a type", () => new (Event as any)());
show("type is a string", () => new Event(any(5)).type);
show("symbol type", () => new Event(any(Symbol("x"))));
show("init not an object", () => new Event("x", any(5)));
show("init null", () => new Event("x", any(null)).bubbles);
show("flags", () => {
  const event = new Event("x", { bubbles: true, cancelable: true, composed: true });
  return [event.bubbles, event.cancelable, event.composed, event.defaultPrevented, event.isTrusted];
});
show("own keys", () => Reflect.ownKeys(new Event("x")));
show("constants", () => [Event.NONE, Event.CAPTURING_PHASE, Event.AT_TARGET, Event.BUBBLING_PHASE]);
show("constants on instances", () => new Event("x").AT_TARGET);
show("tag", () => Object.prototype.toString.call(new Event("x")));
show("getter brand", () =>
  any(Object.getOwnPropertyDescriptor(Event.prototype, "type")).get.call({}),
);
show("initEvent", () => {
  const event = new Event("a");
  event.initEvent("b", true, true);
  return [event.type, event.bubbles, event.cancelable];
});
show("returnValue", () => {
  const event = new Event("x", { cancelable: true });
  event.returnValue = false;
  return [event.defaultPrevented, event.returnValue];
});
show("cancelBubble", () => {
  const event = new Event("x");
  event.cancelBubble = true;
  return event.cancelBubble;
});

show("listener order", () => {
  const target = new EventTarget();
  target.addEventListener("x", () => log.push("bubble"));
  target.addEventListener("x", () => log.push("capture"), true);
  target.addEventListener("x", () => log.push("second"));
  target.dispatchEvent(new Event("x"));
  return flush();
});
show("same listener once", () => {
  const target = new EventTarget();
  const listener = () => log.push("called");
  target.addEventListener("x", listener);
  target.addEventListener("x", listener);
  target.addEventListener("x", listener, { capture: true });
  target.dispatchEvent(new Event("x"));
  return flush();
});
show("once", () => {
  const target = new EventTarget();
  target.addEventListener("x", () => log.push("once"), { once: true });
  target.dispatchEvent(new Event("x"));
  target.dispatchEvent(new Event("x"));
  return flush();
});
show("passive", () => {
  const target = new EventTarget();
  target.addEventListener("x", (event) => event.preventDefault(), { passive: true });
  return target.dispatchEvent(new Event("x", { cancelable: true }));
});
show("prevented", () => {
  const target = new EventTarget();
  target.addEventListener("x", (event) => event.preventDefault());
  return target.dispatchEvent(new Event("x", { cancelable: true }));
});
show("stopImmediatePropagation", () => {
  const target = new EventTarget();
  target.addEventListener("x", (event) => {
    log.push("first");
    event.stopImmediatePropagation();
  });
  target.addEventListener("x", () => log.push("second"));
  target.dispatchEvent(new Event("x"));
  return flush();
});
show("removed while dispatching", () => {
  const target = new EventTarget();
  const second = () => log.push("second");
  target.addEventListener("x", () => {
    target.removeEventListener("x", second);
    target.addEventListener("x", () => log.push("late"));
  });
  target.addEventListener("x", second);
  target.dispatchEvent(new Event("x"));
  return flush();
});
show("handleEvent", () => {
  const target = new EventTarget();
  const listener = {
    handleEvent(event: Event) {
      log.push(String(this === listener), String(event.eventPhase), String(event.target === target));
      log.push(String(event.currentTarget === target), String(event.composedPath().length));
    },
  };
  target.addEventListener("x", listener);
  target.dispatchEvent(new Event("x"));
  return flush();
});
show("after dispatch", () => {
  const target = new EventTarget();
  const event = new Event("x");
  target.dispatchEvent(event);
  return [event.target === target, event.currentTarget, event.eventPhase, event.composedPath().length];
});
show("recursion", () => {
  const target = new EventTarget();
  let caught: any;
  target.addEventListener("x", (event) => {
    try {
      target.dispatchEvent(event);
    } catch (error) {
      caught = error;
    }
  });
  target.dispatchEvent(new Event("x"));
  throw caught;
});
show("listener missing", () => new EventTarget().addEventListener("x", any(undefined)));
show("too few arguments", () => any(new EventTarget()).addEventListener("x"));
show("listener a number", () => new EventTarget().addEventListener("x", any(5)));
show("dispatch nothing", () => any(new EventTarget()).dispatchEvent());
show("dispatch an object", () => new EventTarget().dispatchEvent(any({})));
show("wrong this", () => EventTarget.prototype.addEventListener.call(any({}), "x", () => {}));
show("signal removes", () => {
  const target = new EventTarget();
  const controller = new AbortController();
  target.addEventListener("x", () => log.push("called"), { signal: controller.signal });
  target.dispatchEvent(new Event("x"));
  controller.abort();
  target.dispatchEvent(new Event("x"));
  return flush();
});
show("aborted signal", () => {
  const target = new EventTarget();
  target.addEventListener("x", () => log.push("called"), { signal: AbortSignal.abort() });
  target.dispatchEvent(new Event("x"));
  return flush();
});
show("bad signal", () => new EventTarget().addEventListener("x", () => {}, { signal: any(5) }));
show("subclass", () => {
  class Emitter extends EventTarget {
    value = 7;
  }
  const emitter = new Emitter();
  emitter.addEventListener("x", function (this: any) {
    log.push(String(this.value));
  });
  emitter.dispatchEvent(new Event("x"));
  return flush();
});

show("CustomEvent", () => [new CustomEvent("x", { detail: { a: 1 } }).detail, new CustomEvent("x").detail]);
show("initCustomEvent", () => {
  const event = new CustomEvent("x", { detail: 1 });
  event.initCustomEvent("y", true, true, 7);
  return [event.type, event.bubbles, event.detail];
});
show("MessageEvent", () => {
  const event = new MessageEvent("x", { data: [1], origin: "o", lastEventId: "7" });
  return [event.data, event.origin, event.lastEventId, event.source, event.ports];
});
show("MessageEvent ports", () => new MessageEvent("x", { ports: any([5]) }));
show("MessageEvent source", () => new MessageEvent("x", { source: any(5) }));
show("ErrorEvent", () => {
  const event = new ErrorEvent("x", { message: "m", filename: "f", lineno: 3, colno: -1, error: 9 });
  return [event.message, event.filename, event.lineno, event.colno, event.error];
});
show("ErrorEvent defaults", () => {
  const event = new ErrorEvent("x");
  return [event.message, event.filename, event.lineno, event.colno, event.error];
});
show("CloseEvent", () => {
  const event = new CloseEvent("close", { code: 1000, reason: "done", wasClean: true });
  return [event.code, event.reason, event.wasClean, new CloseEvent("close").code];
});
for (const name of ["CustomEvent", "MessageEvent", "ErrorEvent", "CloseEvent"]) {
  const Class = any(globalThis)[name];
  show(`${name} chain`, () => [
    Object.getPrototypeOf(Class) === Event,
    Class.length,
    Object.prototype.toString.call(new Class("x")),
  ]);
}
