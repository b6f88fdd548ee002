// The primary's side of node:cluster: forks workers, and listens on their behalf.
"use strict";

const { Map, Object, Set } = globalThis;
const { EventEmitter } = require("node/events-core");
const { process } = require("node/process");
const { nextTick } = require("runtime/event-loop");
const { Worker } = require("node/cluster-worker");
const { send, listen } = require("node/cluster-messages");

const SCHED_NONE = 1;
const SCHED_RR = 2;

const cluster = new EventEmitter();
const intercom = new EventEmitter();
// The ports workers listen on, by their keys: who does, and who waits to hear of the port.
const ports = new Map();
let lastId = 0;
let isInitialized = false;

Object.assign(cluster, {
  isWorker: false,
  isMaster: true,
  isPrimary: true,
  Worker,
  workers: {},
  settings: {},
  SCHED_NONE,
  SCHED_RR,
  schedulingPolicy: process.env.NODE_CLUSTER_SCHED_POLICY === "none" ? SCHED_NONE : SCHED_RR,
});

function setupPrimary(options) {
  const settings = {
    args: process.argv.slice(2),
    exec: process.argv[1],
    execArgv: process.execArgv,
    silent: false,
    ...cluster.settings,
    ...options,
  };
  cluster.settings = settings;
  if (!isInitialized) {
    isInitialized = true;
    const policy = cluster.schedulingPolicy;
    if (policy !== SCHED_NONE && policy !== SCHED_RR) {
      throw new Error(`Bad cluster.schedulingPolicy: ${policy}`);
    }
  }
  nextTick(() => cluster.emit("setup", settings), undefined);
}
Object.defineProperty(setupPrimary, "name", { value: "" });
cluster.setupPrimary = setupPrimary;
cluster.setupMaster = setupPrimary;

function start(id, env) {
  const { exec, args, execArgv, ...rest } = cluster.settings;
  const { cwd, serialization, silent, windowsHide, stdio, gid, uid } = rest;
  return require("node/child-process").fork(exec, args, {
    cwd, serialization, silent, windowsHide, stdio, gid, uid,
    env: { ...process.env, ...env, NODE_UNIQUE_ID: `${id}` },
    execArgv: [...execArgv],
  });
}

function forget(worker) {
  delete cluster.workers[worker.id];
  if (Object.keys(cluster.workers).length === 0) intercom.emit("disconnect");
}

// A worker listens no more: the next one that waits chooses the port where none is known.
function leavePort(worker, key) {
  const shared = ports.get(key);
  if (shared === undefined || !shared.workers.delete(worker)) return;
  if (shared.workers.size === 0 && shared.waiting.length === 0) ports.delete(key);
  else if (shared.chooser === worker) choosePort(key, shared, 0);
}

function forgetHandles(worker) {
  for (const [key, shared] of ports) {
    shared.waiting = shared.waiting.filter((waiting) => waiting.worker !== worker);
    leavePort(worker, key);
  }
}

// The port is known (or is still to be chosen, by the first who waits).
function choosePort(key, shared, port) {
  shared.port = port;
  shared.chooser = undefined;
  const told = port === 0 ? shared.waiting.splice(0, 1) : shared.waiting.splice(0);
  for (const { worker, seq } of told) {
    if (port === 0) shared.chooser = worker;
    shared.workers.add(worker);
    send(worker.process, { ack: seq, key, port });
  }
}

function exited(worker, code, signal) {
  if (!worker.isConnected()) {
    forgetHandles(worker);
    forget(worker);
  }
  worker.exitedAfterDisconnect = !!worker.exitedAfterDisconnect;
  worker.state = "dead";
  worker.emit("exit", code, signal);
  cluster.emit("exit", worker, code, signal);
}

function disconnected(worker) {
  worker.process.channel = null;
  forgetHandles(worker);
  if (worker.isDead()) forget(worker);
  worker.exitedAfterDisconnect = !!worker.exitedAfterDisconnect;
  worker.state = "disconnected";
  worker.emit("disconnect");
  cluster.emit("disconnect", worker);
}

cluster.fork = {
  fork(env) {
    cluster.setupPrimary();
    const id = ++lastId;
    const child = start(id, env);
    const worker = new Worker({ id, process: child });
    worker.on("message", function (message, handle) {
      cluster.emit("message", this, message, handle);
    });
    child.once("exit", (code, signal) => exited(worker, code, signal));
    child.once("disconnect", () => disconnected(worker));
    listen(child, (message) => acts[message.act]?.(worker, message));
    nextTick(() => cluster.emit("fork", worker), undefined);
    cluster.workers[id] = worker;
    return worker;
  },
}.fork;
Object.defineProperty(cluster.fork, "name", { value: "" });

cluster.disconnect = {
  disconnect(callback) {
    const workers = Object.values(cluster.workers);
    if (workers.length === 0) nextTick(() => intercom.emit("disconnect"), undefined);
    for (const worker of workers) {
      if (worker.isConnected()) worker.disconnect();
    }
    if (typeof callback === "function") intercom.once("disconnect", callback);
  },
}.disconnect;
Object.defineProperty(cluster.disconnect, "name", { value: "" });

// ---- What workers ask for --------------------------------------------------------------------

const acts = {
  __proto__: null,

  online(worker) {
    worker.state = "online";
    worker.emit("online");
    cluster.emit("online", worker);
  },

  exitedAfterDisconnect(worker, message) {
    worker.exitedAfterDisconnect = true;
    send(worker.process, { ack: message.seq });
  },

  listening(worker, { addressType, address, port, fd }) {
    const info = { addressType, address, port, fd };
    worker.state = "listening";
    worker.emit("listening", info);
    cluster.emit("listening", worker, info);
  },

  // A worker wants to listen: on a port by number at once, on any port once one has found it.
  queryServer(worker, { address, port, addressType, fd, index, seq }) {
    if (worker.exitedAfterDisconnect) return;
    const key = `${address}:${port}:${addressType}:${fd}:${port === 0 ? index : ""}`;
    let shared = ports.get(key);
    if (shared === undefined) {
      shared = { port, chooser: undefined, workers: new Set(), waiting: [] };
      ports.set(key, shared);
    }
    shared.waiting.push({ worker, seq });
    if (shared.port !== 0 || shared.chooser === undefined) choosePort(key, shared, shared.port);
  },

  bound(worker, { key, port, errno }) {
    const shared = ports.get(key);
    if (shared === undefined) return;
    if (errno !== 0) leavePort(worker, key);
    else if (shared.chooser === worker) choosePort(key, shared, port);
  },

  // A server of the worker has closed; it may be forgotten already.
  close(worker, { key }) { leavePort(worker, key); },
};

Worker.prototype.disconnect = function () {
  this.exitedAfterDisconnect = true;
  send(this.process, { act: "disconnect" });
  this.process.disconnect();
  forgetHandles(this);
  forget(this);
  return this;
};

Worker.prototype.destroy = function (signal) {
  this.process.kill(signal || "SIGTERM");
};

module.exports = cluster;
