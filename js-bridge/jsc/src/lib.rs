//! A safe layer over JavaScriptCore: virtual machines, values, strings, buffers, functions.
//!
//! Ownership: a [`Vm`] owns one heap with one global context and belongs to one thread; at most
//! one lives on a thread at a time. [`Context`] is how everything else reaches it. A [`Local`]
//! is a value found by the collector because it lies on the machine stack: it is `Copy`, tied
//! to its context's lifetime, and must not be put on the Rust heap. A [`Global`] is protected
//! explicitly and may live anywhere on its thread.
//!
//! The engine exports C++ internals beside its C API. Those in `fast` are looked up when the
//! first machine is made, tried on known values, and used only where they answered as expected;
//! each has a fallback on the C API (`DX_ENGINE_FAST=0` forces the fallbacks).
//!
//! How it fails: JavaScript exceptions are values (`Err(Local)`); an exhausted heap aborts the
//! process inside the engine and cannot be caught.
#![allow(unsafe_code)]

mod buffer;
mod call;
mod cells;
mod context;
mod external;
mod fast;
mod function;
mod heap;
mod large;
mod main_context;
mod options;
mod realm;
mod shared;
mod string;
mod time_zone;
mod value;
mod vm;
mod watchdog;

pub use buffer::{Element, TypedArrayKind};
pub use context::Context;
pub use fast::Characters;
pub use function::{Invocation, NativeResult};
pub use main_context::{Interest, MainContext};
pub use options::{initialize, initialize_main_loop};
pub use shared::SharedContents;
pub use value::{Global, Local, PromiseState, Type};
pub use vm::{HeapStatistics, Vm};
pub use watchdog::Verdict;
