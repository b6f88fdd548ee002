//! node:buffer and node:string_decoder.
//!
//! JavaScript owns the objects and checks arguments; here bytes become text and text bytes, in
//! place: the operations read strings and write views where they lie. Encodings are passed as
//! the numbers of [`encoding::Encoding`].

mod base64;
mod decode;
mod encode;
mod encoding;
mod ops;
mod search;

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-buffer",
    modules: MODULES,
    ops: OPS,
    globals: &[Global { name: "Buffer", module: "node/buffer-class" }],
    builtins: &[("node:buffer", "node/buffer"), ("node:string_decoder", "node/string-decoder")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/buffer", "apis/node/js/buffer/buffer.js"),
    prelude_module!("node/buffer-class", "apis/node/js/buffer/buffer-class.js"),
    prelude_module!("node/buffer-create", "apis/node/js/buffer/buffer-create.js"),
    prelude_module!("node/buffer-bytes", "apis/node/js/buffer/buffer-bytes.js"),
    prelude_module!("node/buffer-text", "apis/node/js/buffer/buffer-text.js"),
    prelude_module!("node/buffer-read", "apis/node/js/buffer/buffer-read.js"),
    prelude_module!("node/buffer-write", "apis/node/js/buffer/buffer-write.js"),
    prelude_module!("node/buffer-checks", "apis/node/js/buffer/buffer-checks.js"),
    prelude_module!("node/buffer-encodings", "apis/node/js/buffer/buffer-encodings.js"),
    prelude_module!("node/string-decoder", "apis/node/js/buffer/string-decoder.js"),
];

const OPS: &[Op] = &[
    Op::sync("byteLength", ops::byte_length),
    Op::sync("write", ops::write),
    Op::sync("writeAscii", ops::write_ascii),
    Op::sync("encode", ops::encode),
    Op::sync("decode", ops::decode),
    Op::sync("concat", ops::concat),
    Op::sync("fill", ops::fill),
    Op::sync("search", ops::search),
    Op::sync("compare", ops::compare),
    Op::sync("swap", ops::swap),
    Op::sync("isAscii", ops::is_ascii),
    Op::sync("isUtf8", ops::is_utf8),
];
