// What node:url and node:querystring say of odd input.
import querystring from "node:querystring";
import url from "node:url";
import util from "node:util";

process.on("warning", ({ name, code, message }: any) => console.log(name, code, message));
for (const text of ["/a?b=1&b=2", "/a", "http://x/a?", "http://x/a"]) {
  const { query } = url.parse(text, true);
  console.log(text, Object.getPrototypeOf(query), Object.keys(query), util.inspect(query));
}
const json = new URLSearchParams("a=1&a=2&b=").toJSON();
console.log(json, Reflect.ownKeys(json), JSON.stringify(json));
for (const [separator, equals] of [["", "="], ["&", []], ["&", null], [null, ""]]) {
  console.log(querystring.parse("a=1&b", separator as any, equals as any));
}
console.log(querystring.parse("a", [] as any));
for (const text of ["file:///a%2fb", "file:///%2F"]) {
  try {
    url.fileURLToPath(text);
  } catch (error: any) {
    console.log(error.code, Object.keys(error), error.input instanceof URL, String(error.input));
  }
}
