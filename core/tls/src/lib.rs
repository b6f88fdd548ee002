//! TLS without I/O, over rustls: settings of both sides, certificates, errors by known names.
//!
//! The sessions themselves are rustls's; who owns a connection feeds them bytes. This crate says
//! what they are made of and what their failures are called.
//!
//! Invariants:
//! - settings never change once made, and sessions share them;
//! - a certificate is accepted without its chain only where the program listed that very
//!   certificate as trusted, or asked for no verification at all.
//!
//! It fails by value: [`SettingsError`] for what a program set, [`TlsError`] for what a peer
//! showed.

#![forbid(unsafe_code)]

mod certificate;
pub mod channel;
mod client;
mod error;
mod identity;
pub mod legacy;
mod library_error;
mod roots;
mod server;
mod verify;

pub use certificate::{Certificate, describe};
pub use client::{ClientOptions, ClientSettings};
pub use error::{SettingsError, TlsError};
pub use identity::Identity;
pub use library_error::{FUNCTION, LibraryError};
pub use server::{ServerOptions, ServerSettings};

pub use rustls::{ClientConnection, Connection as Session, ServerConnection};
