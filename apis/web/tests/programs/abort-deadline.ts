// Deadlines of signals that nobody holds but who waits for them; methods of requests.
const fired: string[] = [];
(() => {
  AbortSignal.timeout(10).addEventListener("abort", (event) => {
    fired.push(`listened: ${(event.target as AbortSignal).reason.name}`);
  });
  AbortSignal.any([AbortSignal.timeout(30), new AbortController().signal]).onabort = () => {
    fired.push("either");
  };
  const removed = () => { fired.push("removed"); };
  const forgotten = AbortSignal.timeout(10);
  forgotten.addEventListener("abort", removed);
  forgotten.removeEventListener("abort", removed);
  const target = new EventTarget();
  target.addEventListener("event", () => { fired.push("event"); }, {
    signal: AbortSignal.timeout(60),
  });
  setTimeout(() => target.dispatchEvent(new Event("event")), 2);
  setTimeout(() => target.dispatchEvent(new Event("event")), 100);
})();
for (let turn = 0; turn < 4; turn++) {
  Bun.gc(true);
  await Bun.sleep(0);
}
const held = AbortSignal.timeout(5);
while (!held.aborted) await Bun.sleep(1);
console.log(held.reason.name, held.reason.code);
await Bun.sleep(200);
console.log(fired.sort().join("; "));

for (const method of ["MKADDRESSBOOK", "mkcol", "Patch", "FOO", "propfind"]) {
  console.log(method, new Request("http://localhost/", { method }).method);
}
