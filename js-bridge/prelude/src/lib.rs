//! The JavaScript that every isolate starts from.
