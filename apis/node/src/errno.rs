//! Names and texts of the errors that calls of this crate can meet.

/// Number, name and libuv's text.
const ERRORS: &[(i32, &str, &str)] = &[
    (1, "EPERM", "operation not permitted"),
    (2, "ENOENT", "no such file or directory"),
    (3, "ESRCH", "no such process"),
    (5, "EIO", "i/o error"),
    (9, "EBADF", "bad file descriptor"),
    (11, "EAGAIN", "resource temporarily unavailable"),
    (12, "ENOMEM", "not enough memory"),
    (13, "EACCES", "permission denied"),
    (20, "ENOTDIR", "not a directory"),
    (22, "EINVAL", "invalid argument"),
    (23, "ENFILE", "file table overflow"),
    (24, "EMFILE", "too many open files"),
    (27, "EFBIG", "file too large"),
    (28, "ENOSPC", "no space left on device"),
    (32, "EPIPE", "broken pipe"),
    (36, "ENAMETOOLONG", "name too long"),
    (40, "ELOOP", "too many symbolic links encountered"),
];

/// The name and text of an errno.
pub(crate) fn describe(number: i32) -> (&'static str, &'static str) {
    ERRORS
        .iter()
        .find(|error| error.0 == number)
        .map_or(("UNKNOWN", "unknown error"), |error| (error.1, error.2))
}
