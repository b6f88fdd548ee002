//! The JavaScript shard: isolate, event loop, op dispatch.
//!
//! An [`Isolate`] is built from a list of [`dx_ops::Extension`]s on a reactor: it installs their
//! globals lazily, gives their operations to their prelude modules, and runs programs. It
//! belongs to one thread and keeps nothing process-wide, so that a process may hold several.
//!
//! Invariants: JavaScript only runs inside [`Isolate::turn`] and the calls that load programs;
//! operations never run JavaScript; between turns no engine lock is held.

#![forbid(unsafe_code)]

mod arguments;
mod call_limits;
mod convert;
mod core;
mod engine_timers;
mod event_loop;
mod isolate;
mod limits;
mod native;
mod operations;
mod queue;
mod realms;
mod state;

pub use dx_jsc::initialize_main_loop;
pub use event_loop::Turn;
pub use isolate::{Isolate, IsolateOptions};
pub use limits::Limits;
pub use operations::EXTENSION;
