//! The contract between API crates and the engine: operations, values, errors, extensions.
//!
//! An API crate describes itself as an [`Extension`]: its JavaScript modules, its native
//! operations and the globals they give. It names no engine type; the runtime crate turns the
//! description into an isolate. Operations never run JavaScript and never block.

#![forbid(unsafe_code)]

mod call;
mod exception;
mod extension;
mod host;
mod value;

pub use call::{Arguments, Call, PromiseState, Text, TextWriter};
pub use exception::{ErrorClass, Exception, Property};
pub use extension::{
    Extension, Global, Op, OpKind, PreludeModule, globals_length, globals_text, key_of,
};
pub use host::{
    Alive, Deferred, Dispatch, DispatchKey, ExitHandle, Handle, Host, KeepAlive, Registration,
    Settle,
};
pub use value::{SharedMemory, Value, ValueKind};
