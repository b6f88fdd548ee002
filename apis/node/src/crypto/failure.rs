//! Errors of the library, in Bun's words.

use dx_ops::{ErrorClass, Exception};
use dx_tls::LibraryError;
use openssl::error::ErrorStack;

/// What an operation of the library answers where it fails.
pub(super) type Outcome<T> = Result<T, Exception>;

/// The first error of a stack.
pub(super) fn of(stack: ErrorStack) -> Exception {
    LibraryError::of(&stack)
        .map_or_else(|| failed("operation"), |error| crate::tls::library_exception(&error))
}

/// The error of a library and a reason.
pub(super) fn named(library: &str, reason: &str) -> Exception {
    crate::tls::library_exception(&LibraryError::named(library, reason))
}

/// An error with a code and no words of the library.
pub(super) fn coded(class: ErrorClass, code: &'static str, message: &str) -> Exception {
    Exception::new(class, message).with_code(code)
}

/// Something that the library does not explain.
pub(super) fn failed(what: &str) -> Exception {
    coded(ErrorClass::Error, "ERR_CRYPTO_OPERATION_FAILED", &format!("{what} failed"))
}
