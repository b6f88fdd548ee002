//! The network actor: listeners and HTTP connections.
