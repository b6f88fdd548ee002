//! What the value formatter cannot learn in JavaScript: a promise's state, a proxy's target.

use dx_ops::{Call, Exception, PromiseState, Value};

/// 0 for a pending promise, 1 for a fulfilled, 2 for a rejected one; -1 where nothing is known.
///
/// # Errors
/// Never.
pub fn promise_state(call: &mut Call<'_>) -> Result<Value, Exception> {
    let code = match call.arguments.promise_state(0) {
        Some(PromiseState::Pending) => 0,
        Some(PromiseState::Fulfilled) => 1,
        Some(PromiseState::Rejected) => 2,
        None => -1,
    };
    Ok(Value::from(code))
}

/// What a settled promise was fulfilled or rejected with; `undefined` where nothing is known.
///
/// # Errors
/// Never.
pub fn promise_result(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(call.arguments.promise_result(0).map_or(Value::Undefined, Value::Handle))
}

/// The target of a proxy, without running a trap; `undefined` for everything else.
///
/// # Errors
/// Never.
pub fn proxy_target(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(call.arguments.proxy_target(0).map_or(Value::Undefined, Value::Handle))
}
