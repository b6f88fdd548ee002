//! Objects: properties, prototypes, arrays, type tags.

use std::ffi::{CStr, c_char, c_void};

use dx_jsc::Local;
use dx_jsc_sys as sys;

use crate::{
    env::{Answer, Callback, Env, Helper, RawEnv, Value, answer, enter, local, put, put_optional},
    functions,
    status::Status,
    values::object,
};

/// `napi_property_descriptor`
#[repr(C)]
pub(crate) struct PropertyDescriptor {
    utf8_name: *const c_char,
    name: Value,
    method: Option<Callback>,
    getter: Option<Callback>,
    setter: Option<Callback>,
    value: Value,
    /// `napi_property_attributes`
    pub(crate) attributes: u32,
    data: *mut c_void,
}

/// `napi_static`
pub(crate) const STATIC: u32 = 1 << 10;

/// `napi_type_tag`
#[repr(C)]
pub(crate) struct TypeTag {
    lower: u64,
    upper: u64,
}

/// A property's name as the addon passes it.
///
/// # Safety
/// `name` is null or ends in NUL.
unsafe fn name_of<'a>(name: *const c_char) -> Answer<std::borrow::Cow<'a, str>> {
    if name.is_null() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the caller's promise.
    Ok(unsafe { CStr::from_ptr(name) }.to_string_lossy())
}

/// Defines what a descriptor describes on `target`.
pub(crate) fn define(
    env: &'static Env,
    target: Local<'static>,
    property: &PropertyDescriptor,
) -> Answer {
    let (key, name) = if property.utf8_name.is_null() {
        (local(property.name)?, std::borrow::Cow::Borrowed(""))
    } else {
        // SAFETY: the addon's string ends in NUL.
        let name = unsafe { name_of(property.utf8_name) }?;
        (env.context().string(&name), name)
    };
    let function = |callback: Option<Callback>| {
        callback.map_or(Ok(env.undefined()), |callback| {
            functions::make(env, &name, callback, property.data)
        })
    };
    let value = if property.method.is_some() {
        function(property.method)?
    } else {
        crate::env::optional(env, property.value)
    };
    let (getter, setter) = (function(property.getter)?, function(property.setter)?);
    let attributes = env.number(f64::from(property.attributes));
    env.help(Helper::DefineProperty, &[target, key, attributes, value, getter, setter])?;
    Ok(())
}

/// The descriptors the addon passes.
///
/// # Safety
/// `properties` points to `count` of them.
pub(crate) unsafe fn descriptors<'a>(
    count: usize,
    properties: *const PropertyDescriptor,
) -> Answer<&'a [PropertyDescriptor]> {
    match (count, properties.is_null()) {
        (0, _) => Ok(&[]),
        (_, true) => Err(Status::InvalidArgument),
        // SAFETY: the caller's promise.
        (count, false) => Ok(unsafe { std::slice::from_raw_parts(properties, count) }),
    }
}

fn get_for_key(env: &Env, target: Local<'_>, key: Local<'_>) -> Answer<Local<'static>> {
    let mut exception = std::ptr::null();
    // SAFETY: both belong to the engine.
    let value = unsafe {
        let target = target.as_raw().cast_mut();
        sys::JSObjectGetPropertyForKey(env.js(), target, key.as_raw(), &mut exception)
    };
    thrown(env, exception)?;
    local(value)
}

fn thrown(env: &Env, exception: Value) -> Answer {
    match local(exception) {
        Ok(exception) => env.check(Err(exception)),
        Err(_) => Ok(()),
    }
}

fn asked(
    env: RawEnv,
    helper: Helper,
    target: Value,
    key: Value,
    check_key: bool,
) -> impl FnOnce(*mut bool) -> Status {
    move |result| {
        enter(env, |env| {
            env.ready()?;
            let (target, key) = (object(env, target)?, local(key)?);
            let kind = env.context().type_of(key);
            if check_key && !matches!(kind, dx_jsc::Type::String | dx_jsc::Type::Symbol) {
                return Err(Status::NameExpected);
            }
            let answer = env.help(helper, &[target, key])?;
            put(result, env.context().to_boolean(answer))
        })
    }
}

exported! {
    fn napi_create_object(env: RawEnv, result: *mut Value) {
        answer(env, result, |env| Ok(env.context().object()))
    }

    fn napi_create_array(env: RawEnv, result: *mut Value) {
        answer(env, result, |env| env.check(env.context().array()))
    }

    fn napi_create_array_with_length(env: RawEnv, length: usize, result: *mut Value) {
        answer(env, result, |env| env.help(Helper::MakeArray, &[env.number(length as f64)]))
    }

    fn napi_get_array_length(env: RawEnv, value: Value, result: *mut u32) {
        enter(env, |env| {
            let list = local(value)?;
            if !env.context().is_array(list) {
                return Err(Status::ArrayExpected);
            }
            let length = env.check(env.context().get(list, "length"))?;
            put(result, env.context().as_number(length).unwrap_or(0.0) as u32)
        })
    }

    fn napi_get_prototype(env: RawEnv, value: Value, result: *mut Value) {
        answer(env, result, |env| {
            let target = object(env, value)?;
            // SAFETY: the value is an object of the engine.
            local(unsafe { sys::JSObjectGetPrototype(env.js(), target.as_raw().cast_mut()) })
        })
    }

    fn node_api_set_prototype(env: RawEnv, value: Value, prototype: Value) {
        enter(env, |env| {
            let (target, prototype) = (object(env, value)?, local(prototype)?);
            // SAFETY: both belong to the engine.
            unsafe {
                let target = target.as_raw().cast_mut();
                sys::JSObjectSetPrototype(env.js(), target, prototype.as_raw());
            }
            Ok(())
        })
    }

    fn napi_set_property(env: RawEnv, target: Value, key: Value, value: Value) {
        enter(env, |env| {
            env.ready()?;
            let (target, key, value) = (object(env, target)?, local(key)?, local(value)?);
            let mut exception = std::ptr::null();
            // SAFETY: all belong to the engine.
            unsafe {
                sys::JSObjectSetPropertyForKey(
                    env.js(),
                    target.as_raw().cast_mut(),
                    key.as_raw(),
                    value.as_raw(),
                    sys::kJSPropertyAttributeNone,
                    &mut exception,
                );
            }
            thrown(env, exception)
        })
    }

    fn napi_get_property(env: RawEnv, target: Value, key: Value, result: *mut Value) {
        answer(env, result, |env| {
            env.ready()?;
            get_for_key(env, env.help(Helper::ToObject, &[local(target)?])?, local(key)?)
        })
    }

    fn napi_has_property(env: RawEnv, target: Value, key: Value, result: *mut bool) {
        asked(env, Helper::Has, target, key, false)(result)
    }

    fn napi_has_own_property(env: RawEnv, target: Value, key: Value, result: *mut bool) {
        asked(env, Helper::HasOwn, target, key, true)(result)
    }

    fn napi_delete_property(env: RawEnv, target: Value, key: Value, result: *mut bool) {
        enter(env, |env| {
            env.ready()?;
            let answer = env.help(Helper::Delete, &[object(env, target)?, local(key)?])?;
            put_optional(result, env.context().to_boolean(answer));
            Ok(())
        })
    }

    fn napi_set_named_property(
        env: RawEnv, target: Value, name: *const c_char, value: Value,
    ) {
        enter(env, |env| {
            env.ready()?;
            // SAFETY: the addon's string ends in NUL.
            let name = unsafe { name_of(name) }?;
            env.check(env.context().set(object(env, target)?, &name, local(value)?))
        })
    }

    fn napi_get_named_property(
        env: RawEnv, target: Value, name: *const c_char, result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            // SAFETY: the addon's string ends in NUL.
            let name = unsafe { name_of(name) }?;
            let target = env.help(Helper::ToObject, &[local(target)?])?;
            env.check(env.context().get(target, &name))
        })
    }

    fn napi_has_named_property(
        env: RawEnv, target: Value, name: *const c_char, result: *mut bool,
    ) {
        enter(env, |env| {
            env.ready()?;
            // SAFETY: the addon's string ends in NUL.
            let key = env.context().string(&unsafe { name_of(name) }?);
            let answer = env.help(Helper::Has, &[object(env, target)?, key])?;
            put(result, env.context().to_boolean(answer))
        })
    }

    fn napi_set_element(env: RawEnv, target: Value, index: u32, value: Value) {
        enter(env, |env| {
            env.ready()?;
            env.check(env.context().set_index(object(env, target)?, index, local(value)?))
        })
    }

    fn napi_get_element(env: RawEnv, target: Value, index: u32, result: *mut Value) {
        answer(env, result, |env| {
            env.ready()?;
            env.check(env.context().get_index(object(env, target)?, index))
        })
    }

    fn napi_has_element(env: RawEnv, target: Value, index: u32, result: *mut bool) {
        enter(env, |env| {
            let key = env.number(f64::from(index));
            let answer = env.help(Helper::Has, &[object(env, target)?, key])?;
            put(result, env.context().to_boolean(answer))
        })
    }

    fn napi_delete_element(env: RawEnv, target: Value, index: u32, result: *mut bool) {
        enter(env, |env| {
            let key = env.number(f64::from(index));
            let answer = env.help(Helper::Delete, &[object(env, target)?, key])?;
            put_optional(result, env.context().to_boolean(answer));
            Ok(())
        })
    }

    fn napi_get_property_names(env: RawEnv, target: Value, result: *mut Value) {
        // Enumerable, no symbols, along the prototypes, numbers as strings.
        answer(env, result, |env| names(env, target, 0, 2 | 16, 1))
    }

    fn napi_get_all_property_names(
        env: RawEnv, target: Value, mode: u32, filter: u32, conversion: u32, result: *mut Value,
    ) {
        answer(env, result, |env| names(env, target, mode, filter, conversion))
    }

    fn napi_define_properties(
        env: RawEnv, target: Value, count: usize, properties: *const PropertyDescriptor,
    ) {
        enter(env, |env| {
            env.ready()?;
            let target = object(env, target)?;
            // SAFETY: the addon passes `count` descriptors.
            let properties = unsafe { descriptors(count, properties) }?;
            properties.iter().try_for_each(|property| define(env, target, property))
        })
    }

    fn napi_object_freeze(env: RawEnv, target: Value) {
        enter(env, |env| {
            let frozen = env.context().boolean(true);
            env.help(Helper::Freeze, &[object(env, target)?, frozen]).map(|_| ())
        })
    }

    fn napi_object_seal(env: RawEnv, target: Value) {
        enter(env, |env| {
            let frozen = env.context().boolean(false);
            env.help(Helper::Freeze, &[object(env, target)?, frozen]).map(|_| ())
        })
    }

    fn napi_instanceof(env: RawEnv, value: Value, constructor: Value, result: *mut bool) {
        enter(env, |env| {
            env.ready()?;
            let constructor = local(constructor)?;
            if !env.context().is_function(constructor) {
                let error = [env.number(1.0), env.context().string("ERR_NAPI_CONS_FUNCTION"),
                    env.context().string("Constructor must be a function")];
                let error = env.help(Helper::CreateError, &error)?;
                return env.check(Err(error));
            }
            let answer = env.help(Helper::InstanceOf, &[local(value)?, constructor])?;
            put(result, env.context().to_boolean(answer))
        })
    }

    fn napi_type_tag_object(env: RawEnv, target: Value, tag: *const TypeTag) {
        enter(env, |env| {
            let tagged = env.help(Helper::SetTag, &[object(env, target)?, tag_text(env, tag)?])?;
            if env.context().to_boolean(tagged) { Ok(()) } else { Err(Status::InvalidArgument) }
        })
    }

    fn napi_check_object_type_tag(
        env: RawEnv, target: Value, tag: *const TypeTag, result: *mut bool,
    ) {
        enter(env, |env| {
            let same = env.help(Helper::HasTag, &[object(env, target)?, tag_text(env, tag)?])?;
            put(result, env.context().to_boolean(same))
        })
    }
}

fn names(
    env: &'static Env,
    target: Value,
    mode: u32,
    filter: u32,
    conversion: u32,
) -> Answer<Local<'static>> {
    env.ready()?;
    let number = |number: u32| env.number(f64::from(number));
    let target = object(env, target)?;
    env.help(Helper::PropertyNames, &[target, number(mode), number(filter), number(conversion)])
}

fn tag_text(env: &Env, tag: *const TypeTag) -> Answer<Local<'static>> {
    // SAFETY: the addon passes a tag.
    let tag = unsafe { tag.as_ref() }.ok_or(Status::InvalidArgument)?;
    Ok(env.context().string(&format!("{:x}-{:x}", tag.lower, tag.upper)))
}
