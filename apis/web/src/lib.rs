//! Web platform APIs: fetch classes, streams, URL, encodings, events.
//!
//! Most of each class is JavaScript in `js/`, where the engine inlines it; `src/` holds what is
//! faster or safer natively. Runs on the JavaScript shard; operations neither block nor keep state.

#![forbid(unsafe_code)]

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

pub mod body;
pub mod console;
pub mod mime;
pub mod multipart;

/// Everything this crate adds to an isolate.
pub const EXTENSION: Extension =
    Extension { name: "web", modules: MODULES, ops: OPS, globals: GLOBALS, builtins: &[] };

const MODULES: &[PreludeModule] = &[
    prelude_module!("web/blob", "../js/blob.js", "apis/web/js/blob.js"),
    prelude_module!("web/body", "../js/body.js", "apis/web/js/body.js"),
    prelude_module!("web/console", "../js/console.js", "apis/web/js/console.js"),
    prelude_module!("web/errors", "../js/errors.js", "apis/web/js/errors.js"),
    prelude_module!("web/fetch-errors", "../js/fetch-errors.js", "apis/web/js/fetch-errors.js"),
    prelude_module!("web/form-data", "../js/form-data.js", "apis/web/js/form-data.js"),
    prelude_module!("web/headers", "../js/headers.js", "apis/web/js/headers.js"),
    prelude_module!("web/mime", "../js/mime.js", "apis/web/js/mime.js"),
    prelude_module!("web/request", "../js/request.js", "apis/web/js/request.js"),
    prelude_module!("web/response", "../js/response.js", "apis/web/js/response.js"),
];

const OPS: &[Op] = &[
    Op::sync("utf8Encode", body::utf8_encode),
    Op::sync("utf8Decode", body::utf8_decode),
    Op::sync("utf8Length", body::utf8_length),
    Op::sync("mimeByExtension", mime::by_extension_op),
    Op::sync("randomHex", body::random_hex),
    Op::sync("parseMultipart", multipart::parse_op),
    Op::sync("writeStdout", console::write_stdout),
    Op::sync("writeStderr", console::write_stderr),
    Op::sync("useColors", console::use_colors),
    Op::sync("elapsedMilliseconds", console::elapsed_milliseconds),
];

const GLOBALS: &[Global] = &[
    Global { name: "Blob", module: "web/blob" },
    Global { name: "File", module: "web/blob" },
    Global { name: "FormData", module: "web/form-data" },
    Global { name: "Headers", module: "web/headers" },
    Global { name: "Request", module: "web/request" },
    Global { name: "Response", module: "web/response" },
    Global { name: "console", module: "web/console" },
];
