//! The Bun namespace: serve, file, write, inspect, spawn, and what programs are helped with.

#![forbid(unsafe_code)]

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

mod compress;
mod data;
mod digest;
mod elsewhere;
pub mod errno;
mod escape;
mod file;
mod file_io;
mod glob;
mod hash;
mod helpers;
pub mod inspect;
mod jsc;
pub mod serve;
mod sockets;
mod spawn;

/// Everything this crate adds to an isolate.
pub const EXTENSIONS: &[Extension] = &[
    NAMESPACE,
    helpers::EXTENSION,
    serve::EXTENSION,
    sockets::EXTENSION,
    spawn::EXTENSION,
    jsc::EXTENSION,
];

const NAMESPACE: Extension =
    Extension { name: "bun", modules: MODULES, ops: OPS, globals: GLOBALS, builtins: &[] };

const MODULES: &[PreludeModule] = &[
    prelude_module!("bun/file", "apis/bun/js/file.js"),
    prelude_module!("bun/file-sink", "apis/bun/js/file-sink.js"),
    prelude_module!("bun/file-stats", "apis/bun/js/file-stats.js"),
    prelude_module!("bun/index", "apis/bun/js/index.js"),
    prelude_module!("bun/write", "apis/bun/js/write.js"),
    prelude_module!("bun/deep-equals", "apis/bun/js/deep-equals.js"),
    prelude_module!("bun/error-stack", "apis/bun/js/error-stack.js"),
    prelude_module!("bun/called-class", "apis/bun/js/called-class.js"),
    prelude_module!("bun/inspect", "apis/bun/js/inspect.js"),
    prelude_module!("bun/inspect-collections", "apis/bun/js/inspect-collections.js"),
    prelude_module!("bun/inspect-element", "apis/bun/js/inspect-element.js"),
    prelude_module!("bun/inspect-errors", "apis/bun/js/inspect-errors.js"),
    prelude_module!("bun/inspect-format", "apis/bun/js/inspect-format.js"),
    prelude_module!("bun/inspect-highlight", "apis/bun/js/inspect-highlight.js"),
    prelude_module!("bun/inspect-kinds", "apis/bun/js/inspect-kinds.js"),
    prelude_module!("bun/inspect-node", "apis/bun/js/inspect-node.js"),
    prelude_module!("bun/inspect-objects", "apis/bun/js/inspect-objects.js"),
    prelude_module!("bun/inspect-percent", "apis/bun/js/inspect-percent.js"),
    prelude_module!("bun/inspect-platform", "apis/bun/js/inspect-platform.js"),
    prelude_module!("bun/inspect-table", "apis/bun/js/inspect-table.js"),
    prelude_module!("bun/inspect-text", "apis/bun/js/inspect-text.js"),
    prelude_module!("bun/stack-frames", "apis/bun/js/stack-frames.js"),
    prelude_module!("bun/string-width", "apis/bun/js/string-width.js"),
    prelude_module!("bun/string-width-table", "apis/bun/js/string-width-table.js"),
];

const OPS: &[Op] = &[
    Op::sync("escapeHtml", escape::escape_html),
    Op::asynchronous("fileBuffer", file::buffer),
    Op::asynchronous("fileBytes", file::bytes),
    Op::asynchronous("fileClose", file::close),
    Op::asynchronous("fileCopy", file::copy),
    Op::asynchronous("fileExists", file::exists),
    Op::sync("fileModifiedNow", file::modified_now),
    Op::asynchronous("fileOpen", file::open),
    Op::asynchronous("fileReadSome", file::read_some),
    Op::sync("fileSizeNow", file::size_now),
    Op::asynchronous("fileStat", file::stat),
    Op::asynchronous("fileText", file::text),
    Op::asynchronous("fileUnlink", file::unlink),
    Op::asynchronous("fileWrite", file::write),
    Op::asynchronous("fileWriteSome", file::write_some),
    Op::sync("sleepSync", file::sleep_sync),
    Op::sync("promiseState", inspect::promise_state),
    Op::sync("promiseResult", inspect::promise_result),
    Op::sync("proxyTarget", inspect::proxy_target),
];

const GLOBALS: &[Global] = &[
    Global { name: "Bun.file", module: "bun/file" },
    Global { name: "Bun.stderr", module: "bun/file" },
    Global { name: "Bun.stdin", module: "bun/file" },
    Global { name: "Bun.stdout", module: "bun/file" },
    Global { name: "Bun.write", module: "bun/write" },
    Global { name: "Bun.allocUnsafe", module: "bun/index" },
    Global { name: "Bun.argv", module: "bun/index" },
    Global { name: "Bun.concatArrayBuffers", module: "bun/index" },
    Global { name: "Bun.cwd", module: "bun/index" },
    Global { name: "Bun.deepEquals", module: "bun/deep-equals" },
    Global { name: "Bun.deepMatch", module: "bun/deep-equals" },
    Global { name: "Bun.embeddedFiles", module: "bun/index" },
    Global { name: "Bun.enableANSIColors", module: "bun/index" },
    Global { name: "Bun.env", module: "bun/index" },
    Global { name: "Bun.escapeHTML", module: "bun/index" },
    Global { name: "Bun.fileURLToPath", module: "bun/index" },
    Global { name: "Bun.isMainThread", module: "bun/index" },
    Global { name: "Bun.isStandaloneExecutable", module: "bun/index" },
    Global { name: "Bun.main", module: "bun/index" },
    Global { name: "Bun.nanoseconds", module: "bun/index" },
    Global { name: "Bun.origin", module: "bun/index" },
    Global { name: "Bun.pathToFileURL", module: "bun/index" },
    Global { name: "Bun.readableStreamToArray", module: "bun/index" },
    Global { name: "Bun.readableStreamToArrayBuffer", module: "bun/index" },
    Global { name: "Bun.readableStreamToBlob", module: "bun/index" },
    Global { name: "Bun.readableStreamToBytes", module: "bun/index" },
    Global { name: "Bun.readableStreamToFormData", module: "bun/index" },
    Global { name: "Bun.readableStreamToJSON", module: "bun/index" },
    Global { name: "Bun.readableStreamToText", module: "bun/index" },
    Global { name: "Bun.revision", module: "bun/index" },
    Global { name: "Bun.sleep", module: "bun/index" },
    Global { name: "Bun.sleepSync", module: "bun/index" },
    Global { name: "Bun.version", module: "bun/index" },
    Global { name: "Bun.version_with_sha", module: "bun/index" },
    Global { name: "Bun.inspect", module: "bun/inspect" },
    Global { name: "Bun.stringWidth", module: "bun/string-width" },
    Global { name: "Bun.stripANSI", module: "bun/string-width" },
    Global { name: "Error", module: "bun/error-stack" },
    Global { name: "RangeError", module: "bun/error-stack" },
    Global { name: "ReferenceError", module: "bun/error-stack" },
    Global { name: "SyntaxError", module: "bun/error-stack" },
    Global { name: "TypeError", module: "bun/error-stack" },
    Global { name: "URIError", module: "bun/error-stack" },
];
