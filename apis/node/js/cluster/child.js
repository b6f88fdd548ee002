// A worker's side of node:cluster: the process tells its primary what it does, and leaves when
// the primary does.
"use strict";

const { Map, Number, Object } = globalThis;
const { EventEmitter } = require("node/events-core");
const { process } = require("node/process");
const { Worker } = require("node/cluster-worker");
const { send, listen } = require("node/cluster-messages");

const cluster = new EventEmitter();
// What the primary listens on for this process, by its key.
const handles = new Map();

Object.assign(cluster, {
  isWorker: true,
  isMaster: false,
  isPrimary: false,
  worker: null,
  Worker,
  _setupWorker,
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
  process.channel?.unref();
  listen(process, (message) => {
    if (message.act === "disconnect") worker._disconnect(true);
  });
  send(process, { act: "online" });
}

Worker.prototype.disconnect = function () {
  if (this.state !== "disconnecting" && this.state !== "destroying") {
    this.state = "disconnecting";
    this._disconnect();
  }
  return this;
};

// Closes what is listened on, then the channel; the primary is told first where it did not ask.
Worker.prototype._disconnect = function (primaryAsked) {
  this.exitedAfterDisconnect = true;
  let waiting = 1;
  const closed = () => {
    waiting -= 1;
    if (waiting > 0) return;
    if (primaryAsked) process.disconnect();
    else send(process, { act: "exitedAfterDisconnect" }, undefined, () => process.disconnect());
  };
  for (const handle of [...handles.values()]) {
    waiting += 1;
    handle.close(closed);
  }
  handles.clear();
  closed();
};

Worker.prototype.destroy = function () {
  if (this.state === "destroying") return;
  this.exitedAfterDisconnect = true;
  if (!this.isConnected()) process.exit(0);
  this.state = "destroying";
  process.once("disconnect", () => process.exit(0));
  send(process, { act: "exitedAfterDisconnect" }, undefined, () => process.disconnect());
};

module.exports = cluster;
