//! Safe wrappers over the Linux calls the executor needs.
