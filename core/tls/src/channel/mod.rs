//! Channels: TLS connections in memory over OpenSSL, for programs that steer all of it.
//!
//! node:tls lets programs choose ciphers, groups and signatures, take sessions up again, ask for
//! certificates and judge them afterwards; rustls, which serves Bun.serve and fetch, offers less
//! of that on purpose. A [`Channel`] does no I/O: its owner feeds records and sends what it makes.
//!
//! Invariants:
//! - a channel never refuses a certificate by itself: it tells what is wrong with it;
//! - a server's channel waits behind the client's hello until its owner has let it answer.

mod authorities;
#[allow(clippy::module_inception)] // the folder's own noun
mod channel;
mod context;
mod hello;
mod pipe;

pub use authorities::{bundled, extra, system, use_system, uses_system};
pub use channel::{Channel, ChannelOptions, Progress, verification_error};
pub use context::{Context, ContextError, ContextOptions};
pub use hello::ClientHello;
