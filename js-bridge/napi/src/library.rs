//! Loading an addon: the library, its registration, its exports.

use std::{
    cell::Cell,
    ffi::{CString, c_char, c_int, c_void},
    rc::Rc,
};

use dx_jsc::{Context, Local};
use libloading::os::unix::Library;

use crate::{
    env::{Env, RawEnv, Value},
    isolate::Isolate,
};

type Init = unsafe extern "C" fn(RawEnv, Value) -> Value;

/// `napi_module`: what old addons register from a constructor of their library.
#[repr(C)]
pub(crate) struct Module {
    version: c_int,
    flags: u32,
    file: *const c_char,
    register: Option<Init>,
    name: *const c_char,
    data: *mut c_void,
    reserved: [*mut c_void; 4],
}

thread_local! {
    /// What the library that is being loaded on this thread has registered.
    static REGISTERED: Cell<Option<Init>> = const { Cell::new(None) };
}

/// `napi_module_register`, called while a library is being loaded.
///
/// # Safety
/// `module` points to a module that lives as long as the library.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn napi_module_register(module: *mut Module) {
    // SAFETY: the caller's promise.
    if let Some(module) = unsafe { module.as_ref() } {
        REGISTERED.set(module.register);
    }
}

/// Flags of `dlopen` where none are given: bind when needed.
const LAZY: c_int = libloading::os::unix::RTLD_LAZY;

/// Loads `file` and lets it fill `exports`; answers what it exports instead, where it does.
pub(crate) fn load<'vm>(
    context: Context<'vm>,
    isolate: &Rc<Isolate>,
    file: &str,
    exports: Local<'vm>,
    flags: Option<c_int>,
) -> Result<Local<'vm>, Local<'vm>> {
    let path = CString::new(file).map_err(|_| context.error("dlopen: path with a NUL byte"))?;
    let init = open(file, flags.unwrap_or(LAZY)).map_err(|message| context.error(&message))?;
    let env = Env::new(context, Rc::clone(isolate), path);
    // SAFETY: the symbol is the addon's registration function, of this signature.
    let answer = env.run(|| unsafe { init(env.raw(), exports.as_raw()) })?;
    if answer.is_null() {
        return Ok(context.undefined());
    }
    // SAFETY: the value is the addon's answer, on this stack from here on.
    Ok(unsafe { Local::from_raw_parts(answer) })
}

fn open(file: &str, flags: c_int) -> Result<Init, String> {
    REGISTERED.set(None);
    // SAFETY: loading runs the library's constructors, which is what the program asked for.
    let library = unsafe { Library::open(Some(file), flags) };
    let library = library.map_err(|error| {
        let mut source: &dyn std::error::Error = &error;
        while let Some(inner) = source.source() {
            source = inner;
        }
        format!("dlopen: {source}")
    })?;
    // SAFETY: the symbol has this signature in every library that exports it.
    let exported = unsafe { library.get::<Init>(b"napi_register_module_v1\0") };
    let init = exported.ok().map(|symbol| *symbol).or_else(|| REGISTERED.take());
    // Addons are never unloaded: their code may be anywhere on a stack or in a table.
    std::mem::forget(library);
    init.ok_or_else(|| {
        "symbol: undefined symbol 'napi_register_module_v1' not found in native module. Is this \
         a Node API (napi) module?"
            .to_owned()
    })
}
