//! HTTP/1.1 without I/O: bytes in, events out.
//!
//! The connection machine and the load generator own the bytes; this crate only reads them and
//! appends to buffers it is given. Everything that describes a part of a buffer is a [`Span`] or
//! a range, so that a consumer can copy the raw head and keep the offsets.
//!
//! Invariants:
//! - every parser is a function of the bytes seen so far: cutting the input at other places
//!   never changes the answer, only when it comes;
//! - nothing is allocated for a request once the [`HeadScratch`] and the out buffer have grown;
//! - what could be read in two ways by two servers is refused (RFC 9112 section 11.2), never
//!   repaired;
//! - nothing reaches a peer's head that contains a line break the caller did not mean.
//!
//! It fails by value: [`Rejection`] for what a peer did wrong, [`HeaderError`] for what the
//! program did wrong.

#![forbid(unsafe_code)]

mod body;
mod date;
mod fields;
mod head;
pub mod incremental;
mod method;
mod recent;
mod rejection;
mod request;
mod request_head;
mod request_writer;
mod response;
mod response_writer;
mod scratch;
mod status;
mod target;
mod text;

pub use body::{BodyDecoder, BodyEvent, BodyLength, BodyLimits};
pub use date::{DATE_LENGTH, HttpDate, format_date};
pub use head::{HeadProgress, HeaderSpan, Limits, MAX_HEADERS, Span, Version};
pub use method::Method;
pub use rejection::{Rejection, write_rejection};
pub use request::{Parsed, parse_request};
pub use request_head::RequestHead;
pub use request_writer::{RequestBody, RequestOptions, write_request_head};
pub use response::{ParsedResponse, ResponseHead, parse_response};
pub use response_writer::{
    BodyCoding, CONTINUE, Delivery, HeaderError, LAST_CHUNK, ResponseBody, ResponseOptions,
    write_chunk, write_chunk_end, write_chunk_start, write_last_chunk, write_response_head,
};
pub use scratch::HeadScratch;
pub use status::reason_phrase;
pub use target::TargetForm;
