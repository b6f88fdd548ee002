//! Node-API: native addons (`.node` files) on JavaScriptCore, version 10.
//!
//! An addon is a shared library that calls `napi_*` functions, which the executable exports; the
//! root package's build script tells the linker so. Each function here is a thin translation to
//! the engine; what JavaScript says better is in js/napi.js. Follows Node's n-api documentation.
//!
//! Who owns it: the isolate that loaded the addon, through [`EXTENSION`] and the object that
//! [`natives`] makes; its environments live as long as the process. How it fails: as statuses
//! and pending exceptions, as the addon's author expects; a library that is no addon throws.
#![allow(unsafe_code)]

/// Defines functions that addons call, and the list that keeps the linker from dropping them.
macro_rules! exported {
    ($(fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "` of Node-API.")]
            #[unsafe(no_mangle)]
            pub(crate) extern "C" fn $name($($argument: $type),*) -> crate::status::Status $body
        )*

        /// The addresses of this file's functions.
        pub(crate) static EXPORTED: &[crate::Export] = &[$(crate::Export($name as *const ())),*];
    };
}

mod buffers;
mod env;
mod errors;
mod functions;
mod isolate;
mod library;
mod native;
mod objects;
mod promises;
mod references;
mod status;
mod strings;
mod threadsafe;
mod values;
mod work;

use std::rc::Rc;

use dx_jsc::{Context, Local};
use dx_ops::{Call, Exception, Extension, Host, Op, Value, prelude_module};

/// An exported function's address.
pub(crate) struct Export(#[allow(dead_code)] *const ());

// SAFETY: the address of a function may be known to every thread.
unsafe impl Sync for Export {}

/// Every exported function, so that none is dropped when the executable is linked.
#[used]
static KEPT: [&[Export]; 10] = [
    buffers::EXPORTED,
    errors::EXPORTED,
    functions::EXPORTED,
    objects::EXPORTED,
    promises::EXPORTED,
    references::EXPORTED,
    strings::EXPORTED,
    threadsafe::EXPORTED,
    values::EXPORTED,
    work::EXPORTED,
];

/// Exported functions that have no environment or another result.
#[used]
static KEPT_OTHERS: [Export; 8] = [
    Export(errors::napi_get_last_error_info as *const ()),
    Export(errors::napi_fatal_error as *const ()),
    Export(library::napi_module_register as *const ()),
    Export(promises::napi_remove_async_cleanup_hook as *const ()),
    Export(threadsafe::napi_get_threadsafe_function_context as *const ()),
    Export(threadsafe::napi_call_threadsafe_function as *const ()),
    Export(threadsafe::napi_acquire_threadsafe_function as *const ()),
    Export(threadsafe::napi_release_threadsafe_function as *const ()),
];

/// The module `runtime/napi`, whose `dlopen` loads an addon.
pub const EXTENSION: Extension = Extension {
    name: "napi",
    modules: &[prelude_module!("runtime/napi", "js-bridge/napi/js/napi.js")],
    ops: &[Op::sync("attach", attach)],
    globals: &[],
    builtins: &[],
};

/// `attach(dispatch)`: the function through which work comes back to the isolate's thread.
fn attach(call: &mut Call<'_>) -> Result<Value, Exception> {
    let isolate = call.host.state::<Shared>();
    isolate.0.attach(call.arguments.hold(0));
    Ok(Value::Undefined)
}

/// The isolate's part, found through its host.
#[derive(Default)]
struct Shared(Rc<isolate::Isolate>);

/// What napi.js builds on: `load`, `invoke`, `dispatch` and `attach`.
///
/// # Errors
/// The engine's exception when memory runs out.
pub fn natives<'vm>(context: Context<'vm>, host: &Rc<Host>) -> Result<Local<'vm>, Local<'vm>> {
    let isolate = Rc::clone(&host.state::<Shared>().0);
    isolate.start(host);
    let natives = context.object();
    let add = |name: &str, function: Local<'vm>| context.set(natives, name, function);
    add("invoke", context.function("invoke", functions::invoke))?;
    let own = Rc::clone(&isolate);
    let load = context.function("load", move |invocation| {
        let context = invocation.context;
        let file = context.to_string(invocation.argument(0))?;
        let flags = context.as_number(invocation.argument(2)).map(|flags| flags as i32);
        library::load(context, &own, &file, invocation.argument(1), flags)
    });
    add("load", load)?;
    let own = Rc::clone(&isolate);
    let dispatch = context.function("dispatch", move |invocation| {
        // SAFETY: the context is the isolate's own, which outlives its tasks.
        own.run_one(unsafe { Context::from_raw_parts(invocation.context.as_raw()) })?;
        Ok(invocation.context.undefined())
    });
    add("dispatch", dispatch)?;
    let attach = context.function("attach", move |invocation| {
        let helpers = invocation.argument(0).protect(invocation.context);
        let _ = isolate.helpers.set(helpers);
        Ok(invocation.context.undefined())
    });
    add("attach", attach)?;
    Ok(natives)
}
