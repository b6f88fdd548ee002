"use strict";
// Bun.serve: the server object, its routes, and the function that takes each turn's requests.

const {
  Response, statusOf, givenHeaders, bodySourceOf, defaultContentType,
} = require("web/response");
const { Request, createServerRequest } = require("web/request");
const { rawEntries } = require("web/headers");
const { Incoming } = require("bun/serve-incoming");
const { reply, replyError, finish } = require("bun/serve-reply");
const { invalid, readOptions } = require("bun/serve-options");
const wire = require("bun/serve-wire");
const asyncContext = require("runtime/async-context");

const ARRIVAL_WORDS = wire.ARRIVAL_WORDS;
const NO_HANDLER = 0xffffffff;
// In place of a segment: the record is a notice, its second flag byte says which.
const NOTICE = 0xffffffff;

// Sites by the number native code knows them by.
const sites = [];
// The last segment of each shard, which most arrivals share.
const segments = [];
const segmentNumbers = [];
const incomings = new WeakMap();

function segmentOf(shard, number) {
  if (segmentNumbers[shard] === number) return segments[shard];
  const buffer = ops.serveSegment(shard, number);
  segmentNumbers[shard] = number;
  segments[shard] = buffer;
  return buffer;
}

// Takes a batch of arrivals; called once a turn by native code.
function dispatch(count) {
  wire.flushed();
  const words = wire.words();
  for (let index = 0, base = 0; index < count; index++, base += ARRIVAL_WORDS) {
    const number = words[base];
    const shard = words[base + 21];
    if (number === NOTICE) {
      aborted(shard, words[base + 1], words[base + 2]);
      continue;
    }
    const incoming = new Incoming(segmentOf(shard, number), words, base);
    const site = sites[words[base + 4]];
    incoming.site = site;
    site.pending++;
    const live = site.live[shard];
    const before = live[incoming.exchange];
    // Its client has left in this turn: the notice of it comes behind all arrivals.
    if (before) leave(before);
    live[incoming.exchange] = incoming;
    // Nothing that one request's handler entered may be seen by the next one's.
    asyncContext.current = site.context;
    handle(site, incoming, words[base + 5]);
  }
  asyncContext.current = undefined;
}

function handle(site, incoming, handler) {
  const request = createServerRequest(incoming);
  let result;
  try {
    if (handler === NO_HANDLER) {
      result = site.fetch(request, site.server);
    } else {
      result = site.handlers[handler](request, site.server, incoming);
    }
  } catch (error) {
    replyError(incoming, error);
    return;
  }
  if (result instanceof Response) {
    reply(incoming, result);
  } else if (result instanceof Promise) {
    result.then(
      (response) => reply(incoming, response),
      (error) => replyError(incoming, error),
    );
  } else {
    reply(incoming, result);
  }
}

function leave(incoming) {
  finish(incoming);
  incoming.abort();
}

function aborted(shard, exchange, generation) {
  for (const site of sites) {
    const incoming = site === undefined ? undefined : site.live[shard][exchange];
    if (incoming && incoming.generation === generation) {
      leave(incoming);
      return;
    }
  }
}

// The parameters of a path by its route's pattern, decoded as UTF-8.
function parametersOf(names, path) {
  const query = path.indexOf("?");
  const parts = (query < 0 ? path : path.slice(0, query)).split("/");
  const parameters = Object.create(null);
  for (const { name, at } of names) parameters[name] = decodeParameter(parts[at]);
  return parameters;
}

function decodeParameter(text) {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return ops.servePercentDecode(text);
  }
}

function routeHandler(pattern, target) {
  const names = [];
  pattern.split("/").forEach((part, at) => {
    if (part.length > 1 && part[0] === ":") names.push({ name: part.slice(1), at });
  });
  if (typeof target !== "function") return fileHandler(target);
  return (request, server, incoming) => {
    incoming.request = request;
    let parameters = null;
    Object.defineProperty(request, "params", {
      configurable: true,
      enumerable: true,
      get: () => (parameters ??= parametersOf(names, incoming.path())),
      set: (value) => {
        parameters = value;
      },
    });
    Object.defineProperty(request, "cookies", COOKIES);
    return target.call(server, request, server);
  };
}

// What a route's handler changes of the cookies goes out with its reply.
const COOKIES = {
  configurable: true,
  enumerable: true,
  get() {
    const incoming = sourceOf(this);
    if (incoming === null) return undefined;
    if (incoming.cookies === null) {
      const { CookieMap } = require("bun/cookie/cookie-map");
      incoming.cookies = new CookieMap(this.headers.get("cookie") ?? "");
    }
    return incoming.cookies;
  },
};

// Sends a file; where it is not there, the request is the fetch handler's.
function fileHandler(target) {
  const answer = () => target instanceof Response ? target.clone() : new Response(target);
  const file = target instanceof Response ? bodySourceOf(target) : target;
  const blob = require("web/blob");
  if (!blob.isBlob(file) || blob.bytesOf(file) !== null) return answer;
  return async (request, server, incoming) => {
    const facts = await require("bun/serve-files").routeFacts(file);
    if (facts === null) return incoming.site.fetch(request, server);
    incoming.routeFacts = facts;
    return answer();
  };
}

// Static bytes of a response that can be answered without script, else null.
function staticBody(target) {
  if (!(target instanceof Response)) return null;
  const body = bodySourceOf(target);
  if (body === null) return new Uint8Array(0);
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  const blob = require("web/blob");
  return body instanceof blob.Blob ? blob.bytesOf(body) : null;
}

function staticEntries(target, body) {
  const headers = givenHeaders(target);
  const type = defaultContentType(target);
  let entries = headers === null ? [] : rawEntries(headers);
  if (type !== null) entries = ["Content-Type", type, ...entries];
  const tagged = entries.some((name, at) => at % 2 === 0 && name.toLowerCase() === "etag");
  if (statusOf(target) < 300 && body.length > 0 && !tagged) {
    entries = [...entries, "etag", ops.serveEtag(body)];
  }
  return entries;
}

const NO_SOCKETS =
  'To enable websocket support, set the "websocket" object in Bun.serve({})';

class Site {
  constructor(options) {
    this.options = options;
    this.number = -1;
    this.server = null;
    this.pending = 0;
    this.live = [];
    for (let shard = 0; shard < ops.serveShards(); shard++) this.live.push([]);
    this.configure(options);
  }

  configure(options) {
    this.error = options.error;
    this.development = options.development;
    this.sockets = options.websocket;
    this.scheme = options.tls === undefined ? "http://" : "https://";
    this.handlers = [];
    // Handlers run in the async context they were given in.
    this.context = asyncContext.current;
    const fetch = options.fetch;
    this.fetch = fetch === null
      ? () => notFound()
      : (request, server) => fetch.call(server, request, server);
  }

  // Describes the routes to native code; the number is that of the description.
  build(options) {
    const draft = ops.serveDraft(
      options.maxRequestBodySize, options.idleTimeout, options.tls, options.unix !== undefined);
    for (const { pattern, method, target } of options.routes) {
      const body = staticBody(target);
      if (body !== null) {
        const fields = staticEntries(target, body);
        const status = statusOf(target);
        ops.serveRouteStatic(draft, pattern, method, status, "", body, ...fields);
      } else {
        const handler = this.handlers.length;
        this.handlers.push(routeHandler(pattern, target));
        ops.serveRoute(draft, pattern, method, handler);
      }
    }
    return draft;
  }
}

function notFound() {
  return new Response(null, { status: 404 });
}

function listen(site, options) {
  const draft = site.build(options);
  try {
    return ops.serveListen(
      draft, options.hostname, options.port, options.reusePort, options.ipv6Only, options.unix);
  } catch (error) {
    if (error.code !== "EADDRINUSE" || options.unix !== undefined) throw error;
    const wanted = new Error(`Failed to start server. Is port ${options.port} in use?`);
    throw Object.assign(wanted, { code: "EADDRINUSE", errno: 0, syscall: "listen" });
  }
}

class HTTPServer {
  #site;
  #local;
  #stopped = false;
  #url = null;

  constructor(site, local) {
    this.#site = site;
    this.#local = local;
    site.server = this;
  }

  get address() {
    if (this.#stopped) return null;
    const { unix } = this.#site.options;
    if (unix !== undefined) return unix;
    const { address, family, port } = this.#local;
    return { address, family, port };
  }
  get development() { return this.#site.development; }
  get hostname() {
    const { hostname, unix } = this.#site.options;
    return unix === undefined ? hostname || "localhost" : undefined;
  }
  get id() { return this.#site.options.id; }
  get pendingRequests() { return this.#site.pending; }
  get pendingWebSockets() { return this.#site.sockets?.sockets.size ?? 0; }
  get port() { return this.#stopped ? 0 : this.#local.port; }
  get protocol() { return this.#site.options.tls === undefined ? "http" : "https"; }
  get url() {
    const { URL } = require("web/url");
    const { hostname, unix } = this.#site.options;
    this.#url ??= unix === undefined
      ? new URL(`${this.protocol}://${urlHost(hostname)}:${this.#local.port}/`)
      : new URL(unix.startsWith("\0") ? `abstract://${unix.slice(1)}/` : `unix://${unix}`);
    return this.#url;
  }

  fetch(input, init) {
    return fetchLocally(this.#site, this, input, init);
  }

  reload(...given) {
    if (given.length === 0) {
      const error = new TypeError("Not enough arguments to 'reload'. Expected 1, got 0.");
      error.code = "ERR_MISSING_ARGS";
      throw error;
    }
    if (given[0] === null || typeof given[0] !== "object") {
      throw invalid("Bun.serve expects an object");
    }
    const site = this.#site;
    const merged = { ...given[0] };
    if (merged.fetch === undefined && merged.routes === undefined) {
      throw invalid("Expected fetch() to be a function");
    }
    merged.error ??= site.error ?? undefined;
    const options = readOptions({ ...merged, port: this.#local.port }, process.env);
    options.hostname = site.options.hostname;
    options.unix = site.options.unix;
    options.tls ??= site.options.tls;
    options.websocket ??= site.options.websocket;
    site.configure(options);
    site.options = options;
    ops.serveReload(site.number, site.build(options));
    return this;
  }

  requestIP(request) {
    const incoming = incomings.get(request) ?? sourceOf(request);
    if (incoming === null || incoming.replied) return null;
    if (this.#site.options.unix !== undefined) return null;
    return peerAddress(incoming.peer());
  }

  upgrade(...given) {
    const [request, options] = given;
    if (given.length === 0) throw invalid("Missing argument");
    if (this.#site.sockets === null) throw invalid(NO_SOCKETS);
    const { isRequest } = require("web/request");
    if (!isRequest(request)) throw invalid("upgrade requires a Request object");
    const incoming = sourceOf(request);
    if (incoming === null || incoming.replied || incoming.aborted) return false;
    const address = this.requestIP(request)?.address ?? "";
    const { upgrade } = require("bun/serve-websocket");
    return upgrade(this.#site, incoming, request, options, address);
  }

  publish(...given) {
    const [topic, data, compress] = given;
    if (given.length === 0) throw invalid("Missing argument");
    const { sockets } = this.#site;
    if (sockets === null) return 0;
    return require("bun/serve-websocket").publish(sockets, `${topic}`, data, compress, null);
  }

  subscriberCount(topic) {
    return this.#site.sockets?.topics.get(`${topic}`)?.size ?? 0;
  }

  stop(force) {
    if (this.#stopped) return Promise.resolve();
    this.#stopped = true;
    if (force) {
      for (const ws of [...(this.#site.sockets?.sockets ?? [])]) ws.close(1001, "Server closed");
    }
    return ops.serveStop(this.#site.number, Boolean(force)).then(() => undefined);
  }

  closeIdleConnections() {
    ops.serveCloseIdle(this.#site.number);
  }

  timeout(request, seconds) {
    const incoming = sourceOf(request);
    if (incoming !== null) {
      ops.serveTimeout(incoming.shard, incoming.exchange, incoming.generation, seconds);
    }
  }

  ref() {
    ops.serveRef(this.#site.number, true);
    return this;
  }

  unref() {
    ops.serveRef(this.#site.number, false);
    return this;
  }

  [Symbol.dispose]() {
    this.stop(true);
  }
}

function sourceOf(request) {
  const source = require("web/request").sourceOf(request);
  return source instanceof Incoming ? source : null;
}

function urlHost(hostname) {
  if (hostname === "" || hostname === "0.0.0.0" || hostname === "::") return "localhost";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

function peerAddress({ words, mapped, port }) {
  if (mapped && !ops.serveDualStack()) {
    return { address: dotted(words[3]), family: "IPv4", port };
  }
  return { address: ops.serveAddress(...words), family: "IPv6", port };
}

function dotted(word) {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

async function fetchLocally(site, server, input, init) {
  let request = input;
  if (!(input instanceof Request)) {
    const { URL } = require("web/url");
    const base = String(server.url);
    request = new Request(new URL(String(input), base).href, init);
  }
  return site.fetch(request, server);
}

function serve(options) {
  if (options === null || typeof options !== "object") {
    throw invalid("Bun.serve expects an object");
  }
  wire.attach(dispatch);
  const read = readOptions(options, process.env);
  const site = new Site(read);
  const local = listen(site, read);
  site.number = local.site;
  sites[site.number] = site;
  const server = read.development ? new DebugHTTPServer(site, local) : new HTTPServer(site, local);
  return server;
}

class DebugHTTPServer extends HTTPServer {}

// Stops every server; settles when their connections are gone.
function stopAll() {
  const listening = sites.filter((site) => site !== undefined && site.server.port !== 0);
  return Promise.all(listening.map((site) => site.server.stop()));
}

module.exports = { serve, stopAll };
