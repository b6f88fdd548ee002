//! What comes back from a driver.

use std::io;

use dx_mem::Lease;

use crate::{
    operation::{Descriptor, FileStatus, Outgoing},
    token::Token,
};

/// What a completion gives back or brings.
#[derive(Debug, Default)]
pub enum Payload {
    /// Nothing but the result.
    #[default]
    None,
    /// Received bytes, in a buffer of the driver's pool.
    Lease(Lease),
    /// The buffer of a send or write.
    Outgoing(Outgoing),
    /// The buffer of a read, what was read appended.
    Incoming(Vec<u8>),
    /// An accepted connection.
    Socket(Descriptor),
    /// A file's status.
    Status(Box<FileStatus>),
}

/// The end, or one step, of an operation.
#[derive(Debug)]
pub struct Completion {
    /// As submitted.
    pub token: Token,
    /// Bytes moved or a descriptor; `Err` holds an errno, never a custom error.
    pub result: io::Result<u32>,
    /// Whether further completions of this operation follow.
    pub more: bool,
    /// What comes with it.
    pub payload: Payload,
}
