//! The Bun namespace: serve, file, write, inspect.
