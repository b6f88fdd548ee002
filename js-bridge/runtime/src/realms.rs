//! What node:vm asks of the engine: realms, and scripts in them.

use dx_jsc::{Context, Invocation, Local, NativeResult};

/// Adds the functions to the module `runtime/engine`.
pub(crate) fn install<'vm>(context: Context<'vm>, engine: Local<'vm>) -> Result<(), Local<'vm>> {
    let add = |name: &str, function: Local<'vm>| context.set(engine, name, function);
    add("makeRealm", context.function("makeRealm", make_realm))?;
    add("giveFace", context.function("giveFace", give_face))?;
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

/// `giveFace(global, face, assign)`: see [`Context::give_face`].
fn give_face<'vm>(invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let [global, face, assign] = [0, 1, 2].map(|index| invocation.argument(index));
    invocation.context.give_face(global, face, assign);
    Ok(invocation.context.undefined())
}

/// `evaluateIn(global, source, url, line, isStrict)`: the value of a script; `global` is undefined
/// for the program's own realm.
fn evaluate_in<'vm>(invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let context = invocation.context;
    let (source, url, line) = script(invocation, 1)?;
    let global = invocation.argument(0);
    if context.type_of(global) != dx_jsc::Type::Object {
        return context.evaluate_script(source, &url, line);
    }
    let is_strict = context.to_boolean(invocation.argument(4));
    context.evaluate_in_realm(global, source, &url, line, is_strict)
}

/// `checkSyntax(source, url, line)`: throws the error of a script that does not parse.
fn check_syntax<'vm>(invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let (source, url, line) = script(invocation, 0)?;
    invocation.context.check_syntax(source, &url, line)?;
    Ok(invocation.context.undefined())
}
