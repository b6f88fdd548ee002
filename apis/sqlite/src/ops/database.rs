//! Opening, closing and asking connections.

use std::ffi::CString;

use dx_ops::{Arguments, Call, ErrorClass, Exception, Value};

use super::index;
use crate::{
    failure::Failure,
    ffi::{Connection, Head, Step},
    memory::{CHANGES, INTEGER, PARAMETERS, ROWID, TAIL},
    table::{Table, with_table},
    text::append_utf8,
};

/// What `open` and `prepare` answer in place of a number where they fail.
const FAILED: f64 = -1.0;
/// What `prepare` answers where the text holds no statement.
const NO_STATEMENT: f64 = -2.0;

fn utf8(arguments: &dyn Arguments, argument: usize) -> Vec<u8> {
    let mut text = Vec::new();
    arguments.text(argument, &mut |units| append_utf8(units, &mut text));
    text
}

fn c_string(arguments: &dyn Arguments, argument: usize) -> CString {
    let mut text = utf8(arguments, argument);
    if let Some(end) = text.iter().position(|&byte| byte == 0) {
        text.truncate(end);
    }
    // Cut at the first NUL, so there is none.
    CString::new(text).unwrap_or_default()
}

fn add(table: &mut Table, opened: Result<Connection, Failure>) -> Value {
    Value::Number(match opened {
        Ok(connection) => table.add_connection(connection) as f64,
        Err(failure) => {
            table.failure = Some(failure);
            FAILED
        }
    })
}

/// `open(filename, flags)`: the number of a connection, -1 where it fails.
pub(super) fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let filename = c_string(call.arguments, 0);
    let opened = Connection::open(&filename, call.arguments.number(1) as i32);
    Ok(with_table(|table| add(table, opened)))
}

/// `deserialize(bytes, flags)`: as `open`.
pub(super) fn deserialize(call: &mut Call<'_>) -> Result<Value, Exception> {
    let bytes = call.expect_bytes(0, "The database")?;
    let opened = Connection::deserialize(bytes, call.arguments.number(1) as u32);
    Ok(with_table(|table| add(table, opened)))
}

/// `close(connection, all)`: with all its statements, or those that no program holds.
pub(super) fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (number, all) = (index(call.arguments, 0), call.arguments.boolean(1));
    with_table(|table| table.close(number, all))?;
    Ok(Value::Undefined)
}

/// `forgetConnection(connection)`: its object is gone.
pub(super) fn forget(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_table(|table| table.forget_connection(index(call.arguments, 0)));
    Ok(Value::Undefined)
}

/// `prepare(connection, text, start, flags, isOwned, areSafe)`: the number of the first statement
/// from byte `start` on; -1 where it fails, -2 where there is none. Where the rest begins and how
/// many parameters there are goes into the header.
pub(super) fn prepare(call: &mut Call<'_>) -> Result<Value, Exception> {
    let arguments = &*call.arguments;
    let sql = utf8(arguments, 1);
    let (number, flags) = (index(arguments, 0), arguments.number(3) as u32);
    Ok(Value::Number(with_table(|table| {
        let Some(connection) = table.connection(number) else { return NO_STATEMENT };
        let Head { statement, tail } = match connection.prepare(&sql, index(arguments, 2), flags) {
            Ok(head) => head,
            Err(failure) => {
                table.failure = Some(failure);
                return FAILED;
            }
        };
        table.memory.set(TAIL, tail as f64);
        let Some(prepared) = statement else { return NO_STATEMENT };
        table.memory.set(PARAMETERS, prepared.parameters() as f64);
        let (is_owned, is_safe) = (arguments.boolean(4), arguments.boolean(5));
        table.add_statement(prepared, number, is_owned, is_safe) as f64
    })))
}

/// Runs all statements of a text from `start` on: how many there were and the rows they changed.
fn run_all(connection: &Connection, sql: &[u8], start: usize) -> Result<(u32, i64), Failure> {
    let (mut at, mut statements, mut changes) = (start, 0, 0);
    while at < sql.len() {
        let Head { statement, tail } = connection.prepare(sql, at, 0)?;
        let Some(mut prepared) = statement else {
            // Nothing but blanks and comments, or a NUL, which SQLite takes for the end.
            if tail <= at {
                break;
            }
            at = tail;
            continue;
        };
        let before = prepared.total_changes();
        loop {
            match prepared.step() {
                Step::Row => {}
                Step::Done => break,
                Step::Failed => {
                    let mut failure = prepared.failure();
                    if failure.offset >= 0 {
                        failure.offset += at as i32;
                    }
                    return Err(failure);
                }
            }
        }
        changes += prepared.changes_since(before);
        statements += 1;
        at = tail;
    }
    Ok((statements, changes))
}

/// `execute(connection, text, start)`: runs all statements; how many there were, -1 where one has
/// failed, `undefined` where the connection is closed. What changed goes into the header.
pub(super) fn execute(call: &mut Call<'_>) -> Result<Value, Exception> {
    let arguments = &*call.arguments;
    let sql = utf8(arguments, 1);
    Ok(with_table(|table| {
        let Some(connection) = table.connection(index(arguments, 0)) else {
            return Value::Undefined;
        };
        match run_all(connection, &sql, index(arguments, 2)) {
            Ok((statements, changes)) => {
                let rowid = connection.last_rowid();
                table.memory.set(CHANGES, changes as f64);
                table.memory.set(ROWID, rowid as f64);
                table.memory.set_bits(INTEGER, rowid as u64);
                Value::from(statements)
            }
            Err(failure) => {
                table.failure = Some(failure);
                Value::Number(FAILED)
            }
        }
    }))
}

/// What `action` answers about an open connection; `undefined` where it is closed.
fn with_connection(call: &Call<'_>, action: impl FnOnce(&Connection) -> Value) -> Value {
    with_table(|table| table.connection(index(call.arguments, 0)).map_or(Value::Undefined, action))
}

/// `inTransaction(connection)`
pub(super) fn in_transaction(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with_connection(call, |connection| connection.in_transaction().into()))
}

/// `serialize(connection, schema)`: its bytes; `null` where there is no such schema.
pub(super) fn serialize(call: &mut Call<'_>) -> Result<Value, Exception> {
    let schema = c_string(call.arguments, 1);
    Ok(with_connection(call, |connection| {
        connection.serialize(&schema).map_or(Value::Null, Value::ArrayBuffer)
    }))
}

/// `loadExtension(connection, file, entry)`
pub(super) fn load_extension(call: &mut Call<'_>) -> Result<Value, Exception> {
    let arguments = &*call.arguments;
    let file = c_string(arguments, 1);
    let has_entry = arguments.kind(2) == dx_ops::ValueKind::String;
    let entry = has_entry.then(|| c_string(arguments, 2));
    let loaded = with_table(|table| {
        let connection = table.connection(index(arguments, 0));
        connection.map_or(Ok(()), |open| open.load_extension(&file, entry.as_deref()))
    });
    loaded.map_err(|message| Exception::new(ErrorClass::Error, message))?;
    Ok(Value::Undefined)
}

/// `fileControl(connection, schema, operation, bytes)`: SQLite's code. `schema` may be `null`; of
/// `bytes`, eight at least, SQLite reads and writes; `null` passes none.
pub(super) fn file_control(call: &mut Call<'_>) -> Result<Value, Exception> {
    let arguments = &mut *call.arguments;
    let has_schema = arguments.kind(1) == dx_ops::ValueKind::String;
    let schema = has_schema.then(|| c_string(arguments, 1));
    let (number, operation) = (index(arguments, 0), arguments.number(2) as i32);
    let bytes = arguments.bytes_mut(3).filter(|bytes| bytes.len() >= 8);
    Ok(with_table(|table| {
        let Some(connection) = table.connection(number) else { return Value::Undefined };
        let code = connection.file_control(schema.as_deref(), operation, bytes);
        if code == libsqlite3_sys::SQLITE_ERROR {
            table.failure = Some(connection.failure());
        }
        code.into()
    }))
}
