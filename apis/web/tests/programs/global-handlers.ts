// The global onerror and onmessage hear events that are dispatched to the global object.
const told: string[] = [];
onerror = function (event: any) {
  told.push(`onerror ${event.message} ${event instanceof ErrorEvent} ${arguments.length}`);
};
onmessage = (event: any) => { told.push(`onmessage ${event.data}`); };
addEventListener("message", (event: any) => told.push(`listener ${event.data}`));
const send = (type: string, init: object) =>
  dispatchEvent(type === "error" ? new ErrorEvent(type, init) : new MessageEvent(type, init));
console.log(send("error", { message: "first" }), send("message", { data: 1 }));
onmessage = null;
console.log(send("message", { data: 2 }));
for (const answer of [false, true]) {
  onerror = () => answer;
  console.log(send("error", { message: "second", cancelable: true }));
}
onerror = null;
console.log(told);
process.exit(0);
