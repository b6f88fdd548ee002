//! Plain values: making them, asking what they are, converting them.

use dx_jsc::{Local, Type};
use dx_jsc_sys as sys;

use crate::{
    env::{Answer, Env, Helper, RawEnv, Value, answer, enter, local, put},
    native,
    status::Status,
};

const TYPE_EXTERNAL: u32 = 8;

fn value_type(env: &Env, value: Local<'static>) -> u32 {
    match env.context().type_of(value) {
        Type::Undefined => 0,
        Type::Null => 1,
        Type::Boolean => 2,
        Type::Number => 3,
        Type::String => 4,
        Type::Symbol => 5,
        Type::BigInt => 9,
        Type::Object if native::is_holder(env.js(), value) => TYPE_EXTERNAL,
        Type::Object if env.context().is_function(value) => 7,
        Type::Object => 6,
    }
}

/// Fails with `status` unless the value is of `wanted` type.
pub(crate) fn expect(
    env: &Env,
    value: Value,
    wanted: Type,
    status: Status,
) -> Answer<Local<'static>> {
    let value = local(value)?;
    if env.context().type_of(value) == wanted { Ok(value) } else { Err(status) }
}

/// An object; functions are objects.
pub(crate) fn object(env: &Env, value: Value) -> Answer<Local<'static>> {
    expect(env, value, Type::Object, Status::ObjectExpected)
}

pub(crate) fn number(env: &Env, value: Value) -> Answer<f64> {
    env.context().as_number(local(value)?).ok_or(Status::NumberExpected)
}

/// Wraps a number as ECMAScript's ToInt32 does.
fn to_int32(number: f64) -> i32 {
    if !number.is_finite() {
        return 0;
    }
    number.trunc().rem_euclid(4_294_967_296.0) as u32 as i32
}

exported! {
    fn napi_get_undefined(env: RawEnv, result: *mut Value) {
        answer(env, result, |env| Ok(env.undefined()))
    }

    fn napi_get_null(env: RawEnv, result: *mut Value) {
        answer(env, result, |env| Ok(env.context().null()))
    }

    fn napi_get_global(env: RawEnv, result: *mut Value) {
        answer(env, result, |env| Ok(env.context().global()))
    }

    fn napi_get_boolean(env: RawEnv, boolean: bool, result: *mut Value) {
        answer(env, result, |env| Ok(env.context().boolean(boolean)))
    }

    fn napi_create_double(env: RawEnv, number: f64, result: *mut Value) {
        answer(env, result, |env| Ok(env.number(number)))
    }

    fn napi_create_int32(env: RawEnv, number: i32, result: *mut Value) {
        answer(env, result, |env| Ok(env.number(f64::from(number))))
    }

    fn napi_create_uint32(env: RawEnv, number: u32, result: *mut Value) {
        answer(env, result, |env| Ok(env.number(f64::from(number))))
    }

    fn napi_create_int64(env: RawEnv, number: i64, result: *mut Value) {
        answer(env, result, |env| Ok(env.number(number as f64)))
    }

    fn napi_create_bigint_int64(env: RawEnv, number: i64, result: *mut Value) {
        answer(env, result, |env| env.check(env.context().bigint(number)))
    }

    fn napi_create_bigint_uint64(env: RawEnv, number: u64, result: *mut Value) {
        answer(env, result, |env| env.check(env.context().bigint_unsigned(number)))
    }

    fn napi_create_bigint_words(
        env: RawEnv, negative: i32, count: usize, words: *const u64, result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            if words.is_null() || count > i32::MAX as usize {
                return Err(Status::InvalidArgument);
            }
            // SAFETY: the addon passes `count` words.
            let words = unsafe { std::slice::from_raw_parts(words, count) };
            let mut arguments = vec![env.context().boolean(negative != 0)];
            for word in words {
                arguments.push(env.check(env.context().bigint_unsigned(*word))?);
            }
            env.help(Helper::BigIntFromWords, &arguments)
        })
    }

    fn napi_create_date(env: RawEnv, time: f64, result: *mut Value) {
        answer(env, result, |env| {
            env.ready()?;
            env.help(Helper::MakeDate, &[env.number(time)])
        })
    }

    fn napi_create_symbol(env: RawEnv, description: Value, result: *mut Value) {
        answer(env, result, |env| {
            let description = if description.is_null() {
                env.undefined()
            } else {
                expect(env, description, Type::String, Status::StringExpected)?
            };
            env.help(Helper::MakeSymbol, &[description])
        })
    }

    fn node_api_symbol_for(
        env: RawEnv, text: *const std::ffi::c_char, length: usize, result: *mut Value,
    ) {
        answer(env, result, |env| {
            let key = crate::strings::from_utf8(env, text, length)?;
            env.help(Helper::SymbolFor, &[key])
        })
    }

    fn napi_typeof(env: RawEnv, value: Value, result: *mut u32) {
        enter(env, |env| put(result, value_type(env, local(value)?)))
    }

    fn napi_get_value_double(env: RawEnv, value: Value, result: *mut f64) {
        enter(env, |env| put(result, number(env, value)?))
    }

    fn napi_get_value_int32(env: RawEnv, value: Value, result: *mut i32) {
        enter(env, |env| put(result, to_int32(number(env, value)?)))
    }

    fn napi_get_value_uint32(env: RawEnv, value: Value, result: *mut u32) {
        enter(env, |env| put(result, to_int32(number(env, value)?) as u32))
    }

    fn napi_get_value_int64(env: RawEnv, value: Value, result: *mut i64) {
        enter(env, |env| {
            let number = number(env, value)?;
            // What is not finite is zero; what is too large is held at the ends of the range.
            put(result, if number.is_finite() { number as i64 } else { 0 })
        })
    }

    fn napi_get_value_bool(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| {
            let value = expect(env, value, Type::Boolean, Status::BooleanExpected)?;
            put(result, env.context().to_boolean(value))
        })
    }

    fn napi_get_value_bigint_int64(
        env: RawEnv, value: Value, result: *mut i64, lossless: *mut bool,
    ) {
        enter(env, |env| {
            let value = expect(env, value, Type::BigInt, Status::BigIntExpected)?;
            let number = env.check(env.context().to_integer64(value))?;
            let back = env.check(env.context().bigint(number))?;
            put(lossless, env.context().same(value, back))?;
            put(result, number)
        })
    }

    fn napi_get_value_bigint_uint64(
        env: RawEnv, value: Value, result: *mut u64, lossless: *mut bool,
    ) {
        enter(env, |env| {
            let value = expect(env, value, Type::BigInt, Status::BigIntExpected)?;
            let number = env.check(env.context().to_integer64(value))? as u64;
            let back = env.check(env.context().bigint_unsigned(number))?;
            put(lossless, env.context().same(value, back))?;
            put(result, number)
        })
    }

    fn napi_get_value_bigint_words(
        env: RawEnv, value: Value, sign: *mut i32, count: *mut usize, words: *mut u64,
    ) {
        enter(env, |env| {
            let value = expect(env, value, Type::BigInt, Status::BigIntExpected)?;
            let list = env.help(Helper::BigIntToWords, &[value])?;
            let context = env.context();
            let length = env.check(context.get(list, "length"))?;
            let needed = context.as_number(length).unwrap_or(1.0) as usize - 1;
            if count.is_null() {
                return Err(Status::InvalidArgument);
            }
            if !words.is_null() {
                put(sign, i32::from(context.to_boolean(env.check(context.get_index(list, 0))?)))?;
                // SAFETY: the addon says how many words there is place for.
                let room = unsafe { *count };
                for index in 0..room.min(needed) {
                    let word = env.check(context.get_index(list, index as u32 + 1))?;
                    let word = env.check(context.to_integer64(word))? as u64;
                    // SAFETY: within the room.
                    unsafe { words.add(index).write(word) };
                }
            }
            put(count, needed)
        })
    }

    fn napi_get_date_value(env: RawEnv, value: Value, result: *mut f64) {
        enter(env, |env| {
            let value = local(value)?;
            // SAFETY: the value belongs to the engine.
            if !unsafe { sys::JSValueIsDate(env.js(), value.as_raw()) } {
                return Err(Status::DateExpected);
            }
            put(result, env.check(env.context().to_number(value))?)
        })
    }

    fn napi_coerce_to_bool(env: RawEnv, value: Value, result: *mut Value) {
        answer(env, result, |env| {
            Ok(env.context().boolean(env.context().to_boolean(local(value)?)))
        })
    }

    fn napi_coerce_to_number(env: RawEnv, value: Value, result: *mut Value) {
        answer(env, result, |env| {
            env.ready()?;
            Ok(env.number(env.check(env.context().to_number(local(value)?))?))
        })
    }

    fn napi_coerce_to_string(env: RawEnv, value: Value, result: *mut Value) {
        answer(env, result, |env| {
            env.ready()?;
            let value = local(value)?;
            if env.context().is_string(value) {
                return Ok(value);
            }
            let text = env.check(env.context().to_utf16(value))?;
            Ok(env.context().utf16(&text))
        })
    }

    fn napi_coerce_to_object(env: RawEnv, value: Value, result: *mut Value) {
        answer(env, result, |env| {
            env.ready()?;
            let value = local(value)?;
            if matches!(env.context().type_of(value), Type::Undefined | Type::Null) {
                return Err(Status::ObjectExpected);
            }
            env.help(Helper::ToObject, &[value])
        })
    }

    fn napi_strict_equals(env: RawEnv, one: Value, other: Value, result: *mut bool) {
        enter(env, |env| put(result, env.context().same(local(one)?, local(other)?)))
    }

    fn napi_is_array(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| put(result, env.context().is_array(local(value)?)))
    }

    fn napi_is_date(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| {
            let value = local(value)?;
            // SAFETY: the value belongs to the engine.
            put(result, unsafe { sys::JSValueIsDate(env.js(), value.as_raw()) })
        })
    }

    fn napi_is_error(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| put(result, truth(env, Helper::IsError, value)?))
    }

    fn napi_is_promise(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| put(result, truth(env, Helper::IsPromise, value)?))
    }

    fn napi_is_dataview(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| put(result, truth(env, Helper::IsDataView, value)?))
    }
}

/// A yes or no of napi.js about a value.
pub(crate) fn truth(env: &Env, helper: Helper, value: Value) -> Answer<bool> {
    let answer = env.help(helper, &[local(value)?])?;
    Ok(env.context().to_boolean(answer))
}

#[cfg(test)]
mod tests {
    use super::to_int32;

    #[test]
    fn numbers_wrap_to_32_bits_as_in_the_language() {
        assert_eq!(to_int32(-1.9), -1);
        assert_eq!(to_int32(4_294_967_296.0 + 5.0), 5);
        assert_eq!(to_int32(2_147_483_648.0), i32::MIN);
        assert_eq!(to_int32(f64::NAN), 0);
        assert_eq!(to_int32(f64::INFINITY), 0);
    }
}
