"use strict";
// The words for system errors that the shell and its commands print.

const WORDS = {
  EACCES: "Permission denied",
  EBADF: "Bad file descriptor",
  EBUSY: "Device or resource busy",
  EEXIST: "File exists",
  EINVAL: "Invalid argument",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  ENAMETOOLONG: "File name too long",
  ENOENT: "No such file or directory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  ENOTEMPTY: "Directory not empty",
  EPERM: "Operation not permitted",
  EPIPE: "Broken pipe",
  EROFS: "Read-only file system",
  EXDEV: "Invalid cross-device link",
};
const EXIT_MASK = 0xffff;

const wordsOf = (error) => WORDS[error?.code] ?? error?.code ?? String(error?.message ?? error);

/// The exit code of a command that a system error ended.
const exitCodeOf = (error) =>
  typeof error?.errno === "number" && error.errno !== 0 ? error.errno & EXIT_MASK : 1;

module.exports = { wordsOf, exitCodeOf };
