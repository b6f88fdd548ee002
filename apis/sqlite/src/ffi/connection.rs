//! A connection.

use std::{
    ffi::{CStr, c_int, c_void},
    ptr::{NonNull, null_mut},
};

use libsqlite3_sys as sys;

use super::{Prepared, failure_of, meaning, owned};
use crate::failure::Failure;

const MAIN: &CStr = c"main";

unsafe extern "C" {
    /// Missing in the bindings.
    fn sqlite3_close_v2(db: *mut sys::sqlite3) -> c_int;
}

/// An open connection, closed when dropped.
pub(crate) struct Connection {
    db: NonNull<sys::sqlite3>,
}

/// The first statement of a text, and where the rest begins, in bytes.
pub(crate) struct Head {
    /// `None` where the text holds none.
    pub(crate) statement: Option<Prepared>,
    pub(crate) tail: usize,
}

impl Connection {
    /// Opens a database file. Only this thread uses the connection, so it needs no mutex.
    pub(crate) fn open(filename: &CStr, flags: i32) -> Result<Self, Failure> {
        let chosen = sys::SQLITE_OPEN_NOMUTEX | sys::SQLITE_OPEN_FULLMUTEX;
        let flags = if flags & chosen == 0 { flags | sys::SQLITE_OPEN_NOMUTEX } else { flags };
        let mut db = null_mut();
        // SAFETY: the name ends with NUL; the answer goes to `db`.
        let code =
            unsafe { sys::sqlite3_open_v2(filename.as_ptr(), &mut db, flags, std::ptr::null()) };
        let Some(db) = NonNull::new(db) else {
            return Err(Failure { message: meaning(code), code, offset: -1 });
        };
        let connection = Self { db };
        if code != sys::SQLITE_OK {
            return Err(connection.failure());
        }
        // SAFETY: the connection is open; the arguments are those of these options.
        unsafe {
            sys::sqlite3_extended_result_codes(db.as_ptr(), 1);
            let none = null_mut::<c_int>();
            sys::sqlite3_db_config(db.as_ptr(), sys::SQLITE_DBCONFIG_ENABLE_FKEY, 0, none);
        }
        Ok(connection)
    }

    /// A database in memory that starts as a copy of a file's bytes.
    pub(crate) fn deserialize(bytes: &[u8], flags: u32) -> Result<Self, Failure> {
        let open = sys::SQLITE_OPEN_READWRITE | sys::SQLITE_OPEN_CREATE;
        let connection = Self::open(c":memory:", open)?;
        let length = bytes.len() as i64;
        // SAFETY: the copy is SQLite's own memory, which it frees, also where it fails.
        let code = unsafe {
            let copy = sys::sqlite3_malloc64(bytes.len() as u64).cast::<u8>();
            if copy.is_null() {
                let code = sys::SQLITE_NOMEM;
                return Err(Failure { message: meaning(code), code, offset: -1 });
            }
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy, bytes.len());
            let flags =
                flags | sys::SQLITE_DESERIALIZE_FREEONCLOSE | sys::SQLITE_DESERIALIZE_RESIZEABLE;
            let db = connection.db.as_ptr();
            sys::sqlite3_deserialize(db, MAIN.as_ptr(), copy, length, length, flags)
        };
        if code == sys::SQLITE_OK { Ok(connection) } else { Err(connection.failure()) }
    }

    /// What has gone wrong last.
    pub(crate) fn failure(&self) -> Failure {
        // SAFETY: the connection is open.
        unsafe { failure_of(self.db.as_ptr()) }
    }

    /// Prepares the first statement of `sql`, from `start` on.
    pub(crate) fn prepare(&self, sql: &[u8], start: usize, flags: u32) -> Result<Head, Failure> {
        let text = sql.get(start..).unwrap_or_default();
        let length = c_int::try_from(text.len()).map_err(|_| Failure {
            message: meaning(sys::SQLITE_TOOBIG),
            code: sys::SQLITE_TOOBIG,
            offset: -1,
        })?;
        let (mut statement, mut tail) = (null_mut(), std::ptr::null());
        let begin = text.as_ptr().cast();
        let db = self.db.as_ptr();
        // SAFETY: the text is read up to its length; the answers go to locals.
        let code =
            unsafe { sys::sqlite3_prepare_v3(db, begin, length, flags, &mut statement, &mut tail) };
        if code != sys::SQLITE_OK {
            let mut failure = self.failure();
            if failure.offset >= 0 {
                failure.offset += start as i32;
            }
            return Err(failure);
        }
        let tail = if tail.is_null() { text.len() } else { tail as usize - begin as usize };
        let statement = NonNull::new(statement);
        Ok(Head {
            // SAFETY: just prepared on this connection.
            statement: statement.map(|statement| unsafe { Prepared::new(statement, self.db) }),
            tail: start + tail,
        })
    }

    /// Whether a transaction is open.
    pub(crate) fn in_transaction(&self) -> bool {
        // SAFETY: the connection is open.
        unsafe { sys::sqlite3_get_autocommit(self.db.as_ptr()) == 0 }
    }

    /// The row inserted last.
    pub(crate) fn last_rowid(&self) -> i64 {
        // SAFETY: the connection is open.
        unsafe { sys::sqlite3_last_insert_rowid(self.db.as_ptr()) }
    }

    /// The bytes of an attached database; `None` where there is no such.
    pub(crate) fn serialize(&self, schema: &CStr) -> Option<Vec<u8>> {
        let mut length = 0;
        // SAFETY: the answer is SQLite's memory, `length` bytes long, freed here.
        unsafe {
            let db = self.db.as_ptr();
            let bytes = sys::sqlite3_serialize(db, schema.as_ptr(), &mut length, 0);
            if bytes.is_null() {
                return None;
            }
            let copy = std::slice::from_raw_parts(bytes, length as usize).to_vec();
            sys::sqlite3_free(bytes.cast());
            Some(copy)
        }
    }

    /// Loads an extension; says why it could not.
    pub(crate) fn load_extension(&self, file: &CStr, entry: Option<&CStr>) -> Result<(), String> {
        let entry = entry.map_or(std::ptr::null(), CStr::as_ptr);
        let mut message = null_mut();
        let db = self.db.as_ptr();
        let option = sys::SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION;
        // SAFETY: the names end with NUL; the message is SQLite's and freed here.
        unsafe {
            sys::sqlite3_db_config(db, option, 1, null_mut::<c_int>());
            let code = sys::sqlite3_load_extension(db, file.as_ptr(), entry, &mut message);
            if code == sys::SQLITE_OK {
                return Ok(());
            }
            let text = if message.is_null() { self.failure().message } else { owned(message) };
            sys::sqlite3_free(message.cast());
            Err(text)
        }
    }

    /// Asks the file below for something. `argument` is what the operation reads and writes, at
    /// least eight bytes; `None` passes no place at all.
    pub(crate) fn file_control(
        &self,
        schema: Option<&CStr>,
        operation: i32,
        argument: Option<&mut [u8]>,
    ) -> i32 {
        let schema = schema.map_or(std::ptr::null(), CStr::as_ptr);
        let argument = argument.map_or(null_mut::<c_void>(), |bytes| bytes.as_mut_ptr().cast());
        // SAFETY: the operation keeps to eight bytes of `argument`, which the caller has checked.
        unsafe { sys::sqlite3_file_control(self.db.as_ptr(), schema, operation, argument) }
    }

    /// Closes the connection, which takes that no statement is left; says why it could not.
    pub(crate) fn close(self) -> Result<(), String> {
        // SAFETY: the connection is open; where it stays open, dropping it closes it later.
        let code = unsafe { sys::sqlite3_close(self.db.as_ptr()) };
        if code == sys::SQLITE_OK {
            std::mem::forget(self);
            return Ok(());
        }
        Err(meaning(code))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: open, and closed once; statements that are left keep it as a zombie.
        unsafe { sqlite3_close_v2(self.db.as_ptr()) };
    }
}
