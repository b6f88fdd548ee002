"use strict";
// Bun.serve's options: checked and brought into one form, with Bun's errors.

const { Response } = require("web/response");

const DEFAULT_PORT = 3000;
const DEFAULT_BODY_MAX = 128 * 1024 * 1024;
const DEFAULT_IDLE_TIMEOUT_S = 10;
const ROUTE_METHODS = [
  "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "CONNECT", "TRACE",
];

const NEEDS_HANDLER = `Bun.serve() needs either:

  - A routes object:
     routes: {
       "/path": {
         GET: (req) => new Response("Hello")
       }
     }

  - Or a fetch handler:
     fetch: (req) => {
       return new Response("Hello")
     }

Learn more at https://bun.com/docs/api/http`;

const ROUTES_EXPECTED =
  `'routes' expects a Record<string, Response | HTMLBundle | ` +
  `{[method: string]: (req: BunRequest) => Response|Promise<Response>}>

To bundle frontend apps on-demand with Bun.serve(), import HTML files.

Example:

\`\`\`js
import { serve } from "bun";
import app from "./app.html";

serve({
  routes: {
    "/index.json": Response.json({ message: "Hello World" }),
    "/app": app,
    "/path/:param": (req) => {
      const param = req.params.param;
      return Response.json({ message: \`Hello \${param}\` });
    },
    "/path": {
      GET(req) {
        return Response.json({ message: "Hello World" });
      },
      POST(req) {
        return Response.json({ message: "Hello World" });
      },
    },
  },

  fetch(request) {
    return new Response("fallback response");
  },
});
\`\`\`

See https://bun.com/docs/api/http for more information.`;

function invalid(message) {
  const error = new TypeError(message);
  error.code = "ERR_INVALID_ARG_TYPE";
  return error;
}

function outOfRange(message) {
  const error = new RangeError(message);
  error.code = "ERR_OUT_OF_RANGE";
  return error;
}

function readPort(options, environment) {
  let port = options.port;
  if (port === undefined || port === null) {
    port = environment.BUN_PORT ?? environment.PORT ?? environment.NODE_PORT ??
      require("node/process-flags").valueOf("--port") ?? DEFAULT_PORT;
  }
  const number = Number(port);
  if (Number.isNaN(number)) return 0;
  if (number < 0 || number > 65535) {
    throw outOfRange(
      'The value of "options.port" is out of range. ' +
        `It must be >= 0 and <= 65535. Received ${number}`);
  }
  return Math.trunc(number);
}

function readIdleTimeout(options) {
  const value = options.idleTimeout;
  if (value === undefined || value === null) return DEFAULT_IDLE_TIMEOUT_S;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw invalid("Bun.serve expects idleTimeout to be an integer");
  }
  if (value > 255) throw invalid("Bun.serve expects idleTimeout to be 255 or less");
  return Math.max(0, value);
}

function readFunction(value, name) {
  if (value === undefined || value === null) return null;
  if (typeof value !== "function") throw invalid(`Expected ${name}() to be a function`);
  return value;
}

function readErrorHandler(value) {
  if (value === undefined || value === null) return null;
  if (typeof value !== "function") throw invalid("Expected error to be a function");
  return value;
}

function readDevelopment(value, environment) {
  if (value === undefined || value === null) return environment.NODE_ENV !== "production";
  return typeof value === "object" ? true : Boolean(value);
}

// Calls `each(pattern, method or "", target)` for every route, in order of declaration.
function readRoutes(routes) {
  if (routes === undefined || routes === null) return [];
  if (typeof routes !== "object") throw invalid(ROUTES_EXPECTED);
  const list = [];
  for (const pattern of Object.keys(routes)) {
    if (!pattern.startsWith("/")) {
      throw invalid(`Invalid route ${JSON.stringify(pattern)}. Path must start with '/'`);
    }
    if (/[^\x00-\x7f]/.test(pattern)) {
      throw invalid(
        `Invalid route ${JSON.stringify(pattern)}. ` +
          "Please encode all non-ASCII characters in the path.");
    }
    readRoute(pattern, routes[pattern], list);
  }
  return list;
}

function readRoute(pattern, value, list) {
  if (value === false || value === undefined || value === null) return;
  if (isTarget(value)) {
    list.push({ pattern, method: "", target: value });
    return;
  }
  if (typeof value !== "object") throw invalid(ROUTES_EXPECTED);
  let found = false;
  for (const method of ROUTE_METHODS) {
    const target = value[method];
    if (target === undefined) continue;
    if (!isTarget(target)) throw invalid(ROUTES_EXPECTED);
    list.push({ pattern, method, target });
    found = true;
  }
  if (!found) throw invalid(ROUTES_EXPECTED);
}

function isTarget(value) {
  return typeof value === "function" || value instanceof Response ||
    value instanceof require("web/blob").Blob;
}

function readOptions(options, environment) {
  const routes = readRoutes(options.routes ?? options.static);
  const fetch = readFunction(options.fetch, "fetch");
  const error = readErrorHandler(options.error);
  if (fetch === null && routes.length === 0) throw invalid(NEEDS_HANDLER);
  const body = options.maxRequestBodySize;
  return {
    routes,
    fetch,
    error,
    port: readPort(options, environment),
    hostname: readHostname(options),
    idleTimeout: readIdleTimeout(options),
    maxRequestBodySize: typeof body === "number" && body >= 0 ? body : DEFAULT_BODY_MAX,
    development: readDevelopment(options.development, environment),
    reusePort: Boolean(options.reusePort),
    ipv6Only: Boolean(options.ipv6Only),
    tls: options.tls === undefined ? undefined : require("bun/serve-tls").settingsOf(options.tls),
    unix: readUnix(options),
    websocket: options.websocket === undefined
      ? null
      : require("bun/serve-websocket").readHandlers(options.websocket),
    id: typeof options.id === "string" ? options.id : "",
  };
}

function readUnix(options) {
  const { unix } = options;
  if (typeof unix !== "string" || unix === "") return undefined;
  if (options.hostname) throw invalid("Cannot specify both hostname and unix");
  return unix;
}

function readHostname(options) {
  const value = options.hostname ?? options.host;
  if (value === undefined || value === null || value === "") return "";
  return String(value);
}

module.exports = { invalid, readOptions };
