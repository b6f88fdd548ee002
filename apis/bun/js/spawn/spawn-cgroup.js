"use strict";
// The option `cgroup`: the control group a child joins before it becomes its program.

const PROCESSES = "cgroup.procs";

/// A descriptor to join the group by, added to `files`; undefined where no group is asked for.
function openControlGroup(group, files) {
  if (group === undefined) return undefined;
  const folder = typeof group === "number" ? `/proc/self/fd/${group}` : `${group}`;
  const descriptor = ops.childOpenGroup(folder, `${folder}/${PROCESSES}`);
  files.push(descriptor);
  return descriptor;
}

module.exports = { openControlGroup };
