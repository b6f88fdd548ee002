//! Binding and running statements. Those that run name the statement and the values to bind in the
//! header: to read arguments costs more.

use dx_ops::{Arguments, Call, Exception, Value};

use super::with_statement;
use crate::{
    bind::{bind_direct, bind_one},
    ffi::Step,
    memory::{CHANGES, COUNT, INTEGER, ROWID, STATEMENT, STATUS},
    rows::{Wanted, write_rows},
    table::{Parts, with_table},
};

/// `clear(statement)`: back to the start, nothing bound.
pub(super) fn clear(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, _| {
        parts.statement.reset();
        parts.statement.prepared.clear();
        parts.memory.set(STATUS, 0.0);
        Value::Undefined
    })
}

/// `bind(statement, parameter, value)`: parameters count from 1. The statement has been cleared.
pub(super) fn bind(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, arguments| {
        let is_bound = bind_one(parts, arguments, 2, arguments.number(1) as i32);
        if is_bound {
            parts.memory.set(STATUS, 0.0);
        }
        Value::Undefined
    })
}

/// `bindInteger(statement, parameter)`: the 64 bits in the header.
pub(super) fn bind_integer(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, arguments| {
        let integer = parts.memory.bits(INTEGER) as i64;
        let value = crate::ffi::Parameter::Integer(integer);
        parts.memory.set(STATUS, 0.0);
        if !parts.statement.prepared.bind_one(arguments.number(1) as i32, value, &[]) {
            parts.fail();
        }
        Value::Undefined
    })
}

/// Runs `action` on the statement that the header names.
fn with_called(
    call: &Call<'_>,
    action: impl FnOnce(&mut Parts<'_>, &dyn Arguments) -> Value,
) -> Result<Value, Exception> {
    let arguments = &*call.arguments;
    Ok(with_table(|table| {
        let number = table.memory.number(STATEMENT) as usize;
        let parts = table.statement(number);
        parts.map_or(Value::Undefined, |mut parts| action(&mut parts, arguments))
    }))
}

/// Makes the statement ready to run: back to the start, and with the call's values bound, whose
/// strings are its arguments from `first` on. `false`, and a status, where they cannot be.
#[inline]
fn begin(parts: &mut Parts<'_>, arguments: &dyn Arguments, first: usize) -> bool {
    parts.statement.reset();
    let count = parts.memory.number(COUNT);
    if count >= 0.0 && !bind_direct(parts, arguments, first, count as usize) {
        return false;
    }
    parts.statement.is_active = true;
    true
}

/// Runs to the end, rows ignored.
#[inline]
fn finish(parts: &mut Parts<'_>) -> bool {
    let mut step = Step::Row;
    while step == Step::Row {
        step = parts.statement.prepared.step();
    }
    if step == Step::Failed {
        parts.fail();
        return false;
    }
    parts.statement.reset();
    true
}

/// `run(...strings)`: what changed goes into the header.
pub(super) fn run(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_called(call, |parts, arguments| {
        let before = parts.statement.prepared.total_changes();
        if !begin(parts, arguments, 0) || !finish(parts) {
            return Value::Undefined;
        }
        let prepared = &parts.statement.prepared;
        let rowid = prepared.last_rowid();
        let memory = parts.memory;
        memory.set(STATUS, 0.0);
        memory.set(CHANGES, prepared.changes_since(before) as f64);
        memory.set(ROWID, rowid as f64);
        memory.set_bits(INTEGER, rowid as u64);
        Value::Undefined
    })
}

/// `get(characters, ...strings)`: the first row; the rest is run without being
/// looked at, where that does anything.
pub(super) fn get(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_called(call, |parts, arguments| {
        if !begin(parts, arguments, 1) {
            return Value::Undefined;
        }
        let text = match parts.statement.prepared.step() {
            Step::Row => write_rows(parts, Wanted::One, false),
            Step::Done => {
                parts.statement.reset();
                parts.memory.set(STATUS, 0.0);
                return Value::Undefined;
            }
            Step::Failed => {
                parts.fail();
                return Value::Undefined;
            }
        };
        if parts.statement.prepared.is_readonly() {
            parts.statement.reset();
        } else {
            finish(parts);
        }
        text
    })
}

/// Writes a batch that begins with the next row.
fn advance(parts: &mut Parts<'_>, wanted: Wanted, is_raw: bool) -> Value {
    match parts.statement.prepared.step() {
        Step::Row => return write_rows(parts, wanted, is_raw),
        Step::Done => {
            parts.statement.reset();
            parts.memory.set(STATUS, 0.0);
            parts.memory.set(crate::memory::DONE, 1.0);
        }
        Step::Failed => parts.fail(),
    }
    Value::Undefined
}

/// `rows(characters, areRaw, ...strings)`: the first batch of all rows.
pub(super) fn rows(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_called(call, |parts, arguments| {
        if !begin(parts, arguments, 2) {
            return Value::Undefined;
        }
        advance(parts, Wanted::All, arguments.boolean(1))
    })
}

/// `more(characters, areRaw)`: the next batch.
pub(super) fn more(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_called(call, |parts, arguments| {
        if !parts.statement.is_on_row {
            parts.memory.set(STATUS, 0.0);
            return Value::Undefined;
        }
        write_rows(parts, Wanted::All, arguments.boolean(1))
    })
}

/// `first(characters)`: the first row, and no further.
pub(super) fn first(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_called(call, |parts, arguments| {
        if !begin(parts, arguments, 1) {
            return Value::Undefined;
        }
        advance(parts, Wanted::One, false)
    })
}

/// `next(characters)`: the row behind the one that was asked for last.
pub(super) fn next(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_called(call, |parts, _| {
        if !parts.statement.is_active {
            parts.memory.set(STATUS, 0.0);
            return Value::Undefined;
        }
        advance(parts, Wanted::One, false)
    })
}
