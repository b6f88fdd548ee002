//! HTMLRewriter.
//!
//! Handlers are JavaScript, which may take its time; the parser cannot wait. So each piece of a
//! document is parsed twice by the same machine: one pass ([`Recording`]) writes down what the
//! handlers are to see, JavaScript (js/) runs them on copies and writes down what they say, and
//! the other pass ([`Replay`]) does it. What handlers say never changes what is parsed, so both
//! passes meet the same tokens in the same order and number them alike.

#![forbid(unsafe_code)]

mod ops;
mod pass;
mod plan;
mod record;
mod replay;

pub use ops::EXTENSION;
pub use pass::{Pass, Place, Visitor, rewriter};
pub use plan::{Entry, Plan, selector_error};
pub use record::Recording;
pub use replay::{Command, Replay};
