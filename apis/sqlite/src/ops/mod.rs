//! The operations of js/. Statuses go through the header of the shared memory, and what fails is
//! kept for `failure`: JavaScript makes the errors.

mod database;
mod statement;

use dx_ops::{Arguments, Call, Exception, Op, Value};

use crate::{
    ffi::Cell,
    table::{Parts, with_table},
};

pub(crate) const OPS: &[Op] = &[
    Op::sync("memory", memory),
    Op::sync("failure", failure),
    Op::sync("blob", blob),
    Op::sync("open", database::open),
    Op::sync("deserialize", database::deserialize),
    Op::sync("close", database::close),
    Op::sync("forgetConnection", database::forget),
    Op::sync("prepare", database::prepare),
    Op::sync("execute", database::execute),
    Op::sync("inTransaction", database::in_transaction),
    Op::sync("serialize", database::serialize),
    Op::sync("loadExtension", database::load_extension),
    Op::sync("fileControl", database::file_control),
    Op::sync("forgetStatement", forget),
    Op::sync("finalize", finalize),
    Op::sync("reset", reset),
    Op::sync("clear", statement::clear),
    Op::sync("bind", statement::bind),
    Op::sync("bindInteger", statement::bind_integer),
    Op::sync("run", statement::run),
    Op::sync("get", statement::get),
    Op::sync("rows", statement::rows),
    Op::sync("more", statement::more),
    Op::sync("first", statement::first),
    Op::sync("next", statement::next),
    Op::sync("setSafeIntegers", set_safe_integers),
    Op::sync("columns", columns),
    Op::sync("columnTypes", column_types),
    Op::sync("declaredTypes", declared_types),
    Op::sync("parameters", parameters),
    Op::sync("facts", facts),
    Op::sync("expanded", expanded),
];

/// A number of the table, or a count, that JavaScript passes.
fn index(arguments: &dyn Arguments, argument: usize) -> usize {
    arguments.number(argument) as usize
}

/// What `action` answers about the statement that the argument `argument` names; `undefined`, and
/// a status, where it cannot be used.
fn with_statement(
    call: &Call<'_>,
    argument: usize,
    action: impl FnOnce(&mut Parts<'_>, &dyn Arguments) -> Value,
) -> Result<Value, Exception> {
    let arguments = &*call.arguments;
    Ok(with_table(|table| {
        let parts = table.statement(index(arguments, argument));
        parts.map_or(Value::Undefined, |mut parts| action(&mut parts, arguments))
    }))
}

/// `memory()`: the memory of this thread's statements.
fn memory(_call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with_table(|table| Value::Shared(table.memory.external())))
}

/// `failure()`: message, name of the code, code and offset of what went wrong last.
fn failure(_call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with_table(|table| table.failure.take().map_or(Value::Undefined, |f| f.into_value())))
}

/// `blob(index)`: the bytes of a blob of the last batch, once.
fn blob(call: &mut Call<'_>) -> Result<Value, Exception> {
    let index = index(call.arguments, 0);
    let bytes = with_table(|table| table.blobs.get_mut(index).map(std::mem::take));
    Ok(Value::Bytes(bytes.unwrap_or_default()))
}

/// `forgetStatement(statement)`: its object is gone.
fn forget(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_table(|table| table.forget_statement(index(call.arguments, 0)));
    Ok(Value::Undefined)
}

/// `finalize(statement)`
fn finalize(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_table(|table| table.finalize(index(call.arguments, 0)));
    Ok(Value::Undefined)
}

/// `reset(statement)`: ends its run.
fn reset(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, _| {
        parts.statement.reset();
        Value::Undefined
    })
}

/// `setSafeIntegers(statement, areBigInts)`
fn set_safe_integers(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, arguments| {
        parts.statement.has_safe_integers = arguments.boolean(1);
        Value::Undefined
    })
}

/// `columns(statement)`: their names.
fn columns(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, _| {
        let prepared = &parts.statement.prepared;
        let names = (0..prepared.columns()).map(|column| prepared.column_name(column).into());
        Value::Array(names.collect())
    })
}

/// `columnTypes(statement)`: of the values in the first row; the statement runs for that.
/// `undefined`, and a status, where it fails.
fn column_types(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, _| {
        use crate::ffi::Step;
        parts.statement.reset();
        parts.statement.is_active = true;
        let prepared = &mut parts.statement.prepared;
        if prepared.step() == Step::Failed {
            parts.fail();
            return Value::Undefined;
        }
        let names = (0..prepared.columns()).map(|column| {
            Value::from(match prepared.cell(column) {
                Cell::Null => "NULL",
                Cell::Integer(_) => "INTEGER",
                Cell::Real(_) => "FLOAT",
                Cell::Text(_) => "TEXT",
                Cell::Blob(_) => "BLOB",
            })
        });
        let names = names.collect();
        parts.statement.reset();
        Value::Array(names)
    })
}

/// `declaredTypes(statement)`: as the tables declare them, `null` for what is no table's column.
fn declared_types(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, _| {
        let prepared = &parts.statement.prepared;
        let types = (0..prepared.columns()).map(|column| prepared.declared_type(column));
        Value::Array(types.map(|name| name.map_or(Value::Null, Value::from)).collect())
    })
}

/// `parameters(statement)`: their names with what stands before them, `null` for a plain `?`.
fn parameters(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, _| {
        let prepared = &parts.statement.prepared;
        let names = (1..=prepared.parameters()).map(|index| prepared.parameter_name(index));
        Value::Array(names.map(|name| name.map_or(Value::Null, Value::from)).collect())
    })
}

/// `facts(statement)`: how many columns it has, and whether it leaves the database as it is.
fn facts(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, _| {
        let prepared = &parts.statement.prepared;
        let columns = Value::Number(prepared.columns() as f64);
        Value::Array(vec![columns, prepared.is_readonly().into()])
    })
}

/// `expanded(statement)`: its text, values in place of parameters.
fn expanded(call: &mut Call<'_>) -> Result<Value, Exception> {
    with_statement(call, 0, |parts, _| parts.statement.prepared.expanded().into())
}
