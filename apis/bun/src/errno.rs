//! Errors of system calls as exceptions: code, errno, syscall and path as programs match on them.

use std::io;

use dx_ops::{ErrorClass, Exception, Property};

/// Code and description by errno; Linux's numbers.
const ERRORS: &[(i32, &str, &str)] = &[
    (1, "EPERM", "operation not permitted"),
    (2, "ENOENT", "no such file or directory"),
    (3, "ESRCH", "no such process"),
    (4, "EINTR", "interrupted system call"),
    (5, "EIO", "i/o error"),
    (6, "ENXIO", "no such device or address"),
    (7, "E2BIG", "argument list too long"),
    (9, "EBADF", "bad file descriptor"),
    (11, "EAGAIN", "resource temporarily unavailable"),
    (12, "ENOMEM", "not enough memory"),
    (13, "EACCES", "permission denied"),
    (14, "EFAULT", "bad address in system call argument"),
    (16, "EBUSY", "resource busy or locked"),
    (17, "EEXIST", "file already exists"),
    (18, "EXDEV", "cross-device link not permitted"),
    (19, "ENODEV", "no such device"),
    (20, "ENOTDIR", "not a directory"),
    (21, "EISDIR", "illegal operation on a directory"),
    (22, "EINVAL", "invalid argument"),
    (23, "ENFILE", "file table overflow"),
    (24, "EMFILE", "too many open files"),
    (25, "ENOTTY", "inappropriate ioctl for device"),
    (26, "ETXTBSY", "text file is busy"),
    (27, "EFBIG", "file too large"),
    (28, "ENOSPC", "no space left on device"),
    (29, "ESPIPE", "invalid seek"),
    (30, "EROFS", "read-only file system"),
    (31, "EMLINK", "too many links"),
    (32, "EPIPE", "broken pipe"),
    (36, "ENAMETOOLONG", "name too long"),
    (39, "ENOTEMPTY", "directory not empty"),
    (40, "ELOOP", "too many symbolic links encountered"),
    (75, "EOVERFLOW", "value too large for defined data type"),
    (95, "ENOTSUP", "operation not supported on socket"),
    (98, "EADDRINUSE", "address already in use"),
    (125, "ECANCELED", "operation canceled"),
];

/// Why a file operation failed.
#[derive(Debug)]
pub struct Failure {
    /// What the system said.
    pub error: io::Error,
    /// The call that failed.
    pub syscall: &'static str,
    /// What it was called on, where that has a name.
    pub path: Option<String>,
}

impl Failure {
    /// The exception that JavaScript gets.
    #[must_use]
    pub fn into_exception(self) -> Exception {
        let errno = self.error.raw_os_error().unwrap_or(0);
        if errno == 21 && self.syscall == "read" {
            return self.exception(
                Some("EISDIR"),
                0,
                "Directories cannot be read like files".into(),
            );
        }
        let known = ERRORS.iter().find(|(number, ..)| *number == errno);
        let (code, description) = known.map_or_else(
            || (None, self.error.to_string()),
            |(_, code, description)| (Some(*code), (*description).to_owned()),
        );
        let mut message =
            format!("{}: {description}, {}", code.unwrap_or("EUNKNOWN"), self.syscall);
        if let Some(path) = self.path.as_ref().filter(|path| !path.is_empty()) {
            message.push_str(&format!(" '{path}'"));
        }
        self.exception(code, -errno, message)
    }

    fn exception(self, code: Option<&'static str>, errno: i32, message: String) -> Exception {
        let mut exception = Exception::new(ErrorClass::Error, message);
        exception.code = code;
        if let Some(path) = self.path.filter(|path| !path.is_empty()) {
            exception = exception.with_property("path", Property::String(path));
        }
        exception
            .with_property("syscall", Property::String(self.syscall.to_owned()))
            .with_property("errno", Property::Number(errno.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(errno: i32, syscall: &'static str, path: Option<&str>) -> Exception {
        let error = io::Error::from_raw_os_error(errno);
        Failure { error, syscall, path: path.map(str::to_owned) }.into_exception()
    }

    #[test]
    fn messages() {
        let exception = failure(2, "open", Some("/x"));
        assert_eq!(exception.message, "ENOENT: no such file or directory, open '/x'");
        assert_eq!(exception.code, Some("ENOENT"));
        assert_eq!(failure(9, "read", None).message, "EBADF: bad file descriptor, read");
        assert_eq!(failure(21, "read", None).message, "Directories cannot be read like files");
        assert_eq!(failure(9999, "read", None).code, None);
    }
}
