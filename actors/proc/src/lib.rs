//! Child processes: started without a copy of the parent, awaited and talked to through the ring.
//!
//! [`Command::start`] returns once the child has become its program, [`Command::start_known`]
//! sooner where that is certain; [`Child::ended`] waits for its end by the readiness of its pidfd.
//! A [`Stream`] is the parent's end of a pipe, a socket or a terminal. [`run_to_end`] does all of
//! it in one blocking call, for the synchronous forms.
//!
//! Invariants:
//! - every child is waited for exactly once, also where its [`Child`] is dropped before: no
//!   zombie is left;
//! - every descriptor made here is closed on exec, so that no child inherits another's pipe;
//! - a parent's descriptor is closed exactly once, and only after the operations on it have been
//!   cancelled.
//!
//! How it fails: [`dx_sys::process::StartError`] names the step that failed; the rest are
//! `std::io::Error` with the errno of the call.

#![forbid(unsafe_code)]

mod blocking;
mod child;
mod command;
pub mod dotenv;
mod ends;
mod environment;
mod known;
mod search;
mod stream;

pub use blocking::{Limits, Outcome, run_to_end};
pub use child::Child;
pub use command::{Command, Ends, Stdio};
pub use dx_sys::process::{Ended, StartError, Step, Strings, open_terminal};
pub use ends::{Pair, pipe, socket_pair};
pub use environment::{Environment, EnvironmentFiles, Variables};
pub use known::Known;
pub use search::{Search, find_executable};
pub use stream::Stream;
