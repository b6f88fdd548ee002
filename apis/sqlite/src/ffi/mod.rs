//! SQLite's C interface, made safe: connections and prepared statements.
//!
//! Both belong to the thread that made them. A connection that is dropped while statements of it
//! live is a zombie that goes with the last of them (`sqlite3_close_v2`), so a statement's pointer
//! to its connection is valid as long as the statement is.
#![allow(unsafe_code)]

mod connection;
mod statement;

use std::ffi::{CStr, c_char};

use libsqlite3_sys as sys;

pub(crate) use connection::{Connection, Head};
pub(crate) use statement::{Cell, Parameter, Prepared, Step};

use crate::failure::Failure;

/// A C string of SQLite's as text; empty where there is none.
///
/// # Safety
/// `text` is null or a string that ends with NUL.
unsafe fn owned(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// What a result code means.
fn meaning(code: i32) -> String {
    // SAFETY: the answer is a static string.
    unsafe { owned(sys::sqlite3_errstr(code)) }
}

/// What has gone wrong last on a connection.
///
/// # Safety
/// `db` is a connection that is not freed.
unsafe fn failure_of(db: *mut sys::sqlite3) -> Failure {
    // SAFETY: as the caller promises; the message is copied before the next call.
    unsafe {
        Failure {
            message: owned(sys::sqlite3_errmsg(db)),
            code: sys::sqlite3_extended_errcode(db),
            offset: sys::sqlite3_error_offset(db),
        }
    }
}
