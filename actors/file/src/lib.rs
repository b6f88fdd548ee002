//! The file actor: open, stat, read, write and sync through the ring.
