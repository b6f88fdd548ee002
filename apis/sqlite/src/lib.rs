//! `bun:sqlite`.
//!
//! SQLite runs on the thread of JavaScript: what a program asks is done before the operation
//! answers. Rows cross in batches: numbers and the places of texts go into memory that both
//! sides share ([`rows`]), the texts of a batch into one string, and JavaScript (js/) makes
//! objects of them with a function made for the names of the columns.
//!
//! Connections and statements belong to the thread and are named by numbers that JavaScript
//! gives back when their objects are collected ([`table`]). What fails is kept until JavaScript
//! asks for it and throws ([`failure`]). All calls of SQLite's C interface lie in [`ffi`].

#![deny(unsafe_op_in_unsafe_fn)]

mod bind;
mod failure;
mod ffi;
mod memory;
mod ops;
mod rows;
mod table;
mod text;

use dx_ops::Extension;
use dx_ops::prelude_module;

/// `bun:sqlite`.
pub const EXTENSION: Extension = Extension {
    name: "sqlite",
    modules: &[
        prelude_module!("sqlite/index", "apis/sqlite/js/index.js"),
        prelude_module!("sqlite/constants", "apis/sqlite/js/constants.js"),
        prelude_module!("sqlite/database", "apis/sqlite/js/database.js"),
        prelude_module!("sqlite/statement", "apis/sqlite/js/statement.js"),
        prelude_module!("sqlite/native", "apis/sqlite/js/native.js"),
        prelude_module!("sqlite/bind", "apis/sqlite/js/bind.js"),
        prelude_module!("sqlite/rows", "apis/sqlite/js/rows.js"),
        prelude_module!("sqlite/errors", "apis/sqlite/js/errors.js"),
        prelude_module!("sqlite/transaction", "apis/sqlite/js/transaction.js"),
    ],
    ops: ops::OPS,
    globals: &[],
    builtins: &[("bun:sqlite", "sqlite/index")],
};
