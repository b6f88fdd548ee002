// Proxies with their handlers, circles, and what inspection of a URL shows on demand.
const util = require("node:util");

const proxy = new Proxy([1, 2, 3], { get() {}, set() {} });
for (const options of [{}, { depth: 0 }, { depth: -1 }]) {
  console.log(util.inspect(proxy, { showProxy: true, ...options }));
}
console.log(util.inspect({ proxy }, { showProxy: true, depth: 0 }));
const revocable = Proxy.revocable({}, {});
revocable.revoke();
console.log(util.inspect(revocable.proxy, { showProxy: true }));
console.log(util.inspect(new Proxy(new Proxy({}, {}), { a: 1 }), { showProxy: true }));
console.log(util.inspect(new Proxy(function named() {}, {}), { showProxy: true }));
console.log(util.format("%o", proxy));

for (const href of [
  "https://user:word@host.name:8080/path?query=1#hash", "http://user@host/", "file:///a?",
  "http://host:80/#", "data:text", "wss://host", "ftp://host/a#b?c",
]) {
  const shown = util.inspect(new URL(href), { showHidden: true });
  console.log(shown.slice(shown.indexOf("Symbol(context)")));
}

// What contains itself is shown once; subclasses of URL by their own name.
const circle = {};
circle.self = circle;
const pair = { circle };
circle.pair = pair;
console.log(util.inspect([circle, circle]));
console.log(util.inspect([pair, circle, { first: circle, second: pair }]));
const map = new Map();
map.set("map", map);
console.log(util.inspect({ map, again: map, set: new Set([map]) }));
class Address extends URL {}
console.log(util.inspect(new Address("http://host/")).split("\n")[0]);
