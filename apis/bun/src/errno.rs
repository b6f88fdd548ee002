//! Errors of system calls as exceptions: code, errno, syscall and path as programs match on them.

use std::io;

use dx_ops::{ErrorClass, Exception, Property};
use dx_sys::errno;

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
        let number = self.error.raw_os_error().unwrap_or(0);
        if number == 21 && self.syscall == "read" {
            return self.exception(
                Some("EISDIR"),
                0,
                "Directories cannot be read like files".into(),
            );
        }
        let (code, description) = errno::find(number).map_or_else(
            || (None, self.error.to_string()),
            |(code, description)| (Some(code), description.to_owned()),
        );
        let mut message =
            format!("{}: {description}, {}", code.unwrap_or("EUNKNOWN"), self.syscall);
        if let Some(path) = self.path.as_ref().filter(|path| !path.is_empty()) {
            message.push_str(&format!(" '{path}'"));
        }
        self.exception(code, -number, message)
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
