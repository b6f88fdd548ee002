"use strict";
// Bun.spawn: starts a child and gives its Subprocess.

const { planOf } = require("bun/spawn-options");
const { IPC, specification, closeOpened } = require("bun/spawn-stdio");

const FLAG_SESSION = 1;
const FLAG_TERMINAL = 2;
const CHANNEL_NUMBER = "NODE_CHANNEL_FD";
const CHANNEL_MODE = "NODE_CHANNEL_SERIALIZATION_MODE";

// The channel's place among the slots; one is added where the program named none.
function placeChannel(plan) {
  if (plan.ipc === undefined) return -1;
  let place = plan.slots.findIndex((slot) => slot.kind === "ipc");
  if (place < 0) {
    place = plan.slots.length;
    plan.slots.push(IPC);
  }
  return place;
}

// What the child learns of its channel.
function channelVariables(plan, place) {
  if (place < 0) return undefined;
  return `${CHANNEL_NUMBER}=${place}\0${CHANNEL_MODE}=${plan.serialization}`;
}

function startPlan(plan, files, flags, channel) {
  const group = plan.controlGroup === undefined
    ? undefined
    : require("bun/spawn-cgroup").openControlGroup(plan.controlGroup, files);
  return ops.childStart(
    plan.name, plan.words, plan.environment, plan.directory, specification(plan.slots, files),
    flags, plan.user, plan.group, group, channelVariables(plan, channel));
}

/// Starts what a plan says.
function spawnPlan(plan) {
  const channel = placeChannel(plan);
  const terminal = plan.terminal === undefined
    ? undefined
    : require("bun/terminal").attach(plan, plan.terminal);
  const files = [];
  let flags = plan.isDetached ? FLAG_SESSION : 0;
  if (terminal !== undefined) flags |= FLAG_SESSION | FLAG_TERMINAL;
  let started;
  try {
    started = startPlan(plan, files, flags, channel);
  } catch (error) {
    terminal?.abandon();
    throw error;
  } finally {
    if (files.length > 0) closeOpened(files);
  }
  terminal?.started();
  return require("bun/subprocess").createSubprocess(plan, started, channel, terminal);
}

function spawn(command) {
  return spawnPlan(planOf(command, arguments[1], false));
}

module.exports = { spawn, spawnPlan };
