//! The global context: evaluating scripts, making values, taking them apart.

use std::{marker::PhantomData, rc::Rc};

use dx_jsc_sys as sys;

use crate::{
    cells, fast,
    function::{self, Invocation, NativeResult},
    heap,
    value::{Local, PromiseState, Type},
    vm::{self, HeapStatistics, VmInner},
};

/// A machine's global context, for as long as its lock is held.
#[derive(Clone, Copy)]
pub struct Context<'vm> {
    pub(crate) raw: sys::JSContextRef,
    _vm: PhantomData<&'vm VmInner>,
}

/// What evaluating or calling answers: a value, or the exception.
pub(crate) type Outcome<'vm> = Result<Local<'vm>, Local<'vm>>;

impl<'vm> Context<'vm> {
    pub(crate) fn from_raw(raw: sys::JSContextRef) -> Self {
        Self { raw, _vm: PhantomData }
    }

    /// The engine's own pointer, for calls of its C API.
    #[must_use]
    pub fn as_raw(self) -> sys::JSContextRef {
        self.raw
    }

    /// The context behind a pointer of the engine's.
    ///
    /// # Safety
    /// The context is alive for `'vm`, and it is used on its machine's thread only, inside a
    /// call of or by the engine.
    #[must_use]
    pub unsafe fn from_raw_parts(raw: sys::JSContextRef) -> Self {
        Self::from_raw(raw)
    }

    pub(crate) fn inner(self) -> Rc<VmInner> {
        vm::current()
    }

    pub(crate) fn outcome(value: sys::JSValueRef, exception: sys::JSValueRef) -> Outcome<'vm> {
        if exception.is_null() { Ok(Local::new(value)) } else { Err(Local::new(exception)) }
    }

    /// The global object.
    #[must_use]
    pub fn global(self) -> Local<'vm> {
        // SAFETY: the context is alive.
        Local::new(unsafe { sys::JSContextGetGlobalObject(self.raw) })
    }

    /// Evaluates a script; line numbers start at `first_line`.
    ///
    /// # Errors
    /// The exception it throws, a `SyntaxError` included.
    pub fn evaluate(self, source: &str, url: &str, first_line: i32) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        let value = self.with_api_string(source, |source| {
            self.with_api_string(url, |url| {
                // SAFETY: the strings are alive during the call, and the context is.
                unsafe {
                    sys::JSEvaluateScript(
                        self.raw,
                        source,
                        std::ptr::null_mut(),
                        url,
                        first_line,
                        &mut exception,
                    )
                }
            })
        });
        Self::outcome(value, exception)
    }

    /// Evaluates a script whose text lives for ever and is ASCII, without copying it. (As a
    /// `JSScript` the engine would parse it once more, only to say whether it can.)
    ///
    /// # Errors
    /// The exception it throws, a `SyntaxError` included.
    pub fn evaluate_static(self, source: &'static str, url: &str) -> Outcome<'vm> {
        self.evaluate_static_as(source, std::ptr::null_mut(), url)
    }

    /// As [`Context::evaluate_static`], with `this` as the script's `this`.
    ///
    /// # Errors
    /// As [`Context::evaluate_static`].
    pub fn evaluate_static_with_this(
        self,
        source: &'static str,
        this: Local<'vm>,
        url: &str,
    ) -> Outcome<'vm> {
        self.evaluate_static_as(source, this.object(), url)
    }

    fn evaluate_static_as(
        self,
        source: &'static str,
        this: sys::JSObjectRef,
        url: &str,
    ) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        let value = self.with_static_api_string(source, |source| {
            self.with_api_string(url, |url| {
                // SAFETY: the strings are alive during the call, and the context is; a null object
                // stands for the global one.
                unsafe { sys::JSEvaluateScript(self.raw, source, this, url, 1, &mut exception) }
            })
        });
        Self::outcome(value, exception)
    }

    /// A function that runs `closure`; kept until the machine is torn down.
    #[must_use]
    pub fn function(
        self,
        name: &str,
        closure: impl for<'a> Fn(&mut Invocation<'a>) -> NativeResult<'a> + 'static,
    ) -> Local<'vm> {
        let inner = self.inner();
        let index = inner.add_function(Box::new(closure));
        function::make_function(self, &inner, name, index)
    }

    /// Has `function(promise, reason)` called for each rejection that nothing handles by the
    /// time the microtask queue is empty.
    ///
    /// # Errors
    /// When `function` is not a function.
    pub fn set_unhandled_rejection_callback(self, function: Local<'vm>) -> Result<(), Local<'vm>> {
        let mut exception = std::ptr::null();
        // SAFETY: the context is a global one, and alive.
        unsafe {
            sys::JSGlobalContextSetUnhandledRejectionCallback(
                self.raw.cast_mut(),
                function.object(),
                &mut exception,
            );
        }
        Self::outcome(std::ptr::null(), exception).map(|_| ())
    }

    /// Runs microtasks until none is left. Returns whether it could: without the engine's
    /// exported function they only drain when the outermost lock is released.
    #[must_use]
    pub fn drain_microtasks(self) -> bool {
        let Some(drain) = fast::fast_paths().drain_microtasks else { return false };
        // SAFETY: the lock is held; the group is the machine.
        unsafe { drain(vm::group(self).cast()) };
        true
    }

    /// The state of a promise, and its value or reason once settled. `Unknown` for anything
    /// else, and where the engine's exported functions are missing.
    #[must_use]
    pub fn promise_state(self, promise: Local<'vm>) -> (PromiseState, Local<'vm>) {
        let Some((status, result, cell_type)) = fast::promises(self.raw) else {
            return (PromiseState::Unknown, self.undefined());
        };
        // SAFETY: the value is a live object.
        let is_promise = self.type_of(promise) == Type::Object
            && unsafe { fast::cell_type(promise.raw) } == cell_type;
        if !is_promise {
            return (PromiseState::Unknown, self.undefined());
        }
        let machine = vm::group(self).cast();
        // SAFETY: the cell's type says that it is a promise; the lock is held.
        match unsafe { status(promise.raw, machine) } {
            0 => (PromiseState::Pending, self.undefined()),
            // SAFETY: as above.
            1 => (PromiseState::Fulfilled, Local::new(unsafe { result(promise.raw, machine) })),
            // SAFETY: as above.
            _ => (PromiseState::Rejected, Local::new(unsafe { result(promise.raw, machine) })),
        }
    }

    /// Whether a rejected promise has a handler by now. `false` for anything else, and where the
    /// engine's layout is unknown.
    #[must_use]
    pub fn is_promise_handled(self, promise: Local<'vm>) -> bool {
        if self.promise_state(promise).0 != PromiseState::Rejected {
            return false;
        }
        // SAFETY: the value is a promise.
        fast::handled_bit(self.raw).is_some_and(|bit| unsafe { bit.is_set(promise.raw) })
    }

    /// Collects garbage now.
    pub fn collect_garbage(self) {
        // SAFETY: the context is alive.
        unsafe { sys::JSSynchronousGarbageCollectForDebugging(self.raw) };
    }

    /// Gives the system back what the engine's allocator keeps free.
    pub fn return_memory(self) {
        fast::return_memory();
    }

    /// Tells the collector of `bytes` outside its heap that a value keeps alive.
    pub fn report_extra_memory(self, bytes: usize) {
        // SAFETY: the context is alive.
        unsafe { sys::JSReportExtraMemoryCost(self.raw, bytes) };
    }

    /// Has the next collection come as if `bytes` more had been allocated, nothing of which lives.
    pub fn hasten_collection(self, bytes: usize) {
        heap::hasten_collection(self, bytes);
    }

    /// The heap's figures. Without the engine's exported functions it walks the heap:
    /// milliseconds on a large one.
    #[must_use]
    pub fn heap_statistics(self) -> HeapStatistics {
        if let Some(statistics) = heap::statistics(self) {
            return statistics;
        }
        // SAFETY: the context is alive.
        let object = Local::new(unsafe { sys::JSGetMemoryUsageStatistics(self.raw) });
        let field =
            |name| self.get(object, name).map_or(0.0, |value| self.to_number(value).unwrap_or(0.0));
        HeapStatistics {
            size: field("heapSize") as usize,
            capacity: field("heapCapacity") as usize,
            extra: field("extraMemorySize") as usize,
        }
    }

    /// The heap's figures as the engine gives them: an object that also counts objects by type.
    /// Walks the heap: milliseconds on a large one.
    #[must_use]
    pub fn memory_statistics(self) -> Local<'vm> {
        // SAFETY: the context is alive.
        Local::new(unsafe { sys::JSGetMemoryUsageStatistics(self.raw) })
    }

    /// The JavaScript type of a value.
    #[must_use]
    pub fn type_of(self, value: Local<'vm>) -> Type {
        if let Some(known) = cells::type_of(value.raw) {
            return known;
        }
        // SAFETY: the value belongs to the context's machine.
        match unsafe { sys::JSValueGetType(self.raw, value.raw) } {
            sys::kJSTypeUndefined => Type::Undefined,
            sys::kJSTypeNull => Type::Null,
            sys::kJSTypeBoolean => Type::Boolean,
            sys::kJSTypeNumber => Type::Number,
            sys::kJSTypeString => Type::String,
            sys::kJSTypeSymbol => Type::Symbol,
            sys::kJSTypeBigInt => Type::BigInt,
            _ => Type::Object,
        }
    }

    /// Whether a value is an object that can be called.
    #[must_use]
    pub fn is_function(self, value: Local<'vm>) -> bool {
        self.type_of(value) == Type::Object
            // SAFETY: the value is an object.
            && unsafe { sys::JSObjectIsFunction(self.raw, value.object()) }
    }

    /// Whether a value is an array.
    #[must_use]
    pub fn is_array(self, value: Local<'vm>) -> bool {
        // SAFETY: the value belongs to the context's machine.
        unsafe { sys::JSValueIsArray(self.raw, value.raw) }
    }

    /// What a proxy stands for; `None` where the value is no proxy.
    #[must_use]
    pub fn proxy_target(self, value: Local<'vm>) -> Option<Local<'vm>> {
        if self.type_of(value) != Type::Object {
            return None;
        }
        // SAFETY: the value is an object.
        let target = unsafe { sys::JSObjectGetProxyTarget(value.object()) };
        (!target.is_null()).then(|| Local::new(target))
    }

    /// The handler of a proxy; `None` for anything else, for a proxy that was revoked, and where
    /// the engine's layout is unknown.
    #[must_use]
    pub fn proxy_handler(self, value: Local<'vm>) -> Option<Local<'vm>> {
        self.proxy_target(value)?;
        if !fast::knows_proxies(self.raw) {
            return None;
        }
        // SAFETY: what has a target is a proxy.
        let handler = unsafe { fast::proxy_handler(value.raw) };
        (!handler.is_null()).then(|| Local::new(handler))
    }
}
