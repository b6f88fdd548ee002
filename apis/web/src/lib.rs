//! Web platform APIs: fetch classes, streams, URL, encodings, events.
//!
//! Most of each class is JavaScript in `js/`, where the engine inlines it; `src/` holds what is
//! faster or safer natively. Runs on the JavaScript shard; operations do not block,
//! and only `fetch` keeps state.

#![forbid(unsafe_code)]

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

pub mod body;
mod clock;
mod compression;
pub mod console;
mod crypto;
pub mod domain;
pub mod encoding;
mod fetch;
pub mod mime;
pub mod multipart;
mod random;
mod url_pattern;
pub mod websocket;
pub mod worker;

/// Everything this crate adds to an isolate.
pub const EXTENSIONS: &[Extension] =
    &[CORE, fetch::EXTENSION, websocket::EXTENSION, worker::EXTENSION];

const CORE: Extension =
    Extension { name: "web", modules: MODULES, ops: OPS, globals: GLOBALS, builtins: BUILTINS };

/// Packages that stand for what the runtime has itself.
const BUILTINS: &[(&str, &str)] = &[
    ("abort-controller", "web/abort-controller"),
    ("abort-controller/polyfill", "web/abort-controller"),
];

const MODULES: &[PreludeModule] = &[
    prelude_module!("web/abort", "apis/web/js/abort.js"),
    prelude_module!("web/abort-controller", "apis/web/js/abort-controller.js"),
    prelude_module!("web/blob", "apis/web/js/blob.js"),
    prelude_module!("web/body", "apis/web/js/body.js"),
    prelude_module!("web/clone-kinds", "apis/web/js/clone-kinds.js"),
    prelude_module!("web/serialize/bytes", "apis/web/js/serialize/bytes.js"),
    prelude_module!("web/serialize/engine-read", "apis/web/js/serialize/engine-read.js"),
    prelude_module!("web/serialize/engine-write", "apis/web/js/serialize/engine-write.js"),
    prelude_module!("web/serialize/threads", "apis/web/js/serialize/threads.js"),
    prelude_module!("web/serialize/v8", "apis/web/js/serialize/v8.js"),
    prelude_module!("web/console", "apis/web/js/console.js"),
    prelude_module!("web/crypto", "apis/web/js/crypto/index.js"),
    prelude_module!("web/crypto/compute", "apis/web/js/crypto/compute.js"),
    prelude_module!("web/crypto/curves", "apis/web/js/crypto/curves.js"),
    prelude_module!("web/crypto/errors", "apis/web/js/crypto/errors.js"),
    prelude_module!("web/crypto/key", "apis/web/js/crypto/key.js"),
    prelude_module!("web/crypto/lattice", "apis/web/js/crypto/lattice.js"),
    prelude_module!("web/crypto/rsa", "apis/web/js/crypto/rsa.js"),
    prelude_module!("web/crypto/secret", "apis/web/js/crypto/secret.js"),
    prelude_module!("web/crypto/subtle", "apis/web/js/crypto/subtle.js"),
    prelude_module!("web/crypto/values", "apis/web/js/crypto/values.js"),
    prelude_module!("web/dialogs", "apis/web/js/dialogs.js"),
    prelude_module!("web/dom-exception", "apis/web/js/dom-exception.js"),
    prelude_module!("web/encoding", "apis/web/js/encoding.js"),
    prelude_module!("web/encoding-streams", "apis/web/js/encoding-streams.js"),
    prelude_module!("web/errors", "apis/web/js/errors.js"),
    prelude_module!("web/events", "apis/web/js/events.js"),
    prelude_module!("web/explicit-resources", "apis/web/js/explicit-resources.js"),
    prelude_module!("web/fetch-errors", "apis/web/js/fetch-errors.js"),
    prelude_module!("web/form-data", "apis/web/js/form-data.js"),
    prelude_module!("web/headers", "apis/web/js/headers.js"),
    prelude_module!("web/interface", "apis/web/js/interface.js"),
    prelude_module!("web/message-port", "apis/web/js/message-port.js"),
    prelude_module!("web/broadcast-channel", "apis/web/js/broadcast-channel.js"),
    prelude_module!("web/mime", "apis/web/js/mime.js"),
    prelude_module!("web/navigator", "apis/web/js/navigator.js"),
    prelude_module!("web/object-urls", "apis/web/js/object-urls.js"),
    prelude_module!("web/performance", "apis/web/js/performance.js"),
    prelude_module!("web/report-error", "apis/web/js/report-error.js"),
    prelude_module!("web/request", "apis/web/js/request.js"),
    prelude_module!("web/response", "apis/web/js/response.js"),
    prelude_module!("web/streams", "apis/web/js/streams.js"),
    prelude_module!("web/streams/byte-faces", "apis/web/js/streams/byte-faces.js"),
    prelude_module!("web/streams/byte-queue", "apis/web/js/streams/byte-queue.js"),
    prelude_module!("web/streams/chunks", "apis/web/js/streams/chunks.js"),
    prelude_module!("web/streams/consume", "apis/web/js/streams/consume.js"),
    prelude_module!("web/streams/direct", "apis/web/js/streams/direct.js"),
    prelude_module!("web/streams/from", "apis/web/js/streams/from.js"),
    prelude_module!("web/streams/iterate", "apis/web/js/streams/iterate.js"),
    prelude_module!("web/streams/native", "apis/web/js/streams/native.js"),
    prelude_module!("web/streams/pipe", "apis/web/js/streams/pipe.js"),
    prelude_module!("web/streams/queue", "apis/web/js/streams/queue.js"),
    prelude_module!(
        "web/streams/readable-byte-controller",
        "apis/web/js/streams/readable-byte-controller.js"
    ),
    prelude_module!(
        "web/streams/readable-controller",
        "apis/web/js/streams/readable-controller.js"
    ),
    prelude_module!("web/streams/readable-core", "apis/web/js/streams/readable-core.js"),
    prelude_module!("web/streams/readable-stream", "apis/web/js/streams/readable-stream.js"),
    prelude_module!("web/streams/readers", "apis/web/js/streams/readers.js"),
    prelude_module!("web/streams/strategies", "apis/web/js/streams/strategies.js"),
    prelude_module!("web/streams/tee", "apis/web/js/streams/tee.js"),
    prelude_module!("web/streams/transform-stream", "apis/web/js/streams/transform-stream.js"),
    prelude_module!("web/streams/writable-core", "apis/web/js/streams/writable-core.js"),
    prelude_module!("web/streams/writable-stream", "apis/web/js/streams/writable-stream.js"),
    prelude_module!("web/structured-clone", "apis/web/js/structured-clone.js"),
    prelude_module!("web/url", "apis/web/js/url.js"),
    prelude_module!("web/compression", "apis/web/js/compression.js"),
    prelude_module!("web/webassembly", "apis/web/js/webassembly.js"),
    prelude_module!("web/url-pattern", "apis/web/js/url-pattern.js"),
    prelude_module!("web/url-search-params", "apis/web/js/url-search-params.js"),
    prelude_module!("web/url/fast", "apis/web/js/url/fast.js"),
    prelude_module!("web/url/host", "apis/web/js/url/host.js"),
    prelude_module!("web/url/parser", "apis/web/js/url/parser.js"),
    prelude_module!("web/url/percent", "apis/web/js/url/percent.js"),
    prelude_module!("web/url/record", "apis/web/js/url/record.js"),
    prelude_module!("web/url/setters", "apis/web/js/url/setters.js"),
];

const OPS: &[Op] = &[
    Op::sync("utf8Encode", body::utf8_encode),
    Op::sync("utf8Decode", body::utf8_decode),
    Op::sync("utf8Length", body::utf8_length),
    Op::sync("mimeByExtension", mime::by_extension_op),
    Op::sync("mimeIsKnown", mime::is_known_op),
    Op::sync("randomHex", body::random_hex),
    Op::sync("parseMultipart", multipart::parse_op),
    Op::sync("writeStdout", console::write_stdout),
    Op::sync("writeStderr", console::write_stderr),
    Op::sync("readStdinByte", console::read_stdin_byte),
    Op::sync("useColors", console::use_colors),
    Op::sync("elapsedMilliseconds", console::elapsed_milliseconds),
    Op::sync("encodingForLabel", encoding::encoding_for_label),
    Op::sync("decode", encoding::decode),
    Op::sync("decoderOpen", encoding::decoder_open),
    Op::sync("decoderStep", encoding::decoder_step),
    Op::sync("decoderClose", encoding::decoder_close),
    Op::sync("encodeInto", encoding::encode_into),
    Op::sync("base64Decode", encoding::base64_decode),
    Op::sync("base64Encode", encoding::base64_encode),
    Op::sync("domainToAscii", domain::domain_to_ascii),
    Op::sync("domainToUnicode", domain::domain_to_unicode),
    Op::asynchronous("crypto", crypto::run),
    Op::sync("compressionOpen", compression::open),
    Op::sync("compressionClose", compression::close),
    Op::asynchronous("compressionStep", compression::step),
    Op::sync("urlPattern", url_pattern::url_pattern),
    Op::sync("urlPatternInput", url_pattern::url_pattern_input),
    Op::sync("randomFill", random::random_fill),
    Op::sync("randomUuids", random::random_uuids),
    Op::sync("performanceNow", clock::now),
    Op::sync("performanceTimeOrigin", clock::time_origin),
    Op::sync("processorCount", clock::processor_count),
];

const GLOBALS: &[Global] = &[
    Global { name: "Blob", module: "web/blob" },
    Global { name: "File", module: "web/blob" },
    Global { name: "FormData", module: "web/form-data" },
    Global { name: "Headers", module: "web/headers" },
    Global { name: "Request", module: "web/request" },
    Global { name: "Response", module: "web/response" },
    Global { name: "alert", module: "web/dialogs" },
    Global { name: "confirm", module: "web/dialogs" },
    Global { name: "prompt", module: "web/dialogs" },
    Global { name: "DisposableStack", module: "web/explicit-resources" },
    Global { name: "AsyncDisposableStack", module: "web/explicit-resources" },
    Global { name: "SuppressedError", module: "web/explicit-resources" },
    Global { name: "console", module: "web/console" },
    Global { name: "Event", module: "web/events" },
    Global { name: "EventTarget", module: "web/events" },
    Global { name: "CustomEvent", module: "web/events" },
    Global { name: "MessageEvent", module: "web/events" },
    Global { name: "ErrorEvent", module: "web/events" },
    Global { name: "CloseEvent", module: "web/events" },
    Global { name: "addEventListener", module: "web/events" },
    Global { name: "removeEventListener", module: "web/events" },
    Global { name: "dispatchEvent", module: "web/events" },
    Global { name: "AbortController", module: "web/abort" },
    Global { name: "AbortSignal", module: "web/abort" },
    Global { name: "DOMException", module: "web/dom-exception" },
    Global { name: "reportError", module: "web/report-error" },
    Global { name: "ReadableStream", module: "web/streams" },
    Global { name: "ReadableStreamDefaultController", module: "web/streams" },
    Global { name: "ReadableByteStreamController", module: "web/streams" },
    Global { name: "ReadableStreamBYOBRequest", module: "web/streams" },
    Global { name: "ReadableStreamDefaultReader", module: "web/streams" },
    Global { name: "ReadableStreamBYOBReader", module: "web/streams" },
    Global { name: "WritableStream", module: "web/streams" },
    Global { name: "WritableStreamDefaultController", module: "web/streams" },
    Global { name: "WritableStreamDefaultWriter", module: "web/streams" },
    Global { name: "TransformStream", module: "web/streams" },
    Global { name: "TransformStreamDefaultController", module: "web/streams" },
    Global { name: "ByteLengthQueuingStrategy", module: "web/streams" },
    Global { name: "CountQueuingStrategy", module: "web/streams" },
    Global { name: "structuredClone", module: "web/structured-clone" },
    Global { name: "performance", module: "web/performance" },
    Global { name: "Performance", module: "web/performance" },
    Global { name: "PerformanceEntry", module: "web/performance" },
    Global { name: "PerformanceMark", module: "web/performance" },
    Global { name: "PerformanceMeasure", module: "web/performance" },
    Global { name: "PerformanceObserver", module: "web/performance" },
    Global { name: "PerformanceObserverEntryList", module: "web/performance" },
    Global { name: "PerformanceResourceTiming", module: "web/performance" },
    Global { name: "PerformanceServerTiming", module: "web/performance" },
    Global { name: "PerformanceTiming", module: "web/performance" },
    Global { name: "navigator", module: "web/navigator" },
    Global { name: "crypto", module: "web/crypto" },
    Global { name: "Crypto", module: "web/crypto" },
    Global { name: "CryptoKey", module: "web/crypto/key" },
    Global { name: "SubtleCrypto", module: "web/crypto/subtle" },
    Global { name: "TextEncoder", module: "web/encoding" },
    Global { name: "TextDecoder", module: "web/encoding" },
    Global { name: "atob", module: "web/encoding" },
    Global { name: "btoa", module: "web/encoding" },
    Global { name: "TextEncoderStream", module: "web/encoding-streams" },
    Global { name: "TextDecoderStream", module: "web/encoding-streams" },
    Global { name: "URL", module: "web/url" },
    Global { name: "CompressionStream", module: "web/compression" },
    Global { name: "DecompressionStream", module: "web/compression" },
    Global { name: "WebAssembly", module: "web/webassembly" },
    Global { name: "URLPattern", module: "web/url-pattern" },
    Global { name: "URLSearchParams", module: "web/url-search-params" },
    Global { name: "MessageChannel", module: "web/message-port" },
    Global { name: "MessagePort", module: "web/message-port" },
    Global { name: "BroadcastChannel", module: "web/broadcast-channel" },
    Global { name: "Worker", module: "web/worker" },
    Global { name: "postMessage", module: "web/worker/globals" },
    Global { name: "onmessage", module: "web/worker/globals" },
    Global { name: "onerror", module: "web/worker/globals" },
];
