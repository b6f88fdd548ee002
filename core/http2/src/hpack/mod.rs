//! Compression of header fields (RFC 7541), without I/O.
//!
//! Either side of a connection has one [`Encoder`] and one [`Decoder`]; a block that fails to
//! decode leaves the tables out of step, and the connection has to end.

mod decoder;
mod encoder;
mod fields;
pub mod huffman;
mod table;

pub use decoder::{Decoder, Undecodable};
pub use encoder::Encoder;
pub use fields::{Field, Fields};

#[cfg(test)]
mod tests;
