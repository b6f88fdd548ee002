// `--hot`: when a loaded file changes, the program's modules are evaluated anew. Globals stay, and
// so do servers: Bun.serve with the address of one that runs reloads it.
//
// Folders are watched with node:fs. What fails to load is reported and waits for the next change.
"use strict";

const { Map, Object, Set } = globalThis;
const { registry, runMain } = require("runtime/modules");
const timers = require("runtime/timers");

// Changes that come this soon after another belong to it.
const SETTLE_MS = 20;
const KEEP_ALIVE_MS = 2147483647;

const folders = new Map();
let timer;
let program;

function run(given) {
  program = given;
  keepServers();
  registry.whenLoaded(watch);
  outlastErrors();
  timers.setInterval(() => {}, KEEP_ALIVE_MS);
  start();
}

// Has errors that nothing caught reported, and nothing more: the next change may mend them.
function outlastErrors() {
  require("runtime/errors").captureUncaught(report);
}

function start() {
  try {
    runMain(program);
  } catch (error) {
    report(error);
  }
}

function report(error) {
  const { formatUncaught } = require("bun/inspect-errors");
  process.stderr.write(formatUncaught(error, process.stderr.isTTY === true));
}

function watch(path) {
  if (path === undefined || !path.startsWith("/")) return;
  const cut = path.lastIndexOf("/");
  const folder = path.slice(0, cut) || "/";
  let names = folders.get(folder);
  if (names === undefined) {
    folders.set(folder, names = new Set());
    require("node/fs").watch(folder, { persistent: false }, (_, name) => {
      if (names.has(name)) changed();
    });
  }
  names.add(path.slice(cut + 1));
}

function changed() {
  timers.clearTimeout(timer);
  timer = timers.setTimeout(reload, SETTLE_MS);
}

function reload() {
  registry.forgetAll();
  // The arguments' first words are the preloaded modules' business only once.
  program = program.slice(0, 2);
  start();
}

// Bun.serve answers the server that listens there already, with its handlers replaced.
function keepServers() {
  const { serve } = Bun;
  const servers = new Map();
  const value = { serve(options) {
    const key = options.id ?? options.unix ?? `${options.hostname ?? ""}:${options.port ?? 3000}`;
    const known = servers.get(key);
    if (known !== undefined && !known.stopped) {
      known.server.reload(options);
      return known.server;
    }
    const server = serve.call(Bun, options);
    const entry = { server, stopped: false };
    const { stop } = server;
    Object.defineProperty(server, "stop", { configurable: true, writable: true, value(...rest) {
      entry.stopped = true;
      return stop.apply(server, rest);
    } });
    servers.set(key, entry);
    return server;
  } }.serve;
  // The member can be set, but as in Bun not defined anew.
  Bun.serve = value;
}

module.exports = { outlastErrors, run };
