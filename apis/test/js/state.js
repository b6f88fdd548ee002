// What the parts of the runner share: the options of the run, the file that is running, counters.
// Owned by the isolate's one runner; outside `dx test` there are no options and no file.
"use strict";

const counters = {
  pass: 0, fail: 0, skip: 0, todo: 0, filtered: 0, files: 0, expectations: 0, errors: 0,
  snapshots: { total: 0, added: 0, passed: 0, failed: 0 },
};

const runner = {
  // From ops.options(); undefined outside `dx test`.
  options: undefined,
  colors: false,
  isForAgent: false,
  nameFilter: undefined,
  // A FileRun (test/collection) while a file is loaded and run.
  file: undefined,
  isInPreload: false,
  // The scope of hooks that preloaded modules declare.
  preloadScope: undefined,
  // By setDefaultTimeout or jest.setTimeout, until the file ends.
  timeoutOverride: undefined,
  only: false,
  counters,
};

const DEFAULT_TIMEOUT_MS = 5000;

function defaultTimeout() {
  if (runner.timeoutOverride !== undefined) return runner.timeoutOverride;
  return runner.options?.timeout ?? DEFAULT_TIMEOUT_MS;
}

// Whether the process runs for a build machine, where snapshots and `.only` are not to be made:
// as the environment says when the run begins.
let isForBuild;

function isOnBuildMachine() {
  isForBuild ??= readEnvironment();
  return isForBuild;
}

function readEnvironment() {
  const { env } = process;
  const isSet = (value) => value !== undefined && !["", "0", "false"].includes(value);
  if (env.CI !== undefined) return isSet(env.CI);
  return ["GITHUB_ACTIONS", "BUILDKITE", "GITLAB_CI"].some((name) => isSet(env[name]));
}

module.exports = { runner, counters, defaultTimeout, isOnBuildMachine };
