// cluster.Worker: a forked process as its primary sees it, or the process itself as it sees
// itself. What differs on the two sides is put on the prototype by them.
"use strict";

const { Object } = globalThis;
const { EventEmitter } = require("node/events-core");

function Worker(options) {
  if (!(this instanceof Worker)) return new Worker(options);
  EventEmitter.call(this);
  const { state, id, process } = options !== null && typeof options === "object" ? options : {};
  this.exitedAfterDisconnect = undefined;
  this.state = state || "none";
  this.id = id | 0;
  if (!process) return;
  this.process = process;
  process.on("error", (code, signal) => this.emit("error", code, signal));
  process.on("message", (message, handle) => this.emit("message", message, handle));
}

Object.setPrototypeOf(Worker, EventEmitter);
Object.setPrototypeOf(Worker.prototype, EventEmitter.prototype);

Worker.prototype.kill = function () {
  Reflect.apply(this.destroy, this, arguments);
};

Worker.prototype.send = function () {
  return Reflect.apply(this.process.send, this.process, arguments);
};

Worker.prototype.isDead = function () {
  return this.process.exitCode != null || this.process.signalCode != null;
};

Worker.prototype.isConnected = function () {
  return this.process.connected;
};

module.exports = { Worker };
