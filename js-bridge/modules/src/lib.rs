//! Transpile, resolve and load modules, without an engine.
//!
//! Everything here is text in, text out; the module registry in JavaScript
//! (js-bridge/prelude/js/modules.js) links and evaluates what this crate prepares, through the
//! operations of [`EXTENSION`]. Runs on the JavaScript shard and reads files with plain blocking
//! calls, at the moment a program asks for a module.

#![forbid(unsafe_code)]

pub mod answers;
mod cache;
mod classes;
mod data;
mod detect;
mod edits;
mod error;
mod files;
mod kind;
mod lower;
mod names;
mod observe;
mod operations;
mod position;
mod printed;
mod record;
mod replace;
mod resolve;
mod rewrite;
mod script;
mod settings;
mod statements;
mod store;
mod suspends;
mod transform;
mod wishes;
mod words;
mod wrapper;

pub use data::{DataText, Fix, Step, TOO_DEEP, plain_json, toml_data, yaml_data};
pub use detect::Format;
pub use error::{BuildError, Position};
pub use kind::Loader;
pub use observe::{Counts, Observing};
pub use operations::EXTENSION;
pub use position::{LineColumn, PositionMap};
pub use printed::keep_last_value;
pub use record::{IndirectExport, ModuleRecord, Request};
pub use replace::Replacements;
pub use resolve::{ModuleResolver, RequestKind, ResolveFailure, Resolved, in_other_case};
pub use script::{Preparation, Script, prepare_script};
pub use settings::{JsxSettings, Settings};
pub use store::{Alone, LoadError, Loaded, ModuleStore};
pub use transform::{Input, Output, transform};
pub use wishes::Wishes;
