// node:worker_threads: what this thread is, its ports, and the data handed down to its workers.
"use strict";

const {
  ERR_CLOSED_MESSAGE_PORT, ERR_INVALID_ARG_TYPE, makeError,
} = require("node/error-codes");
const ports = require("web/message-port");
const clone = require("web/structured-clone");
const messaging = require("node/worker-messaging");
const { SHARE_ENV } = require("node/worker-constants");

const { MessagePort, MessageChannel } = ports;
const { BroadcastChannel } = require("web/broadcast-channel");
require("node/port-emitter").install(MessagePort);

const { data: environmentData } = require("web/worker/environment");

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

const own = require("runtime/prelude").loadedModule("runtime/own-thread");
messaging.open();

// In a worker of the web's kind, messages come to its global scope as well.
function parentPort() {
  if (own === undefined) return null;
  return own.port;
}

module.exports = {
  get Worker() { return require("node/worker").Worker; },
  workerData: own === undefined ? null : own.workerData,
  parentPort: parentPort(),
  resourceLimits: {},
  isMainThread: own === undefined,
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
  postMessageToThread: messaging.postMessageToThread,
  receiveMessageOnPort,
  SHARE_ENV,
  threadId: messaging.threadId(),
  threadName: own?.name ?? "",
};
