// A worker's side of node:cluster: the process tells its primary what it does, and leaves when
// the primary does.
"use strict";

const { Map, Number, Object, Reflect } = globalThis;
const { EventEmitter } = require("node/events-core");
const { process } = require("node/process");
const { Worker } = require("node/cluster-worker");
const { send, listen } = require("node/cluster-messages");
const { KeepAlive } = require("web/message-port");

const cluster = new EventEmitter();
// Servers that listen, by the key the primary knows them by.
const servers = new Map();
let lastIndex = 0;

const NOT_SUPPORTED = -95;
const UV_TCP_IPV6ONLY = 1;
// What a server without an address is said to listen on.
const IP_VERSION = 4;

Object.assign(cluster, {
  isWorker: true,
  isMaster: false,
  isPrimary: false,
  worker: null,
  Worker,
  _setupWorker,
  _getServer,
});

function _setupWorker() {
  const id = Number(process.env.NODE_UNIQUE_ID) | 0;
  delete process.env.NODE_UNIQUE_ID;
  const worker = new Worker({ id, process, state: "online" });
  cluster.worker = worker;
  process.once("disconnect", () => {
    process.channel = null;
    worker.emit("disconnect");
    if (!worker.exitedAfterDisconnect) process.exit(0);
  });
  listen(process, (message) => {
    if (message.act === "disconnect") worker._disconnect(true);
  });
  send(process, { act: "online" });
}

// Every worker of a server listens itself, on one port that the kernel shares out between them;
// the primary sees to it that they agree on the port.
function _getServer(server, options, callback) {
  const { address, port, fd, flags, backlog } = options;
  const addressType = address === null ? IP_VERSION : options.addressType;
  if (fd >= 0 || port === null || port < 0 || typeof options.addressType === "string") {
    callback(NOT_SUPPORTED, null);
    return;
  }
  const index = ++lastIndex;
  const query = { act: "queryServer", address, port, addressType, fd, flags, index };
  const waiting = new KeepAlive();
  waiting.start();
  send(process, query, undefined, (reply) => {
    waiting.stop();
    const handle = listenOn(address, reply.port, backlog, (flags & UV_TCP_IPV6ONLY) !== 0);
    const errno = typeof handle === "number" ? handle : 0;
    const name = {};
    if (errno === 0) handle.getsockname(name);
    send(process, { act: "bound", key: reply.key, port: name.port, errno });
    if (errno !== 0) {
      callback(errno, null);
      return;
    }
    watchServer(server, reply.key, handle, { address, addressType, fd });
    callback(0, handle);
  });
}

function listenOn(address, port, backlog, onlyIpv6) {
  const { TCP } = require("node/net/handles");
  if (address !== null) return TCP.listen(address, port, backlog, true, onlyIpv6);
  const handle = TCP.listen("::", port, backlog, true, onlyIpv6);
  return typeof handle === "number" ? TCP.listen("0.0.0.0", port, backlog, true, false) : handle;
}

function watchServer(server, key, handle, { address, addressType, fd }) {
  servers.set(key, server);
  const { close } = handle;
  handle.close = function () {
    servers.delete(key);
    send(process, { act: "close", key });
    return Reflect.apply(close, handle, arguments);
  };
  server.once("listening", () => {
    cluster.worker.state = "listening";
    const { port } = server.address() ?? {};
    send(process, { act: "listening", address, addressType, fd, port });
  });
}

Worker.prototype.disconnect = function () {
  if (this.state !== "disconnecting" && this.state !== "destroying") {
    this.state = "disconnecting";
    this._disconnect();
  }
  return this;
};

// The primary may have closed the channel already.
function leave() {
  if (process.connected) process.disconnect();
}

// Closes what is listened on, then the channel; the primary is told first where it did not ask.
Worker.prototype._disconnect = function (primaryAsked) {
  this.exitedAfterDisconnect = true;
  let waiting = 1;
  const closed = () => {
    waiting -= 1;
    if (waiting > 0) return;
    if (primaryAsked) leave();
    else send(process, { act: "exitedAfterDisconnect" }, undefined, leave);
  };
  for (const server of [...servers.values()]) {
    waiting += 1;
    server.close(closed);
  }
  servers.clear();
  closed();
};

Worker.prototype.destroy = function () {
  if (this.state === "destroying") return;
  this.exitedAfterDisconnect = true;
  if (!this.isConnected()) process.exit(0);
  this.state = "destroying";
  process.once("disconnect", () => process.exit(0));
  send(process, { act: "exitedAfterDisconnect" }, undefined, leave);
};

module.exports = cluster;
