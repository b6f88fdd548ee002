//! What node:vm asks of the engine: realms, and scripts in them.

use dx_jsc::{Context, Invocation, Local, NativeResult};

/// Adds the functions to the module `runtime/engine`.
pub(crate) fn install<'vm>(context: Context<'vm>, engine: Local<'vm>) -> Result<(), Local<'vm>> {
    let add = |name: &str, function: Local<'vm>| context.set(engine, name, function);
    add("makeRealm", context.function("makeRealm", make_realm))?;
    add("evaluateIn", context.function("evaluateIn", evaluate_in))?;
    add("checkSyntax", context.function("checkSyntax", check_syntax))
}

/// `makeRealm(sandbox, onRejection)`: the global object of a new realm.
fn make_realm<'vm>(invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let context = invocation.context;
    let sandbox = invocation.argument(0);
    let is_object = context.type_of(sandbox) == dx_jsc::Type::Object;
    let global = context.make_realm(is_object.then_some(sandbox));
    if let Some(realm) = context.realm_of(global) {
        realm.set_unhandled_rejection_callback(invocation.argument(1))?;
    }
    Ok(global)
}

/// A script, its URL and first line, from the arguments that begin at `first`.
fn script<'vm>(
    invocation: &Invocation<'vm>,
    first: usize,
) -> Result<(Local<'vm>, String, i32), Local<'vm>> {
    let context = invocation.context;
    let url = context.to_string(invocation.argument(first + 1))?;
    let line = context.as_number(invocation.argument(first + 2)).unwrap_or(1.0) as i32;
    Ok((invocation.argument(first), url, line))
}

/// `evaluateIn(global, source, url, line)`: the value of a script; `global` is undefined for
/// the program's own realm.
fn evaluate_in<'vm>(invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let context = invocation.context;
    let (source, url, line) = script(invocation, 1)?;
    let realm = realm_or_own(context, invocation.argument(0));
    realm.evaluate_script(source, &url, line)
}

fn realm_or_own<'vm>(context: Context<'vm>, global: Local<'vm>) -> Context<'vm> {
    let is_object = context.type_of(global) == dx_jsc::Type::Object;
    let realm = if is_object { context.realm_of(global) } else { None };
    realm.unwrap_or(context)
}

/// `checkSyntax(source, url, line)`: throws the error of a script that does not parse.
fn check_syntax<'vm>(invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let (source, url, line) = script(invocation, 0)?;
    invocation.context.check_syntax(source, &url, line)?;
    Ok(invocation.context.undefined())
}
