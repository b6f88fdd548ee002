"use strict";
// Errors of system calls by their number.

const NAMES = { 1: ["EPERM", "operation not permitted"], 3: ["ESRCH", "no such process"],
  22: ["EINVAL", "invalid argument"] };

function systemError(errno, syscall) {
  const [code, text] = NAMES[errno] ?? ["EUNKNOWN", "unknown error"];
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { code, syscall, errno: -errno });
}

module.exports = { systemError };
