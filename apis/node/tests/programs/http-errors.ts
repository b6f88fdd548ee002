// node:http: what is refused, and with which words.
import http from "node:http";

function attempt(name: string, action: () => unknown) {
  try {
    console.log(name, action());
  } catch (error: any) {
    console.log(name, error.name, error.code, error.message);
  }
}

const message: any = new http.OutgoingMessage();
attempt("name", () => message.setHeader("a b", 1));
attempt("no value", () => message.setHeader("a"));
attempt("value", () => message.setHeader("a", "\n"));
attempt("get", () => message.getHeader());
attempt("remove", () => message.removeHeader());
attempt("implicit", () => message._implicitHeader());
attempt("write null", () => message.write(null));
attempt("write number", () => message.write(5));
attempt("trailer name", () => message.addTrailers({ "a b": 1 }));
attempt("trailer value", () => message.addTrailers({ a: "\n" }));
attempt("setHeaders", () => message.setHeaders([]));
attempt("validateHeaderName", () => http.validateHeaderName("a b"));
attempt("validateHeaderValue", () => http.validateHeaderValue("a", "\u4000"));
attempt("idle parsers", () => http.setMaxIdleHTTPParsers(0));
const response: any = new http.ServerResponse({
  method: "GET", httpVersionMajor: 1, httpVersionMinor: 1,
} as any);
attempt("status", () => response.writeHead(99));
attempt("status text", () => response.writeHead("abc"));
attempt("reason", () => response.writeHead(200, "a\n"));
attempt("hints", () => response.writeEarlyHints(5));
attempt("path", () => http.request({ path: "/ a" }));
attempt("method", () => http.request({ method: "a b" }));
attempt("agent", () => http.request({ agent: 5 as any }));
attempt("protocol", () => http.request({ protocol: "foo:" }));
attempt("host", () => http.request({ host: 5 as any }));
attempt("url", () => http.request("foo"));
attempt("headers", () => http.request({ headers: ["a"] as any }));
attempt("maxHeaderSize", () => http.createServer({ maxHeaderSize: "a" as any }));
attempt("headersTimeout", () => http.createServer({ headersTimeout: 20, requestTimeout: 10 }));
attempt("options", () => http.createServer(5 as any));
attempt("scheduling", () => new http.Agent({ scheduling: "x" as any }));
attempt("maxTotalSockets", () => new http.Agent({ maxTotalSockets: -1 }));

http.request({ host: "127.0.0.1", port: 1 }).on("error", (error: any) => {
  console.log(error.code, error.message, error.syscall, error.port);
}).end();
