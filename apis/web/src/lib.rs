//! Web platform APIs: fetch classes, streams, URL, encodings, events.
//!
//! Most of each class is JavaScript in `js/`, where the engine inlines it; `src/` holds what is
//! faster or safer natively. Runs on the JavaScript shard; operations neither block nor keep state.

#![forbid(unsafe_code)]

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

pub mod body;
mod clock;
pub mod console;
pub mod domain;
mod encoding;
pub mod mime;
pub mod multipart;
mod random;

/// Everything this crate adds to an isolate.
pub const EXTENSION: Extension =
    Extension { name: "web", modules: MODULES, ops: OPS, globals: GLOBALS, builtins: &[] };

const MODULES: &[PreludeModule] = &[
    prelude_module!("web/abort", "../js/abort.js", "apis/web/js/abort.js"),
    prelude_module!("web/blob", "../js/blob.js", "apis/web/js/blob.js"),
    prelude_module!("web/body", "../js/body.js", "apis/web/js/body.js"),
    prelude_module!("web/console", "../js/console.js", "apis/web/js/console.js"),
    prelude_module!("web/crypto", "../js/crypto.js", "apis/web/js/crypto.js"),
    prelude_module!("web/dom-exception", "../js/dom-exception.js", "apis/web/js/dom-exception.js"),
    prelude_module!("web/encoding", "../js/encoding.js", "apis/web/js/encoding.js"),
    prelude_module!(
        "web/encoding-streams",
        "../js/encoding-streams.js",
        "apis/web/js/encoding-streams.js"
    ),
    prelude_module!("web/errors", "../js/errors.js", "apis/web/js/errors.js"),
    prelude_module!("web/events", "../js/events.js", "apis/web/js/events.js"),
    prelude_module!("web/fetch-errors", "../js/fetch-errors.js", "apis/web/js/fetch-errors.js"),
    prelude_module!("web/form-data", "../js/form-data.js", "apis/web/js/form-data.js"),
    prelude_module!("web/headers", "../js/headers.js", "apis/web/js/headers.js"),
    prelude_module!("web/interface", "../js/interface.js", "apis/web/js/interface.js"),
    prelude_module!("web/message-port", "../js/message-port.js", "apis/web/js/message-port.js"),
    prelude_module!("web/mime", "../js/mime.js", "apis/web/js/mime.js"),
    prelude_module!("web/navigator", "../js/navigator.js", "apis/web/js/navigator.js"),
    prelude_module!("web/object-urls", "../js/object-urls.js", "apis/web/js/object-urls.js"),
    prelude_module!("web/performance", "../js/performance.js", "apis/web/js/performance.js"),
    prelude_module!("web/report-error", "../js/report-error.js", "apis/web/js/report-error.js"),
    prelude_module!("web/request", "../js/request.js", "apis/web/js/request.js"),
    prelude_module!("web/response", "../js/response.js", "apis/web/js/response.js"),
    prelude_module!("web/streams", "../js/streams.js", "apis/web/js/streams.js"),
    prelude_module!(
        "web/streams/byte-faces",
        "../js/streams/byte-faces.js",
        "apis/web/js/streams/byte-faces.js"
    ),
    prelude_module!(
        "web/streams/byte-queue",
        "../js/streams/byte-queue.js",
        "apis/web/js/streams/byte-queue.js"
    ),
    prelude_module!(
        "web/streams/chunks",
        "../js/streams/chunks.js",
        "apis/web/js/streams/chunks.js"
    ),
    prelude_module!(
        "web/streams/consume",
        "../js/streams/consume.js",
        "apis/web/js/streams/consume.js"
    ),
    prelude_module!(
        "web/streams/direct",
        "../js/streams/direct.js",
        "apis/web/js/streams/direct.js"
    ),
    prelude_module!("web/streams/from", "../js/streams/from.js", "apis/web/js/streams/from.js"),
    prelude_module!(
        "web/streams/iterate",
        "../js/streams/iterate.js",
        "apis/web/js/streams/iterate.js"
    ),
    prelude_module!(
        "web/streams/native",
        "../js/streams/native.js",
        "apis/web/js/streams/native.js"
    ),
    prelude_module!("web/streams/pipe", "../js/streams/pipe.js", "apis/web/js/streams/pipe.js"),
    prelude_module!("web/streams/queue", "../js/streams/queue.js", "apis/web/js/streams/queue.js"),
    prelude_module!(
        "web/streams/readable-byte-controller",
        "../js/streams/readable-byte-controller.js",
        "apis/web/js/streams/readable-byte-controller.js"
    ),
    prelude_module!(
        "web/streams/readable-controller",
        "../js/streams/readable-controller.js",
        "apis/web/js/streams/readable-controller.js"
    ),
    prelude_module!(
        "web/streams/readable-core",
        "../js/streams/readable-core.js",
        "apis/web/js/streams/readable-core.js"
    ),
    prelude_module!(
        "web/streams/readable-stream",
        "../js/streams/readable-stream.js",
        "apis/web/js/streams/readable-stream.js"
    ),
    prelude_module!(
        "web/streams/readers",
        "../js/streams/readers.js",
        "apis/web/js/streams/readers.js"
    ),
    prelude_module!(
        "web/streams/strategies",
        "../js/streams/strategies.js",
        "apis/web/js/streams/strategies.js"
    ),
    prelude_module!("web/streams/tee", "../js/streams/tee.js", "apis/web/js/streams/tee.js"),
    prelude_module!(
        "web/streams/transform-stream",
        "../js/streams/transform-stream.js",
        "apis/web/js/streams/transform-stream.js"
    ),
    prelude_module!(
        "web/streams/writable-core",
        "../js/streams/writable-core.js",
        "apis/web/js/streams/writable-core.js"
    ),
    prelude_module!(
        "web/streams/writable-stream",
        "../js/streams/writable-stream.js",
        "apis/web/js/streams/writable-stream.js"
    ),
    prelude_module!(
        "web/structured-clone",
        "../js/structured-clone.js",
        "apis/web/js/structured-clone.js"
    ),
    prelude_module!("web/url", "../js/url.js", "apis/web/js/url.js"),
    prelude_module!(
        "web/url-search-params",
        "../js/url-search-params.js",
        "apis/web/js/url-search-params.js"
    ),
    prelude_module!("web/url/fast", "../js/url/fast.js", "apis/web/js/url/fast.js"),
    prelude_module!("web/url/host", "../js/url/host.js", "apis/web/js/url/host.js"),
    prelude_module!("web/url/parser", "../js/url/parser.js", "apis/web/js/url/parser.js"),
    prelude_module!("web/url/percent", "../js/url/percent.js", "apis/web/js/url/percent.js"),
    prelude_module!("web/url/record", "../js/url/record.js", "apis/web/js/url/record.js"),
    prelude_module!("web/url/setters", "../js/url/setters.js", "apis/web/js/url/setters.js"),
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
    Op::sync("randomFill", random::random_fill),
    Op::sync("randomUuid", random::random_uuid),
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
    Global { name: "TextEncoder", module: "web/encoding" },
    Global { name: "TextDecoder", module: "web/encoding" },
    Global { name: "atob", module: "web/encoding" },
    Global { name: "btoa", module: "web/encoding" },
    Global { name: "TextEncoderStream", module: "web/encoding-streams" },
    Global { name: "TextDecoderStream", module: "web/encoding-streams" },
    Global { name: "URL", module: "web/url" },
    Global { name: "URLSearchParams", module: "web/url-search-params" },
    Global { name: "MessageChannel", module: "web/message-port" },
    Global { name: "MessagePort", module: "web/message-port" },
    Global { name: "BroadcastChannel", module: "web/message-port" },
];
