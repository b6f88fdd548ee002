//! Further global contexts in the machine, for programs that evaluate code apart from their own.
//!
//! A realm is named by its global object, and lives as long as that does: native code keeps no
//! count of its own. A *contextified* realm stands before an object, its sandbox: reading,
//! writing and deleting of globals go to the sandbox first. The global object keeps its sandbox
//! alive; whoever makes a realm for a sandbox remembers the way from there to the global object.
//!
//! Calls of the engine for such properties drop its lock, so each takes it again. They tell names
//! as strings, symbols by their description: well-known symbols are known by theirs; a symbol of
//! the program's is taken for the string that describes it. That is why programs are given a
//! *face* to see in place of the global object: an object that knows better.

use std::{cell::Cell, ffi::c_void, sync::OnceLock};

use dx_jsc_sys as sys;

use crate::{
    context::{Context, Outcome},
    value::Local,
    vm,
};

/// What a realm's global object keeps.
struct Realm {
    context: sys::JSGlobalContextRef,
    /// The machine's own context, in which the sandbox is looked at.
    main: sys::JSGlobalContextRef,
    /// Kept alive by a private property of the global object; null where there is none.
    sandbox: sys::JSObjectRef,
    /// What programs see in place of the global object; kept alive as the sandbox is.
    face: Cell<sys::JSObjectRef>,
    /// A function that sets a property of the sandbox or throws; kept alive as the sandbox is.
    assign: Cell<sys::JSObjectRef>,
    /// Whether a script in strict mode runs: its assignments to what is read-only throw.
    is_strict: Cell<bool>,
}

/// The classes of global objects: apart, and with a sandbox.
struct Classes {
    plain: sys::JSClassRef,
    contextified: sys::JSClassRef,
}

// SAFETY: classes are immutable and their counts atomic.
unsafe impl Send for Classes {}
// SAFETY: as above.
unsafe impl Sync for Classes {}

fn classes() -> &'static Classes {
    static CLASSES: OnceLock<Classes> = OnceLock::new();
    CLASSES.get_or_init(|| {
        let plain = definition();
        let contextified = sys::JSClassDefinition {
            hasProperty: Some(has_property),
            getProperty: Some(get_property),
            setProperty: Some(set_property),
            deleteProperty: Some(delete_property),
            getPropertyNames: Some(property_names),
            ..definition()
        };
        // SAFETY: the definitions are read during the calls only.
        unsafe {
            Classes {
                plain: sys::JSClassCreate(&plain),
                contextified: sys::JSClassCreate(&contextified),
            }
        }
    })
}

fn definition() -> sys::JSClassDefinition {
    sys::JSClassDefinition {
        version: 0,
        attributes: sys::kJSClassAttributeNone,
        className: c"Object".as_ptr(),
        parentClass: std::ptr::null_mut(),
        staticValues: std::ptr::null(),
        staticFunctions: std::ptr::null(),
        initialize: std::ptr::null(),
        finalize: Some(finalize),
        hasProperty: None,
        getProperty: None,
        setProperty: None,
        deleteProperty: None,
        getPropertyNames: None,
        callAsFunction: None,
        callAsConstructor: std::ptr::null(),
        hasInstance: std::ptr::null(),
        convertToType: std::ptr::null(),
    }
}

unsafe extern "C" fn finalize(object: sys::JSObjectRef) {
    // SAFETY: the private data is the realm that `make_realm` boxed, or null; it is taken once,
    // because an object is finalised once.
    unsafe {
        let realm = sys::JSObjectGetPrivate(object).cast::<Realm>();
        if !realm.is_null() {
            drop(Box::from_raw(realm));
        }
    }
}

// ---- The sandbox before the global object ----------------------------------------------------

/// A property's key: its name, or the well-known symbol that the name describes.
#[derive(Clone, Copy)]
enum Key {
    Name(sys::JSStringRef),
    Symbol(sys::JSValueRef),
}

/// The lock, held for as long as a call from the engine asks about a sandbox.
struct Sandbox {
    main: sys::JSGlobalContextRef,
    object: sys::JSObjectRef,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // SAFETY: taken by `sandbox_of`.
        unsafe { sys::JSUnlock(self.main) };
    }
}

/// The sandbox of a global object; `None` while the object is being made.
///
/// # Safety
/// `global` is an object of the contextified class, and the engine is calling.
unsafe fn sandbox_of(global: sys::JSObjectRef) -> Option<Sandbox> {
    // SAFETY: the private data is the object's realm or null.
    unsafe {
        let realm = sys::JSObjectGetPrivate(global).cast::<Realm>().as_ref()?;
        sys::JSLock(realm.main);
        Some(Sandbox { main: realm.main, object: realm.sandbox })
    }
}

/// Shortest and longest description of a well-known symbol.
const DESCRIPTION_LENGTHS: std::ops::RangeInclusive<usize> = 12..=25;

impl Sandbox {
    /// The key a name stands for.
    fn key(&self, name: sys::JSStringRef) -> Key {
        // SAFETY: the engine keeps the name alive during its call.
        let length = unsafe { sys::JSStringGetLength(name) };
        if !DESCRIPTION_LENGTHS.contains(&length) {
            return Key::Name(name);
        }
        // SAFETY: as above; the characters are as many as the length.
        let units =
            unsafe { std::slice::from_raw_parts(sys::JSStringGetCharactersPtr(name), length) };
        let is_symbol = units.iter().copied().zip("Symbol.".encode_utf16()).all(|(a, b)| a == b);
        let symbol = if is_symbol { self.well_known(&units["Symbol.".len()..]) } else { None };
        symbol.map_or(Key::Name(name), Key::Symbol)
    }

    fn well_known(&self, name: &[u16]) -> Option<sys::JSValueRef> {
        let name = String::from_utf16(name).ok()?;
        let context = Context::from_raw(self.main);
        let symbol = context.get(context.global(), "Symbol").ok()?;
        let found = context.get(symbol, &name).ok()?;
        (context.type_of(found) == crate::Type::Symbol).then_some(found.raw)
    }

    fn has(&self, key: Key) -> bool {
        // SAFETY: the lock is held; both belong to the machine.
        unsafe {
            match key {
                Key::Name(name) => sys::JSObjectHasProperty(self.main, self.object, name),
                Key::Symbol(symbol) => {
                    let ignored = std::ptr::null_mut();
                    sys::JSObjectHasPropertyForKey(self.main, self.object, symbol, ignored)
                }
            }
        }
    }
}

unsafe extern "C" fn has_property(
    _context: sys::JSContextRef,
    global: sys::JSObjectRef,
    name: sys::JSStringRef,
) -> bool {
    // SAFETY: called by the engine for an object of the contextified class.
    let sandbox = unsafe { sandbox_of(global) };
    sandbox.is_some_and(|sandbox| sandbox.has(sandbox.key(name)))
}

unsafe extern "C" fn get_property(
    _context: sys::JSContextRef,
    global: sys::JSObjectRef,
    name: sys::JSStringRef,
    exception: *mut sys::JSValueRef,
) -> sys::JSValueRef {
    // SAFETY: as `has_property`.
    let Some(sandbox) = (unsafe { sandbox_of(global) }) else { return std::ptr::null() };
    let key = sandbox.key(name);
    if !sandbox.has(key) {
        return std::ptr::null();
    }
    // SAFETY: the lock is held; the engine passes a place for the exception. A global object is
    // its own context.
    unsafe {
        let value = match key {
            Key::Name(name) => {
                sys::JSObjectGetProperty(sandbox.main, sandbox.object, name, exception)
            }
            Key::Symbol(symbol) => {
                sys::JSObjectGetPropertyForKey(sandbox.main, sandbox.object, symbol, exception)
            }
        };
        // From inside, the sandbox is the global object.
        if std::ptr::eq(value, sandbox.object) { seen_global(global) } else { value }
    }
}

/// What programs see of a global object.
///
/// # Safety
/// `global` is an object of the contextified class that has its realm.
unsafe fn seen_global(global: sys::JSObjectRef) -> sys::JSObjectRef {
    // SAFETY: the private data is the object's realm, and a global object is its own context.
    unsafe {
        let face = sys::JSObjectGetPrivate(global).cast::<Realm>().as_ref().map(|it| it.face.get());
        match face {
            Some(face) if !face.is_null() => face,
            _ => sys::JSContextGetGlobalObject(global.cast()),
        }
    }
}

/// Sets a property by the realm's own function where a script in strict mode runs.
///
/// # Safety
/// As [`seen_global`]; the lock is held.
unsafe fn assign_strictly(
    global: sys::JSObjectRef,
    name: sys::JSValueRef,
    value: sys::JSValueRef,
    exception: *mut sys::JSValueRef,
) -> bool {
    // SAFETY: as above; the function is alive, and takes two arguments.
    unsafe {
        let Some(realm) = sys::JSObjectGetPrivate(global).cast::<Realm>().as_ref() else {
            return false;
        };
        let assign = realm.assign.get();
        if !realm.is_strict.get() || assign.is_null() {
            return false;
        }
        let arguments = [name, value];
        let this = std::ptr::null_mut();
        sys::JSObjectCallAsFunction(realm.main, assign, this, 2, arguments.as_ptr(), exception);
        true
    }
}

unsafe extern "C" fn set_property(
    _context: sys::JSContextRef,
    global: sys::JSObjectRef,
    name: sys::JSStringRef,
    value: sys::JSValueRef,
    exception: *mut sys::JSValueRef,
) -> bool {
    // SAFETY: as `has_property`.
    let Some(sandbox) = (unsafe { sandbox_of(global) }) else { return false };
    let (main, object) = (sandbox.main, sandbox.object);
    let attributes = sys::kJSPropertyAttributeNone;
    // SAFETY: as `get_property`.
    unsafe {
        let key = sandbox.key(name);
        let key_value = match key {
            Key::Name(name) => sys::JSValueMakeString(main, name),
            Key::Symbol(symbol) => symbol,
        };
        if assign_strictly(global, key_value, value, exception) {
            return true;
        }
        sys::JSObjectSetPropertyForKey(main, object, key_value, value, attributes, exception);
    }
    true
}

unsafe extern "C" fn delete_property(
    _context: sys::JSContextRef,
    global: sys::JSObjectRef,
    name: sys::JSStringRef,
    exception: *mut sys::JSValueRef,
) -> bool {
    // SAFETY: as `has_property`.
    let Some(sandbox) = (unsafe { sandbox_of(global) }) else { return false };
    let key = sandbox.key(name);
    if !sandbox.has(key) {
        return false;
    }
    // SAFETY: as `get_property`.
    unsafe {
        match key {
            Key::Name(name) => {
                sys::JSObjectDeleteProperty(sandbox.main, sandbox.object, name, exception)
            }
            Key::Symbol(symbol) => {
                sys::JSObjectDeletePropertyForKey(sandbox.main, sandbox.object, symbol, exception)
            }
        }
    }
}

unsafe extern "C" fn property_names(
    _context: sys::JSContextRef,
    global: sys::JSObjectRef,
    accumulator: sys::JSPropertyNameAccumulatorRef,
) {
    // SAFETY: as `has_property`; the array is released once, and its names live as long.
    unsafe {
        let Some(sandbox) = sandbox_of(global) else { return };
        let names = sys::JSObjectCopyPropertyNames(sandbox.main, sandbox.object);
        for index in 0..sys::JSPropertyNameArrayGetCount(names) {
            let name = sys::JSPropertyNameArrayGetNameAtIndex(names, index);
            sys::JSPropertyNameAccumulatorAddName(accumulator, name);
        }
        sys::JSPropertyNameArrayRelease(names);
    }
}

// ---- Making and using realms -----------------------------------------------------------------

impl<'vm> Context<'vm> {
    /// A new realm, by its global object. With a sandbox, an object, it is contextified.
    #[must_use]
    pub fn make_realm(self, sandbox: Option<Local<'vm>>) -> Local<'vm> {
        let class = match sandbox {
            Some(_) => classes().contextified,
            None => classes().plain,
        };
        let Some(main) = self.inner().live_context() else { return self.undefined() };
        // SAFETY: the class lives for ever. The global object lies on the stack when the count
        // of its context is given back, and keeps the context alive from then on.
        unsafe {
            let context = sys::JSGlobalContextCreateInGroup(vm::group(self), class);
            let global = Local::new(sys::JSContextGetGlobalObject(context));
            let object = sandbox.map_or(std::ptr::null_mut(), Local::object);
            if let Some(sandbox) = sandbox {
                self.with_api_string("sandbox", |name| {
                    sys::JSObjectSetPrivateProperty(context, global.object(), name, sandbox.raw)
                });
            }
            let realm = Box::new(Realm {
                context,
                main,
                sandbox: object,
                face: Cell::new(std::ptr::null_mut()),
                assign: Cell::new(std::ptr::null_mut()),
                is_strict: Cell::new(false),
            });
            sys::JSObjectSetPrivate(global.object(), Box::into_raw(realm).cast::<c_void>());
            sys::JSGlobalContextRelease(context);
            global
        }
    }

    /// The realm that a global object names.
    #[must_use]
    pub fn realm_of(self, global: Local<'vm>) -> Option<Self> {
        self.realm(global).map(|realm| Self::from_raw(realm.context))
    }

    fn realm(self, global: Local<'vm>) -> Option<&'vm Realm> {
        let Classes { plain, contextified } = classes();
        // SAFETY: the value belongs to the machine; objects of these classes have a realm, which
        // lives as long as they do.
        unsafe {
            let is_global = sys::JSValueIsObjectOfClass(self.raw, global.raw, *plain)
                || sys::JSValueIsObjectOfClass(self.raw, global.raw, *contextified);
            if !is_global {
                return None;
            }
            sys::JSObjectGetPrivate(global.object()).cast::<Realm>().as_ref()
        }
    }

    /// Gives the global object of a realm a face, the object that programs see in its place, and
    /// `assign(key, value)`, which scripts in strict mode set properties of the sandbox with.
    pub fn give_face(self, global: Local<'vm>, face: Local<'vm>, assign: Local<'vm>) {
        let Some(realm) = self.realm(global) else { return };
        for (name, value) in [("face", face), ("assign", assign)] {
            self.with_api_string(name, |name| {
                // SAFETY: all belong to the machine; the property keeps the value alive.
                unsafe {
                    sys::JSObjectSetPrivateProperty(realm.context, global.object(), name, value.raw)
                }
            });
        }
        realm.face.set(face.object());
        realm.assign.set(assign.object());
    }

    /// Evaluates a script in the realm of a global object, as [`Context::evaluate_script`] does.
    ///
    /// # Errors
    /// As there.
    pub fn evaluate_in_realm(
        self,
        global: Local<'vm>,
        source: Local<'vm>,
        url: &str,
        first_line: i32,
        is_strict: bool,
    ) -> Outcome<'vm> {
        let Some(realm) = self.realm(global) else {
            return self.evaluate_script(source, url, first_line);
        };
        let outer = realm.is_strict.replace(is_strict);
        let this = realm.face.get();
        let context = Self::from_raw(realm.context);
        let value = context.evaluate_as(source, this, url, first_line);
        realm.is_strict.set(outer);
        let is_global = |value: &Local<'vm>| std::ptr::eq(value.raw, global.raw);
        value.map(
            |value| {
                if !this.is_null() && is_global(&value) { Local::new(this) } else { value }
            },
        )
    }

    /// Throws the `SyntaxError` of a script that does not parse.
    ///
    /// # Errors
    /// That error.
    pub fn check_syntax(
        self,
        source: Local<'vm>,
        url: &str,
        first_line: i32,
    ) -> Result<(), Local<'vm>> {
        let mut exception = std::ptr::null();
        self.with_source(source, |source| {
            self.with_api_string(url, |url| {
                // SAFETY: both strings are alive during the call, and the context is.
                unsafe {
                    sys::JSCheckScriptSyntax(self.raw, source, url, first_line, &mut exception)
                }
            })
        })?;
        Self::outcome(std::ptr::null(), exception).map(|_| ())
    }

    /// Evaluates a script in a string of the engine; line numbers start at `first_line`.
    ///
    /// # Errors
    /// The exception it throws, a `SyntaxError` included.
    pub fn evaluate_script(self, source: Local<'vm>, url: &str, first_line: i32) -> Outcome<'vm> {
        self.evaluate_as(source, std::ptr::null_mut(), url, first_line)
    }

    /// Evaluates a script whose `this` is the object `this`.
    ///
    /// # Errors
    /// What it throws, or a `SyntaxError`.
    pub fn evaluate_with_this(self, source: &str, this: Local<'vm>, url: &str) -> Outcome<'vm> {
        self.evaluate_as(self.string(source), this.object(), url, 1)
    }

    /// As [`Context::evaluate_script`], with an object to be `this`; null stands for the global
    /// object.
    fn evaluate_as(
        self,
        source: Local<'vm>,
        this: sys::JSObjectRef,
        url: &str,
        first_line: i32,
    ) -> Outcome<'vm> {
        let mut exception = std::ptr::null();
        let value = self.with_source(source, |source| {
            self.with_api_string(url, |url| {
                let raw = self.raw;
                // SAFETY: both strings are alive during the call, and the context is.
                unsafe { sys::JSEvaluateScript(raw, source, this, url, first_line, &mut exception) }
            })
        })?;
        Self::outcome(value, exception)
    }
}
