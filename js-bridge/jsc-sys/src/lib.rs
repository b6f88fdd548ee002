//! Declarations of the JavaScriptCore C API and of the GLib calls that go with it.
//!
//! Nothing but declarations: names and signatures are those of the library's headers (and, for
//! the exported symbols that have no installed header, of the engine's sources). Safety rules
//! live one layer up, in `dx-jsc`. Linking fails where the library is missing; build.rs says so.
#![allow(unsafe_code, missing_docs, non_camel_case_types, non_snake_case, non_upper_case_globals)]

mod glib;
mod javascriptcore;

pub use glib::*;
pub use javascriptcore::*;

unsafe extern "C" {
    fn __cxa_pure_virtual() -> !;
}

/// Has the C++ library be among those that the binary names, which a library that nothing is taken
/// from is not; build.rs says why.
#[used]
static CPP_LIBRARY: unsafe extern "C" fn() -> ! = __cxa_pure_virtual;
