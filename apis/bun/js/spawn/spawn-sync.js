"use strict";
// Bun.spawnSync: a child run to its end in one blocking call.

const { planOf } = require("bun/spawn-options");
const { specification, closeOpened } = require("bun/spawn-stdio");
const { openControlGroup } = require("bun/spawn-cgroup");

const FLAG_SESSION = 1;
// Where the parts of the native answer begin.
const CODE_AT = 3;
const USAGE_AT = 5;
const OUTPUT_AT = 12;

function inputOf(slot) {
  if (slot.kind === "bytes") return slot.value;
  if (slot.kind !== "blob") return undefined;
  throw require("web/fetch-errors").invalidArgument(
    "'stdin' ReadableStream cannot be used in sync mode");
}

function toBuffer(bytes) {
  const { Buffer } = globalThis;
  if (Buffer?.from === undefined) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// Nothing else runs meanwhile, so a signal that times out is a limit of the child's.
function timeLimit(plan) {
  const deadline = plan.signal && require("web/abort").deadlineOf(plan.signal);
  if (deadline === undefined) return plan.timeout;
  const left = Math.max(deadline - globalThis.performance.now(), 1);
  return plan.timeout > 0 ? Math.min(plan.timeout, left) : left;
}

/// Runs what a plan says: the native answer, for others to shape.
function runPlan(plan) {
  const files = [];
  try {
    const spec = specification(plan.slots, files);
    const group = openControlGroup(plan.controlGroup, files);
    return ops.childRunToEnd(
      plan.name, plan.words, plan.environment, plan.directory, spec,
      plan.isDetached ? FLAG_SESSION : 0, plan.user, plan.group, group,
      inputOf(plan.slots[0]), timeLimit(plan), plan.maxBuffer, plan.killSignal);
  } finally {
    closeOpened(files);
  }
}

function outputOf(slot, bytes) {
  if (slot.kind !== "pipe") return undefined;
  return toBuffer(bytes ?? new Uint8Array(0));
}

function spawnSync(command) {
  const plan = planOf(command, arguments[1], true);
  const answer = runPlan(plan);
  const code = answer[CODE_AT];
  const signal = answer[CODE_AT + 1];
  const { ResourceUsage } = require("bun/spawn-usage");
  const result = { exitCode: code < 0 ? null : code };
  if (signal > 0) {
    const { names } = require("node/process-signals");
    result.signalCode = names[signal] ?? signal;
  }
  result.stdout = outputOf(plan.slots[1], answer[OUTPUT_AT + 1]);
  result.stderr = outputOf(plan.slots[2], answer[OUTPUT_AT + 2]);
  result.success = code === 0;
  result.resourceUsage = new ResourceUsage(answer.slice(USAGE_AT, OUTPUT_AT));
  if (answer[1] && plan.timeout > 0) result.exitedDueToTimeout = true;
  if (answer[2] >= 0) result.exitedDueToMaxBuffer = true;
  result.pid = answer[0];
  return result;
}

module.exports = { spawnSync, runPlan };
