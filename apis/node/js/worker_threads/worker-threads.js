// node:worker_threads: what this thread is, its ports, and the data handed down to its workers.
"use strict";

const { Map, Object, Symbol } = globalThis;
const { EventEmitter } = require("node/events-core");
const {
  ERR_CLOSED_MESSAGE_PORT, ERR_INVALID_ARG_TYPE, makeError,
} = require("node/error-codes");
const ports = require("web/message-port");
const clone = require("web/structured-clone");

const { MessagePort, MessageChannel, BroadcastChannel } = ports;
require("node/port-emitter").install(MessagePort);

const environmentData = new Map();

function getEnvironmentData(key) {
  return environmentData.get(key);
}

function setEnvironmentData(key, value) {
  if (value === undefined) environmentData.delete(key);
  else environmentData.set(key, value);
}

function markAsUntransferable(object) {
  clone.markAsUntransferable(object);
}

function isMarkedAsUntransferable(object) {
  return clone.isMarkedAsUntransferable(object);
}

function markAsUncloneable(object) {
  clone.markAsUncloneable(object);
}

function moveMessagePortToContext(port, _context) {
  if (!ports.isPort(port)) throw ERR_INVALID_ARG_TYPE("port", "MessagePort", port);
  if (!ports.isActive(port)) throw ERR_CLOSED_MESSAGE_PORT();
  const text = "worker_threads.moveMessagePortToContext is not yet implemented in Bun.";
  throw makeError("Error", "ERR_NOT_IMPLEMENTED", text, "NotImplementedError");
}

function receiveMessageOnPort(port) {
  if (!ports.isPort(port)) {
    const text = 'The "port" argument must be a MessagePort instance';
    throw makeError("TypeError", "ERR_INVALID_ARG_TYPE", text);
  }
  const received = ports.receiveMessage(port);
  return received === undefined ? undefined : { message: received.data };
}

async function postMessageToThread(_threadId, _value, _transferList, _timeout) {
  const text = "The destination thread no longer exists or is not listening for `workerMessage` " +
    "events.";
  throw makeError("Error", "ERR_WORKER_MESSAGING_FAILED", text);
}

class Worker extends EventEmitter {
  constructor(_filename, _options = {}) {
    super();
    throw makeError("Error", "ERR_WORKER_INIT_FAILED", "Workers are not there yet");
  }
}

module.exports = {
  Worker,
  workerData: null,
  parentPort: null,
  resourceLimits: {},
  isMainThread: true,
  isInternalThread: false,
  MessageChannel,
  BroadcastChannel,
  MessagePort,
  getEnvironmentData,
  setEnvironmentData,
  markAsUntransferable,
  markAsUncloneable,
  isMarkedAsUntransferable,
  moveMessagePortToContext,
  postMessageToThread,
  receiveMessageOnPort,
  SHARE_ENV: Symbol.for("nodejs.worker_threads.SHARE_ENV"),
  threadId: 0,
  threadName: "",
};
Object.defineProperty(module.exports.postMessageToThread, "length", { value: 4 });
