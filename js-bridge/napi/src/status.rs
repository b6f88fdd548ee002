//! What a call of Node-API answers.

use std::ffi::CStr;

/// `napi_status`, with the numbers of Node-API's headers.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
// Some of them only other implementations answer; the numbers count.
#[allow(dead_code)]
pub(crate) enum Status {
    Ok,
    InvalidArgument,
    ObjectExpected,
    StringExpected,
    NameExpected,
    FunctionExpected,
    NumberExpected,
    BooleanExpected,
    ArrayExpected,
    GenericFailure,
    PendingException,
    Cancelled,
    EscapeCalledTwice,
    HandleScopeMismatch,
    CallbackScopeMismatch,
    QueueFull,
    Closing,
    BigIntExpected,
    DateExpected,
    ArrayBufferExpected,
    DetachableArrayBufferExpected,
    WouldDeadlock,
    NoExternalBuffersAllowed,
    CannotRunJs,
}

impl Status {
    /// What `napi_get_last_error_info` says of it; nothing for success.
    pub(crate) fn message(self) -> Option<&'static CStr> {
        Some(match self {
            Self::Ok => return None,
            Self::InvalidArgument => c"Invalid argument",
            Self::ObjectExpected => c"An object was expected",
            Self::StringExpected => c"A string was expected",
            Self::NameExpected => c"A string or symbol was expected",
            Self::FunctionExpected => c"A function was expected",
            Self::NumberExpected => c"A number was expected",
            Self::BooleanExpected => c"A boolean was expected",
            Self::ArrayExpected => c"An array was expected",
            Self::GenericFailure => c"Unknown failure",
            Self::PendingException => c"An exception is pending",
            Self::Cancelled => c"The async work item was cancelled",
            Self::EscapeCalledTwice => c"napi_escape_handle already called on scope",
            Self::HandleScopeMismatch => c"Invalid handle scope usage",
            Self::CallbackScopeMismatch => c"Invalid callback scope usage",
            Self::QueueFull => c"Thread-safe function queue is full",
            Self::Closing => c"Thread-safe function handle is closing",
            Self::BigIntExpected => c"A bigint was expected",
            Self::DateExpected => c"A date was expected",
            Self::ArrayBufferExpected => c"An arraybuffer was expected",
            Self::DetachableArrayBufferExpected => c"A detachable arraybuffer was expected",
            Self::WouldDeadlock => c"Main thread would deadlock",
            Self::NoExternalBuffersAllowed => c"External buffers are not allowed",
            Self::CannotRunJs => c"Cannot run JavaScript",
        })
    }
}
