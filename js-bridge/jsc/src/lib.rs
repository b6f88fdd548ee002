//! A safe layer over JavaScriptCore.
