//! A prepared statement.

use std::{
    ffi::{CStr, c_int},
    ptr::NonNull,
};

use libsqlite3_sys as sys;

use super::{failure_of, owned};
use crate::failure::Failure;

/// A prepared statement, finalized when dropped.
pub(crate) struct Prepared {
    statement: NonNull<sys::sqlite3_stmt>,
    /// Alive as long as the statement.
    db: NonNull<sys::sqlite3>,
    /// The bytes of texts and blobs that are bound without a copy of SQLite's own.
    held: Vec<u8>,
    is_readonly: bool,
    parameters: usize,
}

/// How a step went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Row,
    Done,
    Failed,
}

/// The value of a column in the current row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Cell<'a> {
    Null,
    Integer(i64),
    Real(f64),
    /// UTF-8, where the database does not hold something else.
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// A value to bind. Texts and blobs are places in the bytes given with them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Parameter {
    Null,
    Integer(i64),
    Real(f64),
    Text { start: usize, end: usize },
    Blob { start: usize, end: usize },
}

impl Prepared {
    /// # Safety
    /// `statement` was just prepared on `db`, and nobody else has it.
    pub(super) unsafe fn new(
        statement: NonNull<sys::sqlite3_stmt>,
        db: NonNull<sys::sqlite3>,
    ) -> Self {
        // SAFETY: as the caller promises.
        let (is_readonly, parameters) = unsafe {
            let parameters = sys::sqlite3_bind_parameter_count(statement.as_ptr());
            (sys::sqlite3_stmt_readonly(statement.as_ptr()) != 0, parameters)
        };
        let parameters = usize::try_from(parameters).unwrap_or(0);
        Self { statement, db, held: Vec::new(), is_readonly, parameters }
    }

    fn raw(&self) -> *mut sys::sqlite3_stmt {
        self.statement.as_ptr()
    }

    /// What has gone wrong last on the connection.
    pub(crate) fn failure(&self) -> Failure {
        // SAFETY: the connection lives as long as the statement.
        unsafe { failure_of(self.db.as_ptr()) }
    }

    /// Goes on to the next row.
    pub(crate) fn step(&mut self) -> Step {
        // SAFETY: the statement is alive.
        match unsafe { sys::sqlite3_step(self.raw()) } {
            sys::SQLITE_ROW => Step::Row,
            sys::SQLITE_DONE => Step::Done,
            _ => Step::Failed,
        }
    }

    /// Back to before the first row.
    pub(crate) fn reset(&mut self) {
        // SAFETY: the statement is alive. The code repeats what the last step told.
        unsafe { sys::sqlite3_reset(self.raw()) };
    }

    /// Sets every parameter to NULL.
    pub(crate) fn clear(&mut self) {
        // SAFETY: the statement is alive.
        unsafe { sys::sqlite3_clear_bindings(self.raw()) };
    }

    /// Binds the first parameters, whose bytes lie in `bytes`: the statement takes them over and
    /// gives back the vector it held before. The statement has been reset.
    pub(crate) fn bind_all(&mut self, parameters: &[Parameter], bytes: &mut Vec<u8>) -> bool {
        if parameters.len() != self.parameters {
            self.clear();
        }
        std::mem::swap(&mut self.held, bytes);
        let is_bound = (1..).zip(parameters).all(|(index, &parameter)| {
            // SAFETY: the bytes stay where they are until the next call of this function, after
            // which no parameter points to them any more: all are bound anew or cleared.
            unsafe { self.bind(index, parameter, &self.held, sys::SQLITE_STATIC()) }
        });
        if !is_bound {
            self.clear();
        }
        is_bound
    }

    /// Binds the parameter `index`, from 1 on; SQLite copies its bytes. The statement has been
    /// reset.
    pub(crate) fn bind_one(&mut self, index: c_int, parameter: Parameter, bytes: &[u8]) -> bool {
        // SAFETY: the bytes are copied during the call.
        unsafe { self.bind(index, parameter, bytes, sys::SQLITE_TRANSIENT()) }
    }

    /// # Safety
    /// The bytes live as long as `release` promises SQLite.
    unsafe fn bind(
        &self,
        index: c_int,
        parameter: Parameter,
        bytes: &[u8],
        release: sys::sqlite3_destructor_type,
    ) -> bool {
        let statement = self.raw();
        // SAFETY: the ranges lie in `bytes`, whose pointer is not null even where it is empty;
        // the rest is the caller's promise.
        let code = unsafe {
            match parameter {
                Parameter::Null => sys::sqlite3_bind_null(statement, index),
                Parameter::Integer(integer) => sys::sqlite3_bind_int64(statement, index, integer),
                Parameter::Real(real) => sys::sqlite3_bind_double(statement, index, real),
                Parameter::Text { start, end } => {
                    let text = &bytes[start..end];
                    let (begin, length) = (text.as_ptr().cast(), text.len() as u64);
                    let encoding = sys::SQLITE_UTF8 as u8;
                    sys::sqlite3_bind_text64(statement, index, begin, length, release, encoding)
                }
                Parameter::Blob { start, end } => {
                    let blob = &bytes[start..end];
                    let (begin, length) = (blob.as_ptr().cast(), blob.len() as u64);
                    sys::sqlite3_bind_blob64(statement, index, begin, length, release)
                }
            }
        };
        code == sys::SQLITE_OK
    }

    /// The value of a column of the current row. The bytes are valid until the next step.
    #[inline]
    pub(crate) fn cell(&self, column: usize) -> Cell<'_> {
        // SAFETY: the statement stands on a row; SQLite answers columns that are not there with
        // NULL. The bytes stay until the statement moves, which takes `&mut self`.
        unsafe {
            let value = sys::sqlite3_column_value(self.raw(), column as c_int);
            match sys::sqlite3_value_type(value) {
                sys::SQLITE_INTEGER => Cell::Integer(sys::sqlite3_value_int64(value)),
                sys::SQLITE_FLOAT => Cell::Real(sys::sqlite3_value_double(value)),
                sys::SQLITE_TEXT => {
                    let text = sys::sqlite3_value_text(value);
                    Cell::Text(slice(text, sys::sqlite3_value_bytes(value)))
                }
                sys::SQLITE_BLOB => {
                    let blob = sys::sqlite3_value_blob(value).cast();
                    Cell::Blob(slice(blob, sys::sqlite3_value_bytes(value)))
                }
                _ => Cell::Null,
            }
        }
    }

    /// How many columns a row has.
    pub(crate) fn columns(&self) -> usize {
        // SAFETY: the statement is alive.
        usize::try_from(unsafe { sys::sqlite3_column_count(self.raw()) }).unwrap_or(0)
    }

    /// The name of a column.
    pub(crate) fn column_name(&self, column: usize) -> String {
        // SAFETY: the answer is a string or null, copied at once.
        unsafe { owned(sys::sqlite3_column_name(self.raw(), column as c_int)) }
    }

    /// The type a column was declared with, where it is a table's.
    pub(crate) fn declared_type(&self, column: usize) -> Option<String> {
        // SAFETY: as `column_name`.
        unsafe {
            let name = sys::sqlite3_column_decltype(self.raw(), column as c_int);
            (!name.is_null()).then(|| owned(name))
        }
    }

    /// How many parameters there are.
    pub(crate) fn parameters(&self) -> usize {
        self.parameters
    }

    /// The name of a parameter, from 1 on, with what stands before it; `None` for a plain `?`.
    pub(crate) fn parameter_name(&self, index: usize) -> Option<String> {
        // SAFETY: as `column_name`.
        unsafe {
            let name = sys::sqlite3_bind_parameter_name(self.raw(), index as c_int);
            (!name.is_null()).then(|| owned(name))
        }
    }

    /// Whether it leaves the database as it is.
    pub(crate) fn is_readonly(&self) -> bool {
        self.is_readonly
    }

    /// How often SQLite had to prepare it anew, because the schema had changed.
    pub(crate) fn generation(&self) -> i32 {
        let counter = sys::SQLITE_STMTSTATUS_REPREPARE;
        // SAFETY: the statement is alive.
        unsafe { sys::sqlite3_stmt_status(self.raw(), counter, 0) }
    }

    /// Rows changed on the connection since it was opened, those of triggers included.
    pub(crate) fn total_changes(&self) -> i64 {
        // SAFETY: the connection lives as long as the statement.
        unsafe { sys::sqlite3_total_changes64(self.db.as_ptr()) }
    }

    /// Rows that this statement has changed itself, where `before` is what
    /// [`Prepared::total_changes`] told before its first step.
    pub(crate) fn changes_since(&self, before: i64) -> i64 {
        if self.is_readonly || self.total_changes() == before {
            return 0;
        }
        // SAFETY: the connection lives as long as the statement.
        unsafe { sys::sqlite3_changes64(self.db.as_ptr()) }
    }

    /// The row inserted last on the connection.
    pub(crate) fn last_rowid(&self) -> i64 {
        // SAFETY: the connection lives as long as the statement.
        unsafe { sys::sqlite3_last_insert_rowid(self.db.as_ptr()) }
    }

    /// The statement's text, values in place of its parameters.
    pub(crate) fn expanded(&self) -> String {
        // SAFETY: the answer is SQLite's memory or null, freed here.
        unsafe {
            let text = sys::sqlite3_expanded_sql(self.raw());
            if text.is_null() {
                return String::new();
            }
            let copy = CStr::from_ptr(text).to_string_lossy().into_owned();
            sys::sqlite3_free(text.cast());
            copy
        }
    }
}

/// Bytes of SQLite's.
///
/// # Safety
/// `start` is null, or points to `length` bytes that outlive `'a`.
unsafe fn slice<'a>(start: *const u8, length: c_int) -> &'a [u8] {
    if start.is_null() || length <= 0 {
        return &[];
    }
    // SAFETY: as the caller promises.
    unsafe { std::slice::from_raw_parts(start, length as usize) }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: finalized once; what it held is freed after it.
        unsafe { sys::sqlite3_finalize(self.raw()) };
    }
}
