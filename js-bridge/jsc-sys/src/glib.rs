//! GLib: main contexts, and the engine's options which come in GLib style.

use std::ffi::{c_char, c_int, c_uint};

/// `GMainContext`, opaque.
#[repr(C)]
pub struct GMainContext {
    _opaque: [u8; 0],
}

/// `GPollFD`: one descriptor a main context waits for.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct GPollFD {
    /// The descriptor.
    pub fd: c_int,
    /// Events waited for, as `poll(2)`.
    pub events: u16,
    /// Events seen, as `poll(2)`.
    pub revents: u16,
}

unsafe extern "C" {
    pub fn g_main_context_new() -> *mut GMainContext;
    pub fn g_main_context_unref(context: *mut GMainContext);
    pub fn g_main_context_push_thread_default(context: *mut GMainContext);
    pub fn g_main_context_pop_thread_default(context: *mut GMainContext);
    pub fn g_main_context_acquire(context: *mut GMainContext) -> c_int;
    pub fn g_main_context_release(context: *mut GMainContext);
    pub fn g_main_context_prepare(context: *mut GMainContext, priority: *mut c_int) -> c_int;
    pub fn g_main_context_query(
        context: *mut GMainContext,
        max_priority: c_int,
        timeout_ms: *mut c_int,
        fds: *mut GPollFD,
        fd_count: c_int,
    ) -> c_int;
    pub fn g_main_context_check(
        context: *mut GMainContext,
        max_priority: c_int,
        fds: *mut GPollFD,
        fd_count: c_int,
    ) -> c_int;
    pub fn g_main_context_dispatch(context: *mut GMainContext);
    pub fn g_main_context_iteration(context: *mut GMainContext, may_block: c_int) -> c_int;

    pub fn jsc_options_set_boolean(option: *const c_char, value: c_int) -> c_int;
    pub fn jsc_options_set_int(option: *const c_char, value: c_int) -> c_int;
    pub fn jsc_options_set_uint(option: *const c_char, value: c_uint) -> c_int;
    pub fn jsc_options_set_size(option: *const c_char, value: usize) -> c_int;
    pub fn jsc_options_set_double(option: *const c_char, value: f64) -> c_int;
    pub fn jsc_options_get_boolean(option: *const c_char, value: *mut c_int) -> c_int;
}
