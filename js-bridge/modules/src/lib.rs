//! Transpile, resolve and load modules, without an engine.
