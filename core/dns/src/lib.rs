//! DNS messages without I/O (RFC 1035 section 4): one question out, the records of its answer in.
//!
//! - [`write_query`] makes the message of a question;
//! - [`Response::parse`] reads the message that answers it.
//!
//! Every length and pointer of a message is checked: what does not hold is a [`Malformed`], never
//! a panic. Belongs to nobody; there is no state.

#![forbid(unsafe_code)]

mod query;
mod reader;
mod record;

pub use query::{BadName, QUERY_BYTES_MAX, write_query};
pub use reader::Malformed;
pub use record::{Data, Kind, Record, Response, ResponseCode};
