// URL and URLSearchParams: one line a case, equal in dx and in Bun.
import { show } from "./support/report";

const any = (value: unknown) => value as any;
const parts = (url: URL) =>
  [url.href, url.origin, url.protocol, url.username, url.password, url.host, url.hostname, url.port,
    url.pathname, url.search, url.hash].join(" | ");

const absolute = [
  "https://user:pw@example.com:8080/a/b/../c?x=1&y=2#h",
  "http://example.com",
  "http://example.com:80/",
  "https://example.com:443/x",
  "http://EXAMPLE.com/A%2e/%2E%2e/B",
  "http://example.com/a/./b/..",
  "http://example.com/..",
  "http://example.com/../../x/",
  "http://example.com//double//slash",
  "http://example.com/a b?c d#e f",
  "http://example.com/\u00e9?\u00e9#\u00e9",
  "http://example.com/'\"<>`{}|^\\?'\"<>`{}|^\\#'\"<>`{}|^\\",
  "  http://trimmed.com/ \t",
  "ht\ntp://exa\tmple.com/a\nb",
  "http:\\\\example.com\\path",
  "http:example.com",
  "http:/example.com",
  "http:///example.com",
  "http://user@example.com",
  "http://:pw@example.com",
  "http://user:@example.com",
  "http://a:b:c@example.com",
  "http://a@b@example.com",
  "http://@example.com",
  "http://example.com:",
  "http://example.com:0",
  "http://example.com:00080",
  "http://example.com:65536",
  "http://example.com:8a",
  "http://example.com:-1",
  "http://",
  "http://?",
  "http://a b",
  "http://a%20b",
  "http://%41.com",
  "http://1.2.3.4",
  "http://1.2.3",
  "http://0x7f.1",
  "http://0300.168.0.1",
  "http://256.1.1.1",
  "http://1.2.3.4.5",
  "http://1.2.3.09",
  "http://1.example.",
  "http://[::1]:3000/",
  "http://[2001:db8:0:0:1:0:0:1]",
  "http://[1:2:3:4:5:6:7:8]",
  "http://[::ffff:1.2.3.4]",
  "http://[1::2::3]",
  "http://[::g]",
  "http://[::1",
  "http://fa\u00df.de",
  "http://\uff27\uff2f.com",
  "http://xn--zca.de",
  "http://xn--a.com",
  "http://a_b-.com",
  "http://ab--c.com",
  "http://a..com",
  "ftp://example.com:21/x",
  "ws://example.com:80",
  "wss://example.com:443/chat",
  "file:///etc/hosts",
  "file://localhost/etc",
  "file://host/share",
  "file:c:/windows",
  "file:///C|/x/../..",
  "file:x",
  "data:text/plain,hello world",
  "data:space   ?q#f",
  "mailto:a@b.c",
  "javascript:alert(1)",
  "blob:https://example.com/id",
  "blob:x",
  "about:blank",
  "foo://bar/baz?q",
  "foo://bar:99999/",
  "foo:/a/../b",
  "foo:/.//x",
  "foo://a b",
  "foo://a^b",
  "foo:",
  "foo",
  "",
  "//example.com",
  "1http://x",
  "http://a/?%zz#%",
  "http://a/%7Efoo/%zz",
  "http://a\ud800b/\ud800?\ud800#\ud800",
];
for (const input of absolute) show(JSON.stringify(input), () => parts(new URL(input)));

const bases = ["http://a/b/c/d;p?q#f", "file:///x/y", "foo:opaque", "foo://h/p", "https://u:p@h:8/x"];
const relative = ["g", "./g", "g/", "/g", "//g", "?y", "#s", "", "..", "../..", "../../../g", "g;x=1/../y",
  "http:g", "https:g", "http://other", "\\x", "/C|/z", "x:y", "?a=b c#d e", "/a?b/../c", "%2e%2e/z"];
for (const base of bases) {
  for (const input of relative) {
    show(`${JSON.stringify(input)} against ${base}`, () => new URL(input, base).href);
  }
}
show("bad base", () => new URL("http://x", "bad"));
show("base is a URL", () => new URL("x", new URL("http://a/b/")).href);
show("input is a URL", () => new URL(new URL("http://a/b/")).href);
show("base undefined", () => new URL("http://a", undefined).href);
show("no arguments", () => new (URL as any)());
show("symbol", () => new URL(any(Symbol("x"))));
show("error properties", () => {
  try {
    new URL("x", "y");
  } catch (error) {
    return [Object.keys(any(error)), any(error).code, any(error).input, any(error).base];
  }
});
show("canParse", () => [URL.canParse("x"), URL.canParse("x", "http://a"), URL.canParse("x", "bad")]);
show("parse", () => [URL.parse("x"), URL.parse("x", "http://a")?.href]);
show("toJSON", () => JSON.stringify({ url: new URL("http://a") }));
show("own keys", () => Reflect.ownKeys(new URL("http://a")));
show("getter brand", () => any(Object.getOwnPropertyDescriptor(URL.prototype, "href")).get.call({}));
show("method brand", () => URL.prototype.toString.call({}));

const setters: [string, string, string[]][] = [
  ["http://u:p@a.com:81/b?c#d", "protocol", ["https", "ws:x", "ftp", "foo", "file", "", "1", "h\nttps"]],
  ["http://a.com:443/b", "protocol", ["https"]],
  ["foo://h/x", "protocol", ["bar", "http"]],
  ["file:///x", "protocol", ["http"]],
  ["http://a.com/b", "username", ["me", "\u00e9@", ""]],
  ["file:///b", "username", ["me"]],
  ["http://a.com/b", "password", ["pw", ":/?", ""]],
  ["http://a.com:81/b", "host", ["b", "b:82", "b:x", ":82", "", "b/c", "b?c", "[::1]:3", "a b", "x:82y"]],
  ["foo://a:1/b", "host", ["", "b", "b:2"]],
  ["file:///x", "host", ["h", "localhost", "h:1", ""]],
  ["mailto:x", "host", ["h"]],
  ["http://a.com:81/b", "hostname", ["b", "b:82", "", "[::1]", "b/c"]],
  ["http://a.com:81/b", "port", ["82", "80", "", "x", "82x", "65536", " 83", "0"]],
  ["file:///x", "port", ["1"]],
  ["http://a.com/b?c#d", "pathname", ["x", "/x/../y", "a b?#", "", "\\x\\y", "%2e%2e/z"]],
  ["foo://h/x", "pathname", ["", "y", "\\y"]],
  ["mailto:x", "pathname", ["y"]],
  ["http://a.com/b?c#d", "search", ["x", "?x=' y#", "", "?"]],
  ["data:x  ?y", "search", [""]],
  ["http://a.com/b?c#d", "hash", ["x", "#x y`", "", "#"]],
  ["http://a.com/b", "href", ["https://z/", "bad"]],
];
for (const [url, property, values] of setters) {
  for (const value of values) {
    show(`${url} ${property} = ${JSON.stringify(value)}`, () => {
      const changed = any(new URL(url));
      changed[property] = value;
      return changed.href;
    });
  }
}

// URLSearchParams
const list = (params: URLSearchParams) => [...params];
const inputs: any[] = ["", "?", "a", "a=", "=b", "a=b&c=d", "&a&&b&", "a=b=c", "a+b=c%20d%2B", "%zz=%", "a=%C3%A9&b=%FF",
  "?x=1#y", undefined, null, 5, { a: 1, b: [1, 2] }, [["a", "b"], ["c", "d"]], new Map([["q", "r"]]),
  new URLSearchParams("z=1"), [["a"]], [1], [["a", "b", "c"]], ["ab"], Symbol("x"), () => 1];
inputs.forEach((input, index) => show(`params ${index}`, () => list(new URLSearchParams(input))));
show("serialize", () => String(new URLSearchParams([["a b", "c&d=e"], ["\u00e9", "~!'()*-._"], ["+", "%"]])));
show("append", () => {
  const params = new URLSearchParams("a=1");
  params.append("a", any(2));
  return params.toString();
});
show("set", () => {
  const params = new URLSearchParams("a=1&b=2&a=3");
  params.set("a", "x");
  params.set("c", "y");
  return params.toString();
});
show("delete", () => {
  const params = new URLSearchParams("a=1&b=2&a=3");
  params.delete("a", "1");
  const once = params.toString();
  params.delete("a");
  return [once, params.toString()];
});
show("get, getAll, has", () => {
  const params = new URLSearchParams("a=1&a=2");
  return [params.get("a"), params.get("b"), params.getAll("a"), params.has("a"), params.has("a", "3")];
});
show("sort", () => {
  const params = new URLSearchParams("z=1&a=2&\ud83c\udf08=3&\ufb03=4&a=1");
  params.sort();
  return list(params);
});
show("size", () => [new URLSearchParams("a&b").size, any(new URLSearchParams("a&b")).length]);
show("toJSON", () => JSON.stringify(new URLSearchParams("a=1&b=2&a=3")));
show("iterators", () => {
  const params = new URLSearchParams("a=1&b=2");
  return [[...params.keys()], [...params.values()], [...params.entries()]];
});
show("iterator tag", () => Object.prototype.toString.call(new URLSearchParams().keys()));
show("live iteration", () => {
  const params = new URLSearchParams("a=1&b=2&c=3");
  const seen: string[] = [];
  for (const [name] of params) {
    seen.push(name);
    params.delete(name);
  }
  return [seen, params.toString()];
});
show("forEach", () => {
  const seen: unknown[] = [];
  new URLSearchParams("a=1").forEach(function (this: any, value, name, params) {
    seen.push(this.x, value, name, params instanceof URLSearchParams);
  }, { x: 9 });
  return seen;
});
show("forEach without function", () => any(new URLSearchParams()).forEach(5));
show("missing arguments", () => any(new URLSearchParams()).append("x"));
show("brand", () => URLSearchParams.prototype.get.call(any({}), "a"));
show("linked", () => {
  const url = new URL("http://a/?x=1#h");
  const { searchParams } = url;
  searchParams.append("y", "2 3");
  const first = url.href;
  url.search = "?z=9";
  const second = searchParams.toString();
  searchParams.delete("z");
  return [first, second, url.href, url.searchParams === searchParams];
});
show("linked, href", () => {
  const url = new URL("http://a/?x=1");
  const { searchParams } = url;
  url.href = "http://b/?q=r";
  return searchParams.get("q");
});
show("object URLs", () => URL.createObjectURL(new Blob(["x"])).length);
show("object URL of nothing", () => URL.createObjectURL(any(5)));
