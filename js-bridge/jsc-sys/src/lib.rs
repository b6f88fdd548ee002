//! Declarations of the JavaScriptCore C API.
