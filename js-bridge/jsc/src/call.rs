//! Making plain values, reading and writing properties, calling functions.

use dx_jsc_sys as sys;

use crate::{
    context::{Context, Outcome},
    fast,
    value::Local,
};

impl<'vm> Context<'vm> {
    /// `undefined`
    #[must_use]
    pub fn undefined(self) -> Local<'vm> {
        if fast::fast_paths().number_encoding {
            return Local::new(fast::ENCODED_UNDEFINED as sys::JSValueRef);
        }
        // SAFETY: the context is alive.
        Local::new(unsafe { sys::JSValueMakeUndefined(self.raw) })
    }

    /// `null`
    #[must_use]
    pub fn null(self) -> Local<'vm> {
        if fast::fast_paths().number_encoding {
            return Local::new(fast::ENCODED_NULL as sys::JSValueRef);
        }
        // SAFETY: the context is alive.
        Local::new(unsafe { sys::JSValueMakeNull(self.raw) })
    }

    /// A boolean.
    #[must_use]
    pub fn boolean(self, boolean: bool) -> Local<'vm> {
        if fast::fast_paths().number_encoding {
            let encoded = if boolean { fast::ENCODED_TRUE } else { fast::ENCODED_FALSE };
            return Local::new(encoded as sys::JSValueRef);
        }
        // SAFETY: the context is alive.
        Local::new(unsafe { sys::JSValueMakeBoolean(self.raw, boolean) })
    }

    /// A number.
    #[must_use]
    pub fn number(self, number: f64) -> Local<'vm> {
        if fast::fast_paths().number_encoding {
            return Local::new(fast::encode(number) as sys::JSValueRef);
        }
        // SAFETY: the context is alive.
        Local::new(unsafe { sys::JSValueMakeNumber(self.raw, number) })
    }

    /// A bigint.
    ///
    /// # Errors
    /// The engine's exception when memory runs out.
    pub fn bigint(self, integer: i64) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        // SAFETY: the context is alive.
        let value = unsafe { sys::JSBigIntCreateWithInt64(self.raw, integer, &mut exception) };
        Self::outcome(value, exception)
    }

    /// A bigint from an unsigned integer.
    ///
    /// # Errors
    /// As [`Context::bigint`].
    pub fn bigint_unsigned(self, integer: u64) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        // SAFETY: the context is alive.
        let value = unsafe { sys::JSBigIntCreateWithUInt64(self.raw, integer, &mut exception) };
        Self::outcome(value, exception)
    }

    /// An empty plain object.
    #[must_use]
    pub fn object(self) -> Local<'vm> {
        // SAFETY: the context is alive.
        let object =
            unsafe { sys::JSObjectMake(self.raw, std::ptr::null_mut(), std::ptr::null_mut()) };
        Local::new(object)
    }

    /// An empty array.
    ///
    /// # Errors
    /// The engine's exception when memory runs out.
    pub fn array(self) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        // SAFETY: the context is alive; no arguments are read.
        let array =
            unsafe { sys::JSObjectMakeArray(self.raw, 0, std::ptr::null(), &mut exception) };
        Self::outcome(array, exception)
    }

    /// An array of values, made in one step.
    ///
    /// # Errors
    /// The engine's exception when memory is out.
    pub fn array_of(self, values: &[Local<'vm>]) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        // SAFETY: `Local` is one pointer wide, so the slice is an array of values, which lies
        // on the stack as locals must.
        let array = unsafe {
            let first = values.as_ptr().cast();
            sys::JSObjectMakeArray(self.raw, values.len(), first, &mut exception)
        };
        Self::outcome(array, exception)
    }

    /// An `Error` with a message.
    #[must_use]
    pub fn error(self, message: &str) -> Local<'vm> {
        let message = self.string(message).raw;
        let mut exception = std::ptr::null();
        // SAFETY: one argument, on the stack.
        let error = unsafe { sys::JSObjectMakeError(self.raw, 1, &message, &mut exception) };
        if exception.is_null() { Local::new(error) } else { Local::new(exception) }
    }

    /// A boolean by JavaScript's truthiness.
    #[must_use]
    pub fn to_boolean(self, value: Local<'vm>) -> bool {
        if fast::fast_paths().number_encoding {
            match value.raw as u64 {
                fast::ENCODED_TRUE => return true,
                fast::ENCODED_FALSE | fast::ENCODED_UNDEFINED | fast::ENCODED_NULL => return false,
                _ => {}
            }
        }
        // SAFETY: the value belongs to the machine.
        unsafe { sys::JSValueToBoolean(self.raw, value.raw) }
    }

    /// The number a value is, without converting it; `None` where it is not a number.
    #[must_use]
    pub fn as_number(self, value: Local<'vm>) -> Option<f64> {
        if fast::fast_paths().number_encoding {
            return fast::decode(value.raw as u64);
        }
        // SAFETY: the value belongs to the machine; a number converts without running code.
        unsafe {
            (sys::JSValueGetType(self.raw, value.raw) == sys::kJSTypeNumber)
                .then(|| sys::JSValueToNumber(self.raw, value.raw, std::ptr::null_mut()))
        }
    }

    /// A number by JavaScript's conversion, which may run JavaScript.
    ///
    /// # Errors
    /// What the conversion throws.
    pub fn to_number(self, value: Local<'vm>) -> Result<f64, Local<'vm>> {
        if let Some(number) = self.as_number(value) {
            return Ok(number);
        }
        let mut exception = std::ptr::null();
        // SAFETY: the value belongs to the machine.
        let number = unsafe { sys::JSValueToNumber(self.raw, value.raw, &mut exception) };
        if exception.is_null() { Ok(number) } else { Err(Local::new(exception)) }
    }

    /// A 64-bit integer from a bigint or a number, wrapped.
    ///
    /// # Errors
    /// What the conversion throws.
    pub fn to_integer64(self, value: Local<'vm>) -> Result<i64, Local<'vm>> {
        let mut exception = std::ptr::null();
        // SAFETY: the value belongs to the machine.
        let integer = unsafe { sys::JSValueToInt64(self.raw, value.raw, &mut exception) };
        if exception.is_null() { Ok(integer) } else { Err(Local::new(exception)) }
    }

    /// Whether two values are the same by `===`.
    #[must_use]
    pub fn same(self, one: Local<'vm>, other: Local<'vm>) -> bool {
        // SAFETY: both belong to the machine.
        unsafe { sys::JSValueIsStrictEqual(self.raw, one.raw, other.raw) }
    }

    /// A property of an object.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn get(self, object: Local<'vm>, name: &str) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        let value = self.with_api_string(name, |name| {
            // SAFETY: the name is alive during the call.
            unsafe { sys::JSObjectGetProperty(self.raw, object.object(), name, &mut exception) }
        });
        Self::outcome(value, exception)
    }

    /// Sets a property of an object.
    ///
    /// # Errors
    /// What a setter throws.
    pub fn set(self, object: Local<'vm>, name: &str, value: Local<'vm>) -> Result<(), Local<'vm>> {
        let mut exception = std::ptr::null();
        self.with_api_string(name, |name| {
            // SAFETY: the name is alive during the call.
            unsafe {
                sys::JSObjectSetProperty(
                    self.raw,
                    object.object(),
                    name,
                    value.raw,
                    sys::kJSPropertyAttributeNone,
                    &mut exception,
                );
            }
        });
        Self::outcome(std::ptr::null(), exception).map(|_| ())
    }

    /// An element of an array or indexed object.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn get_index(self, object: Local<'vm>, index: u32) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        // SAFETY: the object belongs to the machine.
        let value = unsafe {
            sys::JSObjectGetPropertyAtIndex(self.raw, object.object(), index, &mut exception)
        };
        Self::outcome(value, exception)
    }

    /// Sets an element of an array or indexed object.
    ///
    /// # Errors
    /// What a setter throws.
    pub fn set_index(
        self,
        object: Local<'vm>,
        index: u32,
        value: Local<'vm>,
    ) -> Result<(), Local<'vm>> {
        let mut exception = std::ptr::null();
        // SAFETY: both belong to the machine.
        unsafe {
            sys::JSObjectSetPropertyAtIndex(
                self.raw,
                object.object(),
                index,
                value.raw,
                &mut exception,
            );
        }
        Self::outcome(std::ptr::null(), exception).map(|_| ())
    }

    /// Calls a function with `undefined` (in sloppy functions the global object) as `this`.
    ///
    /// # Errors
    /// What it throws.
    pub fn call(self, function: Local<'vm>, arguments: &[Local<'vm>]) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        // SAFETY: `Local` is one pointer wide, so the slice is an array of values, which lies
        // on the stack as locals must.
        let value = unsafe {
            sys::JSObjectCallAsFunction(
                self.raw,
                function.object(),
                std::ptr::null_mut(),
                arguments.len(),
                arguments.as_ptr().cast(),
                &mut exception,
            )
        };
        Self::outcome(value, exception)
    }

    /// Calls a function with `this` set; a `this` that is no object is as in [`Context::call`].
    ///
    /// # Errors
    /// What it throws.
    pub fn call_with(
        self,
        function: Local<'vm>,
        this: Local<'vm>,
        arguments: &[Local<'vm>],
    ) -> Outcome<'vm> {
        if self.type_of(this) != crate::Type::Object {
            return self.call(function, arguments);
        }
        let mut exception = std::ptr::null();
        // SAFETY: as `call`; `this` is an object of the machine.
        let value = unsafe {
            sys::JSObjectCallAsFunction(
                self.raw,
                function.object(),
                this.object(),
                arguments.len(),
                arguments.as_ptr().cast(),
                &mut exception,
            )
        };
        Self::outcome(value, exception)
    }

    /// Calls a constructor.
    ///
    /// # Errors
    /// What it throws.
    pub fn construct(self, constructor: Local<'vm>, arguments: &[Local<'vm>]) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        // SAFETY: as `call`.
        let value = unsafe {
            sys::JSObjectCallAsConstructor(
                self.raw,
                constructor.object(),
                arguments.len(),
                arguments.as_ptr().cast(),
                &mut exception,
            )
        };
        Self::outcome(value, exception)
    }
}
